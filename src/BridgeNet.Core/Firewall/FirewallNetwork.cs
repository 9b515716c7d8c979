using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using static BridgeNet.Kernel.InterfaceGroup;

namespace BridgeNet.Firewall;

/// <summary>What the firewall has to know of one network; plain data. Two of them that are equal have the same rules.</summary>
/// <param name="BridgeName">The kernel's name of the bridge.</param>
internal sealed record FirewallNetwork(string BridgeName)
{
    /// <summary>Its subnets, at most one of each family.</summary>
    public IReadOnlyList<FirewallSubnet> Subnets { get; init; } = [];

    /// <summary>Whether its containers reach each other.</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>Whether nothing leaves it and nothing comes in.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether its bridge is an adopted one, whose other uses go on: a family that the network was not given is its owner's.</summary>
    public bool Adopted { get; init; }

    /// <summary>Whether its containers may send as themselves only.</summary>
    public bool AntiSpoof { get; init; }

    /// <summary>With <see cref="AntiSpoof"/>, who its endpoints are; of a change, those that it adds or takes away.</summary>
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

    /// <summary>The subnet of a family; null without one.</summary>
    public FirewallSubnet? Subnet(AddressFamily family) =>
        Subnets.FirstOrDefault(subnet => subnet.Network.BaseAddress.AddressFamily == family);

    // By content: with a list of its own a record compares which one it is.
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
/// <param name="Network">Its range.</param>
/// <param name="Mode">How it is joined to the world outside.</param>
/// <param name="Masquerade">Whether outgoing packets get an address of the host.</param>
/// <param name="Snat">Which address; null for that of the interface they leave by.</param>
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
/// <param name="HostAddress">The host's address; the unspecified one of the family for all.</param>
/// <param name="HostPort">The host's port; 0 opens the endpoint's port without translation.</param>
internal sealed record FirewallPort(IPAddress Address, int Port, string Protocol, IPAddress HostAddress, int HostPort)
{
    public AddressFamily Family => Address.AddressFamily;

    /// <summary>The number of its protocol (IANA).</summary>
    public byte ProtocolNumber =>
        Protocol switch
        {
            "tcp" => (byte)ProtocolType.Tcp,
            "udp" => (byte)ProtocolType.Udp,
            _ => 132, // IPPROTO_SCTP
        };

    /// <summary>Whether it is reached at every address of the host.</summary>
    public bool AnyHostAddress => HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any);
}

/// <summary>Who an endpoint is, for its neighbours.</summary>
/// <param name="Port">The bridge port.</param>
/// <param name="Mac">The Ethernet address inside.</param>
/// <param name="Addresses">The addresses inside, the link-local one that the kernel adds among them.</param>
internal sealed record FirewallSender(string Port, MacAddress Mac, IReadOnlyList<IPAddress> Addresses)
{
    public bool Equals(FirewallSender? other) =>
        other is not null && Port == other.Port && Mac == other.Mac && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Port.GetHashCode(StringComparison.Ordinal);
}
