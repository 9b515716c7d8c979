using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>
/// The attachment of one container to one network, as users see it: a veth pair, addresses and a MAC address, as text. Immutable.
/// </summary>
public sealed class BridgeEndpoint : IEquatable<BridgeEndpoint>, IComparable<BridgeEndpoint>, IComparable
{
    private readonly (string Network, AddressFamily Family, UInt128 Address, string Container) _order;
    private readonly BridgePort[] _ports;
    private readonly string[] _aliases,
        _linkLocal;

    internal BridgeEndpoint(EndpointRow row)
    {
        IPAddress? first = row.IPAddress ?? row.IPv6Address;
        _order = (
            row.NetworkName,
            first?.AddressFamily ?? AddressFamily.Unspecified,
            first is null ? 0 : AddressNumber.Of(first),
            row.ContainerName
        );
        _ports = [.. row.Ports.Select(port => new BridgePort(port, row)).Order()];
        _aliases = [.. row.Aliases];
        _linkLocal = [.. row.LinkLocalAddresses.Select(static address => address.ToString())];
        NetworkName = row.NetworkName;
        NetworkId = row.NetworkId;
        ContainerName = row.ContainerName;
        ContainerId = row.ContainerId;
        EndpointId = row.EndpointId;
        InterfaceName = row.InterfaceName;
        HostInterface = row.HostInterface;
        MacAddress = row.MacAddress?.ToString() ?? "";
        IPAddress = row.IPAddress?.ToString();
        PrefixLength = row.PrefixLength;
        IPv6Address = row.IPv6Address?.ToString();
        IPv6PrefixLength = row.IPv6PrefixLength;
        Gateway = row.Gateway?.ToString();
        IPv6Gateway = row.IPv6Gateway?.ToString();
        GatewayPriority = row.GatewayPriority;
        NoDefaultRoute = row.NoDefaultRoute;
        Sysctls = new TextMap(row.Sysctls);
    }

    /// <summary>The name of the network.</summary>
    public string NetworkName { get; }

    /// <summary>The id of the network, 64 hexadecimal digits.</summary>
    public string NetworkId { get; }

    /// <summary>The name of the container.</summary>
    public string ContainerName { get; }

    /// <summary>The id of the container, 64 hexadecimal digits.</summary>
    public string ContainerId { get; }

    /// <summary>64 hexadecimal digits.</summary>
    public string EndpointId { get; }

    /// <summary>The interface inside the container: <c>eth0</c>, <c>eth1</c>…</summary>
    public string InterfaceName { get; }

    /// <summary>The host's end of the veth pair, a port of the bridge.</summary>
    public string HostInterface { get; }

    /// <summary>The MAC address of the interface inside, such as <c>02:42:ad:14:00:02</c>.</summary>
    public string MacAddress { get; }

    /// <summary>The IPv4 address inside; null without IPv4.</summary>
    public string? IPAddress { get; }

    /// <summary>The prefix length of <see cref="IPAddress"/>, 0 to 32.</summary>
    public int PrefixLength { get; }

    /// <summary>The IPv6 address inside; null without IPv6.</summary>
    public string? IPv6Address { get; }

    /// <summary>The prefix length of <see cref="IPv6Address"/>, 0 to 128.</summary>
    public int IPv6PrefixLength { get; }

    /// <summary>The network's IPv4 gateway; null without one.</summary>
    public string? Gateway { get; }

    /// <summary>The network's IPv6 gateway; null without one.</summary>
    public string? IPv6Gateway { get; }

    /// <summary>Other names of the container on this network.</summary>
    public ObjectList<string> Aliases => new(_aliases);

    /// <summary>Requested additional addresses from 169.254.0.0/16 or fe80::/10.</summary>
    public ObjectList<string> LinkLocalAddresses => new(_linkLocal);

    /// <summary>
    /// The priority for the default route: the endpoint of a container with the highest value has it; among equal values, the first by
    /// network name.
    /// </summary>
    public int GatewayPriority { get; }

    /// <summary>Whether the default route never uses this endpoint.</summary>
    public bool NoDefaultRoute { get; }

    /// <summary>Kernel settings of the interface inside, by key, with <c>IFNAME</c> as placeholder for its name.</summary>
    public TextMap Sysctls { get; }

    /// <summary>
    /// The published ports, as <c>docker ps</c> writes them; PowerShell shows <see cref="GetPorts"/> instead, see <see
    /// cref="BridgeNetwork"/>.
    /// </summary>
    public ObjectList<string> Ports => new([.. _ports.Select(static port => port.ToString())]);

    /// <summary>The published ports, by number and protocol.</summary>
    public ObjectList<BridgePort> GetPorts() => new(_ports);

    /// <summary>The addresses with their prefix lengths, as <c>ip address</c> writes them.</summary>
    internal string Addresses =>
        string.Join(
            ", ",
            new (string? Address, int Length)[] { (IPAddress, PrefixLength), (IPv6Address, IPv6PrefixLength) }
                .Where(static address => address.Address is not null)
                .Select(static address => $"{address.Address}/{address.Length}")
        );

    /// <summary>Network and container, for use in a string.</summary>
    public override string ToString() => $"{ContainerName} on {NetworkName}";

    /// <inheritdoc/>
    public bool Equals(BridgeEndpoint? other) => other is not null && other.EndpointId == EndpointId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BridgeEndpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => EndpointId.GetHashCode(StringComparison.Ordinal);

    /// <summary>Sorts by network, then numerically by address.</summary>
    public int CompareTo(BridgeEndpoint? other)
    {
        if (other is null)
            return 1;
        int order = NaturalOrder.Compare(_order.Network, other._order.Network);
        if (order == 0)
            order = (_order.Family, _order.Address).CompareTo((other._order.Family, other._order.Address));
        if (order == 0)
            order = NaturalOrder.Compare(_order.Container, other._order.Container);
        return order == 0 ? string.CompareOrdinal(EndpointId, other.EndpointId) : order;
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj is BridgeEndpoint or null ? CompareTo(obj as BridgeEndpoint) : NaturalOrder.Compare(ToString(), $"{obj}");
}
