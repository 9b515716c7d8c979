using System.Collections.ObjectModel;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeNet.Model;

/// <summary>
/// Names with values in the order of the names, which nobody changes. In a string and in a cell of Export-Csv one entry reads as
/// <c>name=value</c>, and several as a JSON object, for any mark between them could stand in a value.
/// </summary>
public sealed class TextMap : ReadOnlyDictionary<string, string>
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal TextMap(IEnumerable<KeyValuePair<string, string>> entries)
        : base(new SortedDictionary<string, string>(entries.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal)) { }

    /// <summary>The entries as text that <c>-Label</c>, <c>-Option</c> and their like accept again.</summary>
    public override string ToString()
    {
        if (Count == 0)
            return "";
        if (Count == 1 && this.Single() is { } only && !only.Key.StartsWith('{'))
            return $"{only.Key}={only.Value}";
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, s_plain))
        {
            json.WriteStartObject();
            foreach ((string key, string value) in this)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>The entries of a text: a JSON object of texts, <c>name=value</c>, or <c>name</c> alone, whose value is null.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string?>> Parse(string text)
    {
        if (text.Length == 0)
            return [];
        if (text.StartsWith('{') && text.EndsWith('}'))
        {
            try
            {
                return [.. JsonSerializer.Deserialize<Dictionary<string, string?>>(text)!];
            }
            catch (JsonException)
            {
                // A name that looks like it.
            }
        }
        string[] parts = text.Split('=', 2);
        return [KeyValuePair.Create(parts[0], parts.Length == 2 ? parts[1] : null)];
    }
}
