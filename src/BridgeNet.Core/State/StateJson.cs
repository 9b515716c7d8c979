using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.State;

/// <summary>Serializes rows and journal entries as JSON: addresses, subnets and MAC addresses are text.</summary>
internal static class StateJson
{
    // No null for required values: another program may have written the text.
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

    // Formatted for people.
    private static readonly JsonSerializerOptions s_document = new(s_options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a document for export.</summary>
    public static string WriteDocument<T>(T value) => JsonSerializer.Serialize(value, s_document);

    /// <summary>Reads a document from an untrusted source.</summary>
    public static T ReadDocument<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, s_document) ?? throw new JsonException("the document is empty");

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, s_options);

    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, s_options) ?? throw new JsonException("a row of the state is empty");

    /// <summary>Writes to a file beside the state.</summary>
    public static void Write<T>(Stream file, T value) => JsonSerializer.Serialize(file, value, s_options);

    /// <summary>Reads from a file beside the state.</summary>
    public static T Read<T>(Stream file) => JsonSerializer.Deserialize<T>(file, s_options) ?? throw new JsonException("it is null.");

    private sealed class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    {
        // Subclasses such as ReadOnlyIPAddress use the same text.
        public override bool CanConvert(Type type) => typeof(T).IsAssignableFrom(type);

        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value!.ToString());
    }
}
