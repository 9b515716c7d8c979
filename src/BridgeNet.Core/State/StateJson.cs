using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.State;

/// <summary>The documents of the rows and of the journal: addresses, subnets and MACs as the text that people write.</summary>
internal static class StateJson
{
    // No null where there must be something: who can write here need not have been us.
    private static readonly JsonSerializerOptions s_options = new()
    {
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters =
        {
            new NonNullElementsConverter(),
            new TextConverter<IPAddress>(IPAddress.Parse),
            new TextConverter<IPNetwork>(IPNetwork.Parse),
            new TextConverter<AddressRange>(text => AddressRange.Parse(text)),
            new TextConverter<MacAddress>(text => MacAddress.Parse(text)),
        },
    };

    // For people to read.
    private static readonly JsonSerializerOptions s_document = new(s_options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A document that leaves the state.</summary>
    public static string WriteDocument<T>(T value) => JsonSerializer.Serialize(value, s_document);

    /// <summary>A document from outside, whose writer is not trusted.</summary>
    public static T ReadDocument<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, s_document) ?? throw new JsonException("the document is empty");

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, s_options);

    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, s_options) ?? throw new JsonException("a row of the state is empty");

    /// <summary>Into a file beside the state.</summary>
    public static void Write<T>(Stream file, T value) => JsonSerializer.Serialize(file, value, s_options);

    /// <summary>From a file beside the state.</summary>
    public static T Read<T>(Stream file) => JsonSerializer.Deserialize<T>(file, s_options) ?? throw new JsonException("it says null.");

    private sealed class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    {
        // ReadOnlyIPAddress and other subclasses print and parse alike.
        public override bool CanConvert(Type type) => typeof(T).IsAssignableFrom(type);

        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value!.ToString());
    }
}
