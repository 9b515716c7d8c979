using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>
/// Takes names with values as a hashtable, or, as on Docker's command line, as <c>'name=value'</c> or <c>'name'</c>, and makes
/// one ordered table of them.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        Hashtable table = new(StringComparer.Ordinal);
        foreach (object? item in given is IDictionary or string || given is not IEnumerable many ? [given] : many.Cast<object?>())
        {
            switch (item is PSObject inner ? inner.BaseObject : item)
            {
                case null:
                    break;
                case IDictionary dictionary:
                    foreach (DictionaryEntry entry in dictionary)
                        table[$"{entry.Key}"] = Text(entry.Value);
                    break;
                case string text:
                    string[] parts = text.Split('=', 2);
                    table[parts[0]] = parts.Length == 2 ? parts[1] : "";
                    break;
                case var other:
                    throw new ArgumentTransformationMetadataException($"'{other}' is neither a hashtable, such as @{{ name = 'value' }}, nor a text, such as 'name=value'.");
            }
        }
        return table;
    }

    // As Docker writes them, so that @{ 'com.docker.network.bridge.enable_icc' = $false } means what it says.
    private static string Text(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        bool truth => truth ? "true" : "false",
        var other => $"{other}",
    };
}

/// <summary>Tables as dictionaries of text.</summary>
internal static class TextTable
{
    public static Dictionary<string, string> ToDictionary(this Hashtable? table) =>
        (table ?? []).Cast<DictionaryEntry>().ToDictionary(static entry => (string)entry.Key, static entry => (string)entry.Value!, StringComparer.Ordinal);
}
