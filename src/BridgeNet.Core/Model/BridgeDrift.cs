namespace BridgeNet.Model;

/// <summary>A difference between desired and actual state. Immutable.</summary>
public sealed record BridgeDrift
{
    internal BridgeDrift(DriftItem item)
    {
        NetworkName = item.NetworkName;
        NetworkId = item.NetworkId;
        ContainerName = item.ContainerName;
        ContainerId = item.ContainerId;
        Kind = item.Kind.ToString();
        Object = item.Object;
        Expected = item.Expected;
        Actual = item.Actual;
        Repair = item.Repair;
        Repairable = item.Repairable;
    }

    /// <summary>The name of the network; empty for objects that all networks share.</summary>
    public string NetworkName { get; }

    /// <summary>The id of the network; empty for objects that all networks share.</summary>
    public string NetworkId { get; }

    /// <summary>The name of the container; empty for objects of the network itself.</summary>
    public string ContainerName { get; }

    /// <summary>The id of the container; empty for objects of the network itself.</summary>
    public string ContainerId { get; }

    /// <summary>
    /// The kind of the difference: Bridge, Link, Address, Route, Sysctl, Endpoint, Namespace, Rule, ForeignRule, Overlap or File.
    /// </summary>
    public string Kind { get; }

    /// <summary>The kernel object: a link, an address, a rule, a setting.</summary>
    public string Object { get; }

    /// <summary>The expected value.</summary>
    public string Expected { get; }

    /// <summary>The actual value; <c>missing</c> if the object does not exist.</summary>
    public string Actual { get; }

    /// <summary>The commands that do the same as <c>Repair-BridgeNetwork</c>; if it cannot repair the object, what to do by hand.</summary>
    public string Repair { get; }

    /// <summary>Whether <c>Repair-BridgeNetwork</c> can repair it.</summary>
    public bool Repairable { get; }

    /// <summary>Object and difference, for use in a string.</summary>
    public override string ToString() => $"{Object}: {Actual}, not {Expected}";
}
