namespace BridgeNet.Model;

/// <summary>
/// How a network is connected to the outside of the host, for each address family (Docker:
/// <c>com.docker.network.bridge.gateway_mode_ipv4</c>).
/// </summary>
public enum GatewayMode
{
    /// <summary>
    /// Outgoing packets get the host's address. From outside, only published ports can be reached, at the host's addresses. The default.
    /// </summary>
    Nat,

    /// <summary>Like <see cref="Nat"/>, but every port of a container can be reached at its own address.</summary>
    NatUnprotected,

    /// <summary>No address translation: containers can be reached at their own addresses, at the published ports and by ICMP.</summary>
    Routed,

    /// <summary>Only for internal networks: the host has no address on the network either.</summary>
    Isolated,
}
