using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeNet.State;

/// <summary>
/// Rejects null elements in lists and maps: the serializer checks that a property is not null, but not the elements of its list.
/// </summary>
internal sealed class NonNullElementsConverter : JsonConverterFactory
{
    public override bool CanConvert(Type type) =>
        type.IsGenericType
        && (
            type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            || (type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && type.GenericTypeArguments[0] == typeof(string))
        );

    public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
        (JsonConverter)
            Activator.CreateInstance(
                type.GenericTypeArguments.Length == 1
                    ? typeof(Items<>).MakeGenericType(type.GenericTypeArguments)
                    : typeof(Entries<>).MakeGenericType(type.GenericTypeArguments[1])
            )!;

    private static JsonException Hole() => new("A list contains null.");

    private sealed class Items<T> : JsonConverter<IReadOnlyList<T>>
    {
        public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            T[] items = JsonSerializer.Deserialize<T[]>(ref reader, options)!;
            return Array.TrueForAll(items, static item => item is not null) ? items : throw Hole();
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<IEnumerable<T>>(writer, value, options);
    }

    private sealed class Entries<T> : JsonConverter<IReadOnlyDictionary<string, T>>
    {
        public override IReadOnlyDictionary<string, T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            Dictionary<string, T> entries = JsonSerializer.Deserialize<Dictionary<string, T>>(ref reader, options)!;
            return entries.Values.All(static value => value is not null) ? entries : throw Hole();
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach ((string key, T item) in value)
            {
                writer.WritePropertyName(key);
                JsonSerializer.Serialize(writer, item, options);
            }
            writer.WriteEndObject();
        }
    }
}
