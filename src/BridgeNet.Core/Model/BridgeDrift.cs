namespace BridgeNet.Model;

/// <summary>A difference between what is desired and what the kernel has. It never changes.</summary>
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

    /// <summary>The network that it concerns; empty for what all networks share.</summary>
    public string NetworkName { get; }

    /// <summary>The id of the network; empty for what all networks share.</summary>
    public string NetworkId { get; }

    /// <summary>The container that it concerns; empty when it is of the network.</summary>
    public string ContainerName { get; }

    /// <summary>The id of the container; empty when it is of the network.</summary>
    public string ContainerId { get; }

    /// <summary>What kind of difference it is: Bridge, Link, Address, Route, Sysctl, Endpoint, Namespace, Rule, ForeignRule, Overlap or File.</summary>
    public string Kind { get; }

    /// <summary>The object of the kernel: a link, an address, a rule, a setting.</summary>
    public string Object { get; }

    /// <summary>What it should be.</summary>
    public string Expected { get; }

    /// <summary>What it is; <c>missing</c> when there is none.</summary>
    public string Actual { get; }

    /// <summary>How <c>Repair-BridgeNetwork</c> repairs it, in the commands that a person would type; when it cannot, what to do by hand.</summary>
    public string Repair { get; }

    /// <summary>Whether <c>Repair-BridgeNetwork</c> repairs it.</summary>
    public bool Repairable { get; }

    /// <summary>Which object and how, so that a difference in a string reads as one.</summary>
    public override string ToString() => $"{Object}: {Actual}, not {Expected}";
}
