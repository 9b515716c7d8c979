using System.Collections.ObjectModel;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeNet.Model;

/// <summary>
/// An immutable map from names to values, sorted by name. As a string, and in a cell of Export-Csv, one entry is written as
/// <c>name=value</c>, and several entries as a JSON object, because a value may contain any separator.
/// </summary>
public sealed class TextMap : ReadOnlyDictionary<string, string>
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal TextMap(IEnumerable<KeyValuePair<string, string>> entries)
        : base(new SortedDictionary<string, string>(entries.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal)) { }

    /// <summary>The entries as text that <c>-Label</c>, <c>-Option</c> and similar parameters accept again.</summary>
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

    /// <summary>Parses entries: a JSON object of texts, <c>name=value</c>, or <c>name</c> alone with the value null.</summary>
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
                // The text only looks like JSON; it is a name.
            }
        }
        string[] parts = text.Split('=', 2);
        return [KeyValuePair.Create(parts[0], parts.Length == 2 ? parts[1] : null)];
    }
}
