namespace BridgeNet.Model;

/// <summary>How a network is joined to the world outside the host, per address family (Docker: <c>com.docker.network.bridge.gateway_mode_ipv4</c>).</summary>
public enum GatewayMode
{
    /// <summary>Outgoing packets get the host's address; from outside only published ports are reached, through the host's addresses. The default.</summary>
    Nat,

    /// <summary>As <see cref="Nat"/>, but every port of a container can be reached at its own address.</summary>
    NatUnprotected,

    /// <summary>No address translation: containers are reached at their own addresses, at the published ports and by ICMP.</summary>
    Routed,

    /// <summary>Only for an internal network: the host has no address on it either.</summary>
    Isolated,
}
