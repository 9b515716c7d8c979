using BridgeNet.Kernel;

namespace BridgeNet.Model;

/// <summary>A difference between what is meant to be and what the kernel has.</summary>
internal sealed record DriftItem
{
    /// <summary>The network that it concerns; empty for what all networks share.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The id of the network; empty for what all networks share.</summary>
    public string NetworkId { get; init; } = "";

    /// <summary>The container that it concerns; empty when it is of the network.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>The id of the container; empty when it is of the network.</summary>
    public string ContainerId { get; init; } = "";

    /// <summary>What kind of difference it is.</summary>
    public required DriftKind Kind { get; init; }

    /// <summary>The object of the kernel: a link, an address, a rule, a setting.</summary>
    public required string Object { get; init; }

    /// <summary>What it is meant to be.</summary>
    public required string Expected { get; init; }

    /// <summary>What it is; <c>missing</c> when there is none.</summary>
    public required string Actual { get; init; }

    /// <summary>How <c>Repair-BridgeNetwork</c> repairs it, in the commands that a person would type; when it cannot, what to do by hand.</summary>
    public required string Repair { get; init; }

    /// <summary>Whether <c>Repair-BridgeNetwork</c> repairs it.</summary>
    public bool Repairable { get; init; } = true;

    /// <summary>Which object and how, so that a difference in a string reads as one.</summary>
    public override string ToString() => $"{Object}: {Actual}, not {Expected}";
}

/// <summary>Kinds of <see cref="DriftItem"/>.</summary>
internal enum DriftKind
{
    /// <summary>A bridge is gone, or is no bridge.</summary>
    Bridge,

    /// <summary>A link is down, in another group or under another bridge, or has another MTU, MAC or alias.</summary>
    Link,

    /// <summary>An address is missing.</summary>
    Address,

    /// <summary>A default route is missing or leads elsewhere.</summary>
    Route,

    /// <summary>A kernel setting has another value.</summary>
    Sysctl,

    /// <summary>A container's interface is gone.</summary>
    Endpoint,

    /// <summary>A container's namespace is gone.</summary>
    Namespace,

    /// <summary>A rule of ours is missing, changed, doubled or out of place.</summary>
    Rule,

    /// <summary>A foreign rule is in the way.</summary>
    ForeignRule,

    /// <summary>A route or address of the host lies in a network's subnet.</summary>
    Overlap,

    /// <summary>A file with names says something else.</summary>
    File,

    /// <summary>It could not be looked at, so nobody knows.</summary>
    Unreadable,
}
