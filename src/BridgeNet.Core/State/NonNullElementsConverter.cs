using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeNet.State;

/// <summary>Lists and tables without holes: the serializer heeds that a property is never null, but not that nothing in its list is.</summary>
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

    private static JsonException Hole() => new("It has a hole.");

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
