using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Firewall;

/// <summary>
/// The anti-spoofing rules: the containers of a network may send frames from their own MAC address, IPv4 and IPv6 packets from their own
/// addresses, claims only for these addresses (ARP, RFC 826; neighbour discovery, RFC 4861), and no router advertisements. A table of the
/// family <c>bridge</c>, so that the rules also apply between neighbours, with either backend; pure. The rules are constant: an endpoint
/// adds set elements. Sets only accept; the group of a port decides that everything else is dropped.
/// </summary>
internal static class AntiSpoofPlan
{
    private const string Table = "bridgenet",
        Prerouting = "prerouting",
        Arp = "arp-claims",
        IPv6 = "ipv6-sources";
    private const byte RouterAdvertisement = 134,
        NeighborSolicitation = 135,
        NeighborAdvertisement = 136,
        Mld2Report = 143;
    private const ushort ETH_P_IP = 0x0800,
        ETH_P_ARP = 0x0806,
        ETH_P_IPV6 = 0x86dd;

    private static readonly NftSet s_macs = new("macs", TYPE_IFNAME, TYPE_ETHERADDR);
    private static readonly NftSet s_sources4 = new("sources4", TYPE_IFNAME, TYPE_ETHERADDR, TYPE_IPADDR);
    private static readonly NftSet s_sources6 = new("sources6", TYPE_IFNAME, TYPE_ETHERADDR, TYPE_IP6ADDR);

    /// <summary>The table, without the elements of its sets.</summary>
    public static NftTableShape Shape { get; } =
        new(NFPROTO_BRIDGE, Table)
        {
            Sets = [s_macs, s_sources4, s_sources6],
            Chains = [Arp, IPv6, Prerouting],
            // Before br_netfilter (priority 0 of this hook), which would let IPv4 and IPv6 process the frame.
            BaseChains =
            [
                new(NFPROTO_BRIDGE, Table, Prerouting)
                {
                    Type = "filter",
                    Hook = NF_INET_PRE_ROUTING,
                    Priority = -300,
                    Policy = NF_ACCEPT,
                },
            ],
            Rules =
            [
                new(Prerouting, [Meta(NFT_META_IIFGROUP), Compare(NFT_CMP_NEQ, InterfaceGroup.AntiSpoof), Verdict(NF_ACCEPT)]),
                new(Prerouting, [.. Sender, Lookup(s_macs, inverted: true), Verdict(NF_DROP)]),
                new(Prerouting, [.. Is(ETH_P_ARP), Verdict(NFT_GOTO, Arp)]),
                new(Prerouting, [.. Is(ETH_P_IPV6), Verdict(NFT_GOTO, IPv6)]),
                new(
                    Prerouting,
                    [
                        .. Is(ETH_P_IP),
                        .. Sender,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG32_06),
                        Lookup(s_sources4),
                        Verdict(NF_ACCEPT),
                    ]
                ),
                // Containers need no other protocols: no 802.1Q inside a tag, no protocols between switches.
                new(Prerouting, Verdict(NF_DROP)),
                // Only Ethernet and IPv4, so that the addresses are at the expected offsets.
                new(Arp, [Payload(NFT_PAYLOAD_NETWORK_HEADER, 0, 6), Compare(NFT_CMP_NEQ, [0, 1, 8, 0, 6, 4]), Verdict(NF_DROP)]),
                new(Arp, [.. ArpSender, Payload(NFT_PAYLOAD_NETWORK_HEADER, 14, 4, NFT_REG32_06), Lookup(s_sources4), Verdict(NF_ACCEPT)]),
                // An ARP probe (RFC 5227) has no sender address; a probe for a neighbour's address would claim that the address is in use.
                new(
                    Arp,
                    [
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 14, 4),
                        Compare(NFT_CMP_EQ, 0u),
                        .. ArpSender,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 24, 4, NFT_REG32_06),
                        Lookup(s_sources4),
                        Verdict(NF_ACCEPT),
                    ]
                ),
                new(Arp, Verdict(NF_DROP)),
                new(IPv6, [.. IsIcmp(RouterAdvertisement), Verdict(NF_DROP)]),
                // Each message must match completely: a message that ends before its target address matches no rule.
                new(
                    IPv6,
                    [
                        .. IsIcmp(NeighborAdvertisement),
                        .. Sender,
                        Target,
                        Lookup(s_sources6),
                        .. Sender,
                        Source,
                        Lookup(s_sources6),
                        Verdict(NF_ACCEPT),
                    ]
                ),
                new(IPv6, [.. IsIcmp(NeighborAdvertisement), Verdict(NF_DROP)]),
                // The first fragment shows the type of a message. If it does not contain the header after all extension headers (RFC 7112),
                // the type is unknown, so the fragment is dropped.
                new(IPv6, [Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1), .. Sender, Source, Lookup(s_sources6), Verdict(NF_ACCEPT)]),
                new(IPv6, [.. IsLaterFragment(), .. Sender, Source, Lookup(s_sources6), Verdict(NF_ACCEPT)]),
                // A link-local address has no owner during duplicate address detection (RFC 4862); its probes and their MLD reports are
                // sent from the unspecified address.
                new(IPv6, [.. IsUnspecified, .. IsIcmp(NeighborSolicitation), .. Sender, Target, Lookup(s_sources6), Verdict(NF_ACCEPT)]),
                new(IPv6, [.. IsUnspecified, .. IsIcmp(Mld2Report), Verdict(NF_ACCEPT)]),
                new(IPv6, Verdict(NF_DROP)),
            ],
        };

    /// <summary>Whether a chain belongs to this table.</summary>
    public static bool IsOurs(NftChain chain) => chain is { Family: NFPROTO_BRIDGE, Table: Table };

    /// <summary>The set elements for a network's ports.</summary>
    public static IEnumerable<NftElement> ElementsOf(FirewallNetwork network) => network.Senders.SelectMany(ElementsOf);

    private static IEnumerable<NftElement> ElementsOf(FirewallSender sender)
    {
        string who = $"\"{sender.Port}\" . {sender.Mac}";
        byte[] key = [.. NftablesPlan.Name(sender.Port), .. sender.Mac.GetBytes(), 0, 0];
        yield return new(s_macs.Name, key, null, who);
        foreach (IPAddress address in sender.Addresses)
        {
            NftSet set = address.AddressFamily == AddressFamily.InterNetwork ? s_sources4 : s_sources6;
            yield return new(set.Name, [.. key, .. address.GetAddressBytes()], null, $"{who} . {address}");
        }
    }

    // The port, and the source MAC address of the frame header; the rest of a key starts at NFT_REG32_06.
    private static NftExpression[] Sender => [Meta(NFT_META_IIFNAME), Payload(NFT_PAYLOAD_LL_HEADER, 6, 6, NFT_REG_2)];

    // The port, and the sender's MAC address in an ARP message.
    private static NftExpression[] ArpSender => [Meta(NFT_META_IIFNAME), Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 6, NFT_REG_2)];

    private static NftExpression Source => Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16, NFT_REG32_06);

    // The target address of a neighbour solicitation or advertisement.
    private static NftExpression Target => Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 8, 16, NFT_REG32_06);

    private static NftExpression[] IsUnspecified => [Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16), Compare(NFT_CMP_EQ, new byte[16])];

    private static NftExpression[] Is(ushort protocol) =>
        [Meta(NFT_META_PROTOCOL), Compare(NFT_CMP_EQ, [(byte)(protocol >> 8), (byte)protocol])];

    // After any extension headers.
    private static NftExpression[] IsIcmp(byte type) =>
        [
            Meta(NFT_META_L4PROTO),
            Compare(NFT_CMP_EQ, [(byte)ProtocolType.IcmpV6]),
            Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1),
            Compare(NFT_CMP_EQ, [type]),
        ];
}
