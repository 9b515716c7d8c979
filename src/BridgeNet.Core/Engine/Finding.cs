using BridgeNet.Model;

namespace BridgeNet.Engine;

/// <summary>A difference between state and kernel, with what mends it.</summary>
/// <param name="Drift">What the user is told.</param>
/// <param name="Mend">Does it; null when it cannot be done from here, or another finding's does it too.</param>
internal sealed record Finding(DriftItem Drift, Action? Mend)
{
    /// <summary>What <see cref="Mend"/> does, where that is more than <see cref="DriftItem.Repair"/> says.</summary>
    public string Words { get; init; } = Drift.Repair;
}
