using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using BridgeNet.Netlink;

namespace BridgeNet.Model;

/// <summary>One container's attachment to one network: a veth pair, an address and a MAC.</summary>
internal sealed record EndpointRow
{
    /// <summary>The name of the network.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The id of the network, 64 hexadecimal digits.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The name of the container.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The id of the container, 64 hexadecimal digits.</summary>
    public required string ContainerId { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string EndpointId { get; init; }

    /// <summary>The interface inside the container: <c>eth0</c>, <c>eth1</c>…</summary>
    public required string InterfaceName { get; init; }

    /// <summary>The other end of the veth pair, a port of the bridge on the host.</summary>
    public required string HostInterface { get; init; }

    /// <summary>The Ethernet address inside.</summary>
    public MacAddress MacAddress { get; init; }

    /// <summary>The IPv4 address inside.</summary>
    public IPAddress? IPAddress { get; init; }

    /// <summary>The prefix length of <see cref="IPAddress"/>, 0 to 32.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The IPv6 address inside; null without IPv6.</summary>
    public IPAddress? IPv6Address { get; init; }

    /// <summary>The prefix length of <see cref="IPv6Address"/>, 0 to 128.</summary>
    public int IPv6PrefixLength { get; init; }

    /// <summary>The network's IPv4 gateway.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The network's IPv6 gateway.</summary>
    public IPAddress? IPv6Gateway { get; init; }

    /// <summary>Other names of the container on this network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Addresses of 169.254.0.0/16 or fe80::/10 that were asked for besides.</summary>
    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>Of a container's endpoints the one with the highest has the default route; those with the same, the first by network name.</summary>
    public int GatewayPriority { get; init; }

    /// <summary>Whether the default route never goes through here.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Kernel settings of the interface inside, by key, with <c>IFNAME</c> for its name.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>The published ports.</summary>
    [JsonIgnore]
    public IReadOnlyList<PortRow> Ports { get; init; } = [];

    /// <summary>Network and container, so that an endpoint in a string reads as one.</summary>
    public override string ToString() => $"{ContainerName} on {NetworkName}";

    /// <summary>The address of a family; null without one.</summary>
    internal IPAddress? Address(AddressFamily family) => family == AddressFamily.InterNetwork ? IPAddress : IPv6Address;

    /// <summary>The gateway of a family; null without one.</summary>
    internal IPAddress? GatewayOf(AddressFamily family) => family == AddressFamily.InterNetwork ? Gateway : IPv6Gateway;
}
