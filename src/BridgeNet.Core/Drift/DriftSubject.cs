using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>The network and container that drift belongs to. It creates their findings.</summary>
/// <param name="Network">The network; null for objects that all networks share.</param>
/// <param name="Container">The container; null for objects of the network itself.</param>
internal sealed record DriftSubject(NetworkRow? Network, ContainerRow? Container = null)
{
    /// <summary>A finding that one kernel object repairs.</summary>
    public Finding Finding(Deviation deviation) =>
        Finding(
            deviation.Kind,
            deviation.Object,
            deviation.Expected,
            deviation.Actual,
            "; ",
            [new ObjectOperation(deviation.Found, deviation.Wanted)]
        );

    /// <summary>A finding that several operations repair.</summary>
    /// <param name="kind">The kind of the drift.</param>
    /// <param name="what">The object.</param>
    /// <param name="expected">The expected value.</param>
    /// <param name="actual">The actual value.</param>
    /// <param name="separator">The separator between the commands.</param>
    /// <param name="repair">The operations that repair it.</param>
    public Finding Finding(
        DriftKind kind,
        string what,
        string expected,
        string actual,
        string separator,
        IReadOnlyList<Operation> repair
    ) => new(Item(kind, what, expected, actual, string.Join(separator, repair.SelectMany(static operation => operation.Words()))), repair);

    /// <summary>A finding that this module cannot repair.</summary>
    /// <param name="kind">The kind of the drift.</param>
    /// <param name="what">The object.</param>
    /// <param name="expected">The expected value.</param>
    /// <param name="actual">The actual value.</param>
    /// <param name="advice">What to do by hand.</param>
    public Finding Unrepairable(DriftKind kind, string what, string expected, string actual, string advice) =>
        new(Item(kind, what, expected, actual, advice) with { Repairable = false }, []);

    /// <summary>The drift to report.</summary>
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
