using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Accepts a list, or one text with commas between the items, as a cell of a CSV file holds it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => Array.Empty<string>(),
            IEnumerable many and not string => (string[])[.. many.Cast<object?>().SelectMany(Split)],
            _ => Split(inputData),
        };

    private static string[] Split(object? item) => Split(LanguagePrimitives.ConvertTo<string>(item));

    // Whatever stands there stays, nothing too, so that what was typed is refused where it means nothing.
    internal static string[] Split(string text) => text.Contains(',') ? text.Split(',', StringSplitOptions.TrimEntries) : [text];
}
