using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Accepts a list, or one text with commas between the items, as in a cell of a CSV file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => [],
            IEnumerable many and not string => [.. many.Cast<object?>().SelectMany(Split)],
            _ => Split(inputData),
        };

    private static string[] Split(object? item) => Split(LanguagePrimitives.ConvertTo<string>(item));

    // All items stay, empty ones too, so that a typed empty item is refused.
    internal static string[] Split(string text) => text.Contains(',') ? text.Split(',', StringSplitOptions.TrimEntries) : [text];
}
