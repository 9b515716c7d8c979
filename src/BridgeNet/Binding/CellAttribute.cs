using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>
/// Reads a cell of a CSV file as a number, a choice or a truth value; an empty one is nothing. PowerShell would pass over what it cannot
/// convert, and an "internal" network would be none.
/// </summary>
/// <param name="type">What the parameter holds.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>What an empty cell means. PowerShell takes null for a switch that is on, and refuses it for a number in a range.</summary>
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
