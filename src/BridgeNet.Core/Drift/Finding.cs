using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>A difference between state and kernel, with what repairs it.</summary>
/// <param name="Drift">What is reported.</param>
/// <param name="Repair">What repairs it; empty when it cannot be done from here, or another finding's operations do it too.</param>
internal sealed record Finding(DriftItem Drift, IReadOnlyList<Operation> Repair)
{
    /// <summary>What <see cref="Repair"/> does, where that is more than <see cref="DriftItem.Repair"/> says.</summary>
    public string Words { get; init; } = Drift.Repair;

    /// <summary>The network as it is after the repair; null where its row stays.</summary>
    public NetworkRow? Network { get; init; }

    /// <summary>The container whose namespace is another one after the repair; null where it stays.</summary>
    public ContainerRow? Container { get; init; }
}

/// <summary>Of whom a difference is.</summary>
/// <param name="Network">The network; null for what all share.</param>
/// <param name="Container">The container; null for the network's own.</param>
internal sealed record Whose(NetworkRow? Network, ContainerRow? Container = null)
{
    /// <summary>One that is repaired by one thing of the kernel.</summary>
    public Finding Finding(Deviation deviation) =>
        Finding(
            deviation.Kind,
            deviation.Object,
            deviation.Expected,
            deviation.Actual,
            "; ",
            [new ObjectOperation(deviation.Found, deviation.Wanted)]
        );

    /// <summary>One that is repaired by several operations.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="what">The object.</param>
    /// <param name="expected">What it is meant to be.</param>
    /// <param name="actual">What it is.</param>
    /// <param name="separator">What stands between the commands.</param>
    /// <param name="repair">The operations.</param>
    public Finding Finding(
        DriftKind kind,
        string what,
        string expected,
        string actual,
        string separator,
        IReadOnlyList<Operation> repair
    ) => new(Item(kind, what, expected, actual, string.Join(separator, repair.SelectMany(static operation => operation.Words()))), repair);

    /// <summary>One that cannot be repaired from here.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="what">The object.</param>
    /// <param name="expected">What it is meant to be.</param>
    /// <param name="actual">What it is.</param>
    /// <param name="advice">What to do by hand.</param>
    public Finding Unrepairable(DriftKind kind, string what, string expected, string actual, string advice) =>
        new(Item(kind, what, expected, actual, advice) with { Repairable = false }, []);

    /// <summary>What is reported.</summary>
    public DriftItem Item(DriftKind kind, string what, string expected, string actual, string repair) =>
        new()
        {
            NetworkName = Network?.Name ?? "",
            NetworkId = Network?.Id ?? "",
            ContainerName = Container?.Name ?? "",
            ContainerId = Container?.Id ?? "",
            Kind = kind,
            Object = what,
            Expected = expected,
            Actual = actual,
            Repair = repair,
        };
}
