using System.Collections;
using System.Management.Automation;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Accepts names with values as a hashtable, as an object with properties, or, as on Docker's command line, as <c>'name=value'</c> or
/// <c>'name'</c>, or several of any of these, and the text of such a table in a cell of a CSV file. Returns one table.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        Hashtable table = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in TextTable.Read(inputData))
            table[name] = value ?? "";
        return table;
    }
}

/// <summary>
/// Accepts the same as <see cref="TextTableAttribute"/>, as a list of <c>name=value</c> and <c>name</c>: the labels to match.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextFilterAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (string[])[.. TextTable.Read(inputData).Select(static entry => entry.Value is null ? entry.Key : $"{entry.Key}={entry.Value}")];
}

/// <summary>Tables as entries, and as dictionaries of text.</summary>
internal static class TextTable
{
    public static Dictionary<string, string> ToDictionary(this Hashtable? table) =>
        (table ?? [])
            .Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string)entry.Value!, StringComparer.Ordinal);

    /// <summary>All entries; the value is null if it was not given.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is not a table.</exception>
    public static IEnumerable<KeyValuePair<string, string?>> Read(object? given) =>
        (given is PSObject wrapped ? wrapped.BaseObject : given) switch
        {
            null => [],
            // The text in a CSV cell for a table from a job or Export-Clixml.
            string text when text == typeof(Hashtable).FullName => throw NoTable(text),
            string text => TextMap.Parse(text),
            IDictionary table => table.Keys.Cast<object>().Select(key => KeyValuePair.Create($"{key}", Text(table[key]))),
            PSCustomObject => PSObject.AsPSObject(given).Properties.Select(static cell => KeyValuePair.Create(cell.Name, Text(cell.Value))),
            // A nested list has no meaning here, and could contain itself.
            IEnumerable many => many.Cast<object?>()
                .SelectMany(static item => item is IEnumerable and not (string or IDictionary) ? throw NoTable(item) : Read(item)),
            var other => throw NoTable(other),
        };

    private static ArgumentTransformationMetadataException NoTable(object other) =>
        new($"'{other}' is neither a hashtable, such as @{{ name = 'value' }}, nor a text, such as 'name=value'.");

    // In Docker's spelling, so that @{ 'com.docker.network.bridge.enable_icc' = $false } works.
    private static string? Text(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => null,
            bool truth => truth ? "true" : "false",
            var other => LanguagePrimitives.ConvertTo<string>(other),
        };
}
