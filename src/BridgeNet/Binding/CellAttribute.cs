using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Accepts what a cell of a CSV file holds for a number, a choice or a truth value: <c>True</c> and <c>False</c> as text, and nothing in an empty cell.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellAttribute : ArgumentTransformationAttribute
{
    /// <summary>What an empty cell means; PowerShell would take null for a switch that is on, and refuse it for a number in a range.</summary>
    public object? Empty { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null or "" => Empty,
            string text when bool.TryParse(text, out bool truth) => truth,
            _ => inputData,
        };
}
