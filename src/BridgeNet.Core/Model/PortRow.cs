using System.Net;

namespace BridgeNet.Model;

/// <summary>A published port: what <c>docker port</c> shows.</summary>
internal sealed record PortRow
{
    /// <summary>The name of the container.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The name of the network through which it is reached.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The endpoint whose address it is, 64 hexadecimal digits.</summary>
    public required string EndpointId { get; init; }

    /// <summary>The host's address; <c>0.0.0.0</c> or <c>::</c> for all of a family.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>The host's port, 1 to 65535; 0 on a routed network, where the container is reached at its own address.</summary>
    public required int HostPort { get; init; }

    /// <summary>The container's port, 1 to 65535.</summary>
    public required int ContainerPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>As <c>docker ps</c> writes it: <c>0.0.0.0:8080->80/tcp</c>.</summary>
    public override string ToString() =>
        HostPort == 0
            ? $"{ContainerPort}/{Protocol}"
            : $"{(HostAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{HostAddress}]" : HostAddress)}:{HostPort}->{ContainerPort}/{Protocol}";
}
