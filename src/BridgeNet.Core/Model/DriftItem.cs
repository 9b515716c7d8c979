namespace BridgeNet.Model;

/// <summary>A difference between desired and actual state.</summary>
internal sealed record DriftItem
{
    /// <summary>The name of the network; empty for objects that all networks share.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The id of the network; empty for objects that all networks share.</summary>
    public string NetworkId { get; init; } = "";

    /// <summary>The name of the container; empty for objects of the network itself.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>The id of the container; empty for objects of the network itself.</summary>
    public string ContainerId { get; init; } = "";

    /// <summary>The kind of the difference.</summary>
    public required DriftKind Kind { get; init; }

    /// <summary>The kernel object: a link, an address, a rule, a setting.</summary>
    public required string Object { get; init; }

    /// <summary>The expected value.</summary>
    public required string Expected { get; init; }

    /// <summary>The actual value; <c>missing</c> if the object does not exist.</summary>
    public required string Actual { get; init; }

    /// <summary>The commands that do the same as <c>Repair-BridgeNetwork</c>; if it cannot repair the object, what to do by hand.</summary>
    public required string Repair { get; init; }

    /// <summary>Whether <c>Repair-BridgeNetwork</c> can repair it.</summary>
    public bool Repairable { get; init; } = true;

    /// <summary>Object and difference, for use in a string.</summary>
    public override string ToString() => $"{Object}: {Actual}, not {Expected}";
}

/// <summary>The kinds of <see cref="DriftItem"/>.</summary>
internal enum DriftKind
{
    /// <summary>A bridge is missing, or the link is not a bridge.</summary>
    Bridge,

    /// <summary>A link is down, in another group, under another bridge, or has another MTU, MAC address or alias.</summary>
    Link,

    /// <summary>An address is missing.</summary>
    Address,

    /// <summary>A default route is missing, or uses another gateway.</summary>
    Route,

    /// <summary>A kernel setting has another value.</summary>
    Sysctl,

    /// <summary>A container's interface is missing.</summary>
    Endpoint,

    /// <summary>A container's namespace is missing.</summary>
    Namespace,

    /// <summary>A rule of this module is missing, changed, duplicated or in the wrong position.</summary>
    Rule,

    /// <summary>A foreign rule blocks packets of our networks.</summary>
    ForeignRule,

    /// <summary>A route or address of the host lies in a network's subnet.</summary>
    Overlap,

    /// <summary>A name file has other content.</summary>
    File,

    /// <summary>The object could not be read, so its state is unknown.</summary>
    Unreadable,
}
