using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>
/// Converts a cell of a CSV file to a number, an enum value or a boolean; an empty cell is no value. PowerShell would ignore a cell that it
/// cannot
/// convert, and a network marked as internal would not be internal.
/// </summary>
/// <param name="type">The type of the parameter.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The value of an empty cell. PowerShell reads null as true for a switch, and refuses it for a number in a range.</summary>
    public object? Empty { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (given is null or "")
            return Empty;
        if (given is not string text)
            return inputData;
        object? read =
            type == typeof(bool) ? Truth(text)
            : LanguagePrimitives.TryConvertTo(text, type, out object converted) ? converted
            : null;
        return read
            ?? throw new ArgumentTransformationMetadataException(
                type == typeof(bool)
                    ? $"'{text}' is neither true nor false."
                    : $"'{text}' is not {(type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : "a number that is possible here")}."
            );
    }

    private static object? Truth(string text) =>
        text.ToLowerInvariant() switch
        {
            "true" or "$true" or "yes" or "1" => true,
            "false" or "$false" or "no" or "0" => false,
            _ => null,
        };
}
