using System.Collections;
using System.Management.Automation;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Accepts names with values as a hashtable, as an object with properties, or, as on Docker's command line, as <c>'name=value'</c> or
/// <c>'name'</c>, or several of any of these; and what such a table reads as in a cell of a CSV file. Makes one table of them.
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

/// <summary>Accepts the same as <see cref="TextTableAttribute"/>, as a list of <c>name=value</c> and <c>name</c>: what a label has to be.</summary>
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

    /// <summary>All entries; the value is null where none was given.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is no table.</exception>
    public static IEnumerable<KeyValuePair<string, string?>> Read(object? given) =>
        (given is PSObject wrapped ? wrapped.BaseObject : given) switch
        {
            null => [],
            // What a cell of a CSV file says of a table that came from a job or Export-Clixml.
            string text when text == typeof(Hashtable).FullName => throw NoTable(text),
            string text => TextMap.Parse(text),
            IDictionary table => table.Keys.Cast<object>().Select(key => KeyValuePair.Create($"{key}", Text(table[key]))),
            PSCustomObject => PSObject.AsPSObject(given).Properties.Select(static cell => KeyValuePair.Create(cell.Name, Text(cell.Value))),
            // Of a list in a list nothing can be meant; one could hold itself.
            IEnumerable many => many.Cast<object?>()
                .SelectMany(static item => item is IEnumerable and not (string or IDictionary) ? throw NoTable(item) : Read(item)),
            var other => throw NoTable(other),
        };

    private static ArgumentTransformationMetadataException NoTable(object other) =>
        new($"'{other}' is neither a hashtable, such as @{{ name = 'value' }}, nor a text, such as 'name=value'.");

    // As Docker writes them, so that @{ 'com.docker.network.bridge.enable_icc' = $false } means what it says.
    private static string? Text(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => null,
            bool truth => truth ? "true" : "false",
            var other => LanguagePrimitives.ConvertTo<string>(other),
        };
}
