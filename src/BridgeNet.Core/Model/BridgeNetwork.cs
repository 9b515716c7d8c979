using System.Net;

namespace BridgeNet.Model;

/// <summary>One subnet of a network, as <c>docker network inspect</c> shows it under <c>IPAM.Config</c>.</summary>
public sealed record IpamConfig
{
    /// <summary>The subnet that addresses are given from.</summary>
    public required IPNetwork Subnet { get; init; }

    /// <summary>The address of the bridge, and the default gateway of the containers; null when the host has none in the subnet.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The part of the subnet that automatic addresses come from; null means all of it.</summary>
    public IPNetwork? IPRange { get; init; }

    /// <summary>Addresses that other devices hold, by name; never given out.</summary>
    public IReadOnlyDictionary<string, IPAddress> AuxiliaryAddresses { get; init; } = new Dictionary<string, IPAddress>();

    /// <summary>The subnet, so that one in a string reads as one.</summary>
    public override string ToString() => $"{Subnet}";
}

/// <summary>How the addresses of a network are managed.</summary>
public sealed record Ipam
{
    /// <summary>Always <c>default</c>: the pools and subnets of this module.</summary>
    public string Driver { get; init; } = "default";

    /// <summary>Driver options; null on predefined networks, empty on others, as in Docker.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The subnets.</summary>
    public IReadOnlyList<IpamConfig> Config { get; init; } = [];

    /// <summary>The subnets, so that it reads as something in a list.</summary>
    public override string ToString() => string.Join(", ", Config);
}

/// <summary>A network: what <c>docker network inspect</c> shows of it, as typed values.</summary>
public sealed record BridgeNetwork
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The first 12 digits of <see cref="Id"/>, as tables show it.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Always <c>local</c>: one host.</summary>
    public string Scope { get; init; } = "local";

    /// <summary><c>bridge</c>, <c>host</c> or <c>null</c>.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>Whether containers get IPv4 addresses.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether containers get IPv6 addresses.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Subnets, gateways and ranges.</summary>
    public Ipam IPAM { get; init; } = new();

    /// <summary>Whether the network has no way out of the host.</summary>
    public bool Internal { get; init; }

    /// <summary>Docker's flag for swarm; kept for scripts that read it.</summary>
    public bool Attachable { get; init; }

    /// <summary>Docker's flag for swarm; always false.</summary>
    public bool Ingress { get; init; }

    /// <summary>The name of the network whose configuration was taken; empty when none.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary>Whether this is only a configuration for others.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>Driver options by Docker's keys.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The user's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The endpoints on it.</summary>
    public IReadOnlyList<BridgeEndpoint> Containers { get; init; } = [];

    /// <summary>The kernel's name of the bridge: <c>br-</c> and 12 digits of the id; null for networks without one.</summary>
    public string? BridgeName { get; init; }

    /// <summary>The Ethernet address of the bridge; null for networks without one.</summary>
    public MacAddress? BridgeMacAddress { get; init; }

    /// <summary>The MTU of bridge and endpoints, in bytes; 0 for networks without a bridge.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether the subnet was chosen from the pools; such a network takes no <c>-IPAddress</c> (Docker's rule).</summary>
    public bool AutomaticSubnet { get; init; }

    /// <summary>The subnet of the first config.</summary>
    public IPNetwork? Subnet => IPAM.Config.Count > 0 ? IPAM.Config[0].Subnet : null;

    /// <summary>The gateway of the first config.</summary>
    public IPAddress? Gateway => IPAM.Config.Count > 0 ? IPAM.Config[0].Gateway : null;

    /// <summary>The name, so that a network in a string reads as one.</summary>
    public override string ToString() => Name;
}
