using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>A published port as users see it: the data that <c>docker port</c> shows. Immutable.</summary>
public sealed class BridgePort : IEquatable<BridgePort>, IComparable<BridgePort>, IComparable
{
    private readonly (AddressFamily Family, UInt128 Address) _hostOrder;

    internal BridgePort(PortRow row, EndpointRow endpoint)
    {
        _hostOrder = (row.HostAddress.AddressFamily, AddressNumber.Of(row.HostAddress));
        ContainerName = endpoint.ContainerName;
        ContainerId = endpoint.ContainerId;
        NetworkName = endpoint.NetworkName;
        NetworkId = endpoint.NetworkId;
        EndpointId = endpoint.EndpointId;
        HostAddress = row.HostAddress.ToString();
        HostPort = row.HostPort;
        ContainerPort = row.ContainerPort;
        Protocol = row.Protocol;
    }

    /// <summary>The name of the container.</summary>
    public string ContainerName { get; }

    /// <summary>The id of the container, 64 hexadecimal digits.</summary>
    public string ContainerId { get; }

    /// <summary>The name of the network of the endpoint.</summary>
    public string NetworkName { get; }

    /// <summary>The id of that network, 64 hexadecimal digits.</summary>
    public string NetworkId { get; }

    /// <summary>The id of the endpoint, 64 hexadecimal digits.</summary>
    public string EndpointId { get; }

    /// <summary>The host's address; <c>0.0.0.0</c> or <c>::</c> for all addresses of a family.</summary>
    public string HostAddress { get; }

    /// <summary>The host's port, 1 to 65535; 0 on a routed network, where clients use the container's own address.</summary>
    public int HostPort { get; }

    /// <summary>The container's port, 1 to 65535.</summary>
    public int ContainerPort { get; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string Protocol { get; }

    private (string, string, string, int, int) Identity => (EndpointId, Protocol, HostAddress, HostPort, ContainerPort);

    /// <summary>The port as <c>docker ps</c> writes it: <c>0.0.0.0:8080->80/tcp</c>.</summary>
    public override string ToString() =>
        HostPort == 0
            ? $"{ContainerPort}/{Protocol}"
            : $"{(_hostOrder.Family == AddressFamily.InterNetworkV6 ? $"[{HostAddress}]" : HostAddress)}:{HostPort}->{ContainerPort}/{Protocol}";

    /// <inheritdoc/>
    public bool Equals(BridgePort? other) => other is not null && other.Identity == Identity;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BridgePort);

    /// <inheritdoc/>
    public override int GetHashCode() => Identity.GetHashCode();

    /// <summary>Sorts by container, its port, protocol, then numerically by the host's port and address.</summary>
    public int CompareTo(BridgePort? other)
    {
        if (other is null)
            return 1;
        int order = NaturalOrder.Compare(ContainerName, other.ContainerName);
        if (order == 0)
            order = (ContainerPort, Protocol, HostPort, _hostOrder.Family, _hostOrder.Address).CompareTo(
                (other.ContainerPort, other.Protocol, other.HostPort, other._hostOrder.Family, other._hostOrder.Address)
            );
        return order == 0 ? string.CompareOrdinal(EndpointId, other.EndpointId) : order;
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj is BridgePort or null ? CompareTo(obj as BridgePort) : NaturalOrder.Compare(ToString(), $"{obj}");
}
