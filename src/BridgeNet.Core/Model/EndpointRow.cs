using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using BridgeNet.Netlink;

namespace BridgeNet.Model;

/// <summary>The attachment of one container to one network: an interface, addresses and a MAC address.</summary>
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

    /// <summary>The kernel's kind of the interface inside: <c>veth</c>, or that of the driver's links.</summary>
    public string InterfaceKind { get; init; } = "veth";

    /// <summary>The host's end of the veth pair, a port of the bridge; empty for other kinds.</summary>
    public required string HostInterface { get; init; }

    /// <summary>The MAC address of the interface inside; null if it is that of its parent.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The IPv4 address inside.</summary>
    public IPAddress? IPAddress { get; init; }

    /// <summary>The prefix length of <see cref="IPAddress"/>, 0 to 32.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The IPv6 address inside; null without IPv6.</summary>
    public IPAddress? IPv6Address { get; init; }

    /// <summary>The prefix length of <see cref="IPv6Address"/>, 0 to 128.</summary>
    public int IPv6PrefixLength { get; init; }

    /// <summary>The network's IPv4 gateway; null without one.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The network's IPv6 gateway; null without one.</summary>
    public IPAddress? IPv6Gateway { get; init; }

    /// <summary>Whether what is outside the network is reached by the interface itself, without a gateway.</summary>
    public bool RoutesByDevice { get; init; }

    /// <summary>Other names of the container on this network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Requested additional addresses from 169.254.0.0/16 or fe80::/10.</summary>
    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>
    /// The priority for the default route: the endpoint of a container with the highest value has it; among equal values, the first by
    /// network name.
    /// </summary>
    public int GatewayPriority { get; init; }

    /// <summary>Whether the default route never uses this endpoint.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Kernel settings of the interface inside, by key, with <c>IFNAME</c> as placeholder for its name.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>The published ports.</summary>
    [JsonIgnore]
    public IReadOnlyList<PortRow> Ports { get; init; } = [];

    /// <summary>Network and container, for use in a string.</summary>
    public override string ToString() => $"{ContainerName} on {NetworkName}";

    /// <summary>The address of an address family; null without one.</summary>
    internal IPAddress? Address(AddressFamily family) => family == AddressFamily.InterNetwork ? IPAddress : IPv6Address;

    /// <summary>The prefix length of an address family.</summary>
    internal int PrefixLengthOf(AddressFamily family) => family == AddressFamily.InterNetwork ? PrefixLength : IPv6PrefixLength;

    /// <summary>Whether the endpoint can have the default route of an address family.</summary>
    internal bool LeadsOut(AddressFamily family) => GatewayOf(family) is not null || (RoutesByDevice && Address(family) is not null);

    /// <summary>The gateway of an address family; null without one.</summary>
    internal IPAddress? GatewayOf(AddressFamily family) => family == AddressFamily.InterNetwork ? Gateway : IPv6Gateway;
}
