using System.Net;

namespace BridgeNet.Model;

/// <summary>A published port: the data that <c>docker port</c> shows.</summary>
internal sealed record PortRow
{
    /// <summary>The name of the container.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The name of the network of the endpoint.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The id of the endpoint, 64 hexadecimal digits.</summary>
    public required string EndpointId { get; init; }

    /// <summary>The host's address; <c>0.0.0.0</c> or <c>::</c> for all addresses of a family.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>The host's port, 1 to 65535; 0 on a routed network, where clients use the container's own address.</summary>
    public required int HostPort { get; init; }

    /// <summary>The container's port, 1 to 65535.</summary>
    public required int ContainerPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The port as <c>docker ps</c> writes it: <c>0.0.0.0:8080->80/tcp</c>.</summary>
    public override string ToString() =>
        HostPort == 0
            ? $"{ContainerPort}/{Protocol}"
            : $"{(HostAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{HostAddress}]" : HostAddress)}:{HostPort}->{ContainerPort}/{Protocol}";
}
