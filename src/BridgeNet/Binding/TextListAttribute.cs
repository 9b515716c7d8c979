using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Accepts a list, or one text with commas between the items, as a cell of a CSV file holds it; an empty cell is an empty list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return given is IEnumerable many and not string
            ? (string[])[.. many.Cast<object?>().SelectMany(static item => Split(LanguagePrimitives.ConvertTo<string>(item)))]
            : Split(LanguagePrimitives.ConvertTo<string>(inputData));
    }

    // What stands between two commas stays, so that nothing given goes without a word.
    internal static string[] Split(string? text) => string.IsNullOrWhiteSpace(text) ? [] : text.Split(',', StringSplitOptions.TrimEntries);
}
