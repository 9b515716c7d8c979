using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using static BridgeNet.Kernel.InterfaceGroup;

namespace BridgeNet.Firewall;

/// <summary>The data of one network that rules depend on. Two equal values have the same rules.</summary>
/// <param name="BridgeName">The interface name of the bridge.</param>
internal sealed record FirewallNetwork(string BridgeName)
{
    /// <summary>Its subnets, at most one for each address family.</summary>
    public IReadOnlyList<FirewallSubnet> Subnets { get; init; } = [];

    /// <summary>Whether its containers can reach each other.</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>Whether it is internal: no packet enters or leaves the network.</summary>
    public bool Internal { get; init; }

    /// <summary>
    /// Whether the bridge is adopted, so that its other uses continue: a family that the network does not have is its owner's.
    /// </summary>
    public bool Adopted { get; init; }

    /// <summary>Whether its containers may send only as themselves (anti-spoofing).</summary>
    public bool AntiSpoof { get; init; }

    /// <summary>With <see cref="AntiSpoof"/>, the senders of its endpoints; in a change, only those that it adds or removes.</summary>
    public IReadOnlyList<FirewallSender> Senders { get; init; } = [];

    /// <summary>The published ports of its endpoints.</summary>
    public IReadOnlyList<FirewallPort> Ports { get; init; } = [];

    /// <summary>The interface group of its bridge.</summary>
    public uint Group =>
        Subnets.Aggregate(
            Ours | (Internal ? InterfaceGroup.Internal : 0) | (InterContainer ? 0 : Separated) | (Adopted ? HasIPv4 | HasIPv6 : 0),
            static (group, subnet) =>
                group
                | (
                    subnet.Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
                        ? HasIPv4 | Of(subnet.Mode, RoutedIPv4, UnprotectedIPv4, IsolatedIPv4)
                        : HasIPv6 | Of(subnet.Mode, RoutedIPv6, UnprotectedIPv6, IsolatedIPv6)
                )
        );

    /// <summary>The subnet of an address family; null without one.</summary>
    public FirewallSubnet? Subnet(AddressFamily family) =>
        Subnets.FirstOrDefault(subnet => subnet.Network.BaseAddress.AddressFamily == family);

    // Compared by content: the generated equality of a record compares lists by reference.
    public bool Equals(FirewallNetwork? other) =>
        other is not null
        && BridgeName == other.BridgeName
        && InterContainer == other.InterContainer
        && Internal == other.Internal
        && Adopted == other.Adopted
        && AntiSpoof == other.AntiSpoof
        && Subnets.SequenceEqual(other.Subnets)
        && Ports.SequenceEqual(other.Ports)
        && Senders.SequenceEqual(other.Senders);

    public override int GetHashCode() => BridgeName.GetHashCode(StringComparison.Ordinal);

    private static uint Of(GatewayMode mode, uint routed, uint unprotected, uint isolated) =>
        mode switch
        {
            GatewayMode.Routed => routed,
            GatewayMode.NatUnprotected => unprotected,
            GatewayMode.Isolated => isolated,
            _ => 0,
        };
}

/// <summary>One subnet of a network.</summary>
/// <param name="Network">Its prefix.</param>
/// <param name="Mode">How it is connected to the outside.</param>
/// <param name="Masquerade">Whether the source address of outgoing packets is translated to an address of the host.</param>
/// <param name="Snat">The source address to use; null for that of the outgoing interface.</param>
internal sealed record FirewallSubnet(
    IPNetwork Network,
    GatewayMode Mode = GatewayMode.Nat,
    bool Masquerade = true,
    IPAddress? Snat = null
);

/// <summary>One published port.</summary>
/// <param name="Address">The endpoint's address.</param>
/// <param name="Port">The endpoint's port.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="HostAddress">The host's address; the unspecified one for all addresses of the family.</param>
/// <param name="HostPort">The host's port; 0 opens the endpoint's port without translation.</param>
internal sealed record FirewallPort(IPAddress Address, int Port, string Protocol, IPAddress HostAddress, int HostPort)
{
    public AddressFamily Family => Address.AddressFamily;

    /// <summary>The protocol number (IANA).</summary>
    public byte ProtocolNumber =>
        Protocol switch
        {
            "tcp" => (byte)ProtocolType.Tcp,
            "udp" => (byte)ProtocolType.Udp,
            _ => 132, // IPPROTO_SCTP
        };

    /// <summary>Whether the port is published at every address of the host.</summary>
    public bool AnyHostAddress => HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any);
}

/// <summary>The sender behind a bridge port: the addresses that an endpoint may use.</summary>
/// <param name="Port">The bridge port.</param>
/// <param name="Mac">The MAC address of the interface inside.</param>
/// <param name="Addresses">The addresses of the interface inside, with the link-local address that the kernel adds.</param>
internal sealed record FirewallSender(string Port, MacAddress Mac, IReadOnlyList<IPAddress> Addresses)
{
    public bool Equals(FirewallSender? other) =>
        other is not null && Port == other.Port && Mac == other.Mac && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Port.GetHashCode(StringComparison.Ordinal);
}
