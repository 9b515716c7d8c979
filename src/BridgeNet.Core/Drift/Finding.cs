using BridgeNet.Changes;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>A difference between desired and actual state, with the operations that repair it.</summary>
/// <param name="Drift">The reported drift.</param>
/// <param name="Repair">The operations that repair it; empty if this module cannot, or if those of another finding do.</param>
internal sealed record Finding(DriftItem Drift, IReadOnlyList<Operation> Repair)
{
    /// <summary>The commands of <see cref="Repair"/>, if they are more than <see cref="DriftItem.Repair"/> shows.</summary>
    public string Words { get; init; } = Drift.Repair;

    /// <summary>The network's row after the repair; null if it does not change.</summary>
    public NetworkRow? Network { get; init; }

    /// <summary>The container's row, if it has a new namespace after the repair; otherwise null.</summary>
    public ContainerRow? Container { get; init; }
}
