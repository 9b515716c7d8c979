using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Firewall;

/// <summary>
/// The rules in nf_tables' terms, for both address families in one table; pure. The rules are constant: a network or a
/// published port is an element of some sets, so the thousandth costs a packet what the first did.
/// </summary>
internal static class NftablesPlan
{
    public const string Table = "bridgenet", User = "user";
    private const string Forward = "forward", Stage1 = "isolation-stage-1", Stage2 = "isolation-stage-2", Ports = "ports";
    /// <summary>Where an IPv4 header has its addresses.</summary>
    private const uint Source = 12, Destination = 16;

    private const string Raw = "raw", Sources = "source", Begin = "begin", Input = "input", Prerouting = "prerouting", Output = "output", Publish = "publish", Postrouting = "postrouting";

    /// <summary>Pairs of a bridge with itself, which is what traffic within a network looks like.</summary>
    private static readonly NftSet s_bridges = new("bridges", TYPE_IFNAME, TYPE_IFNAME);

    private static readonly FamilySets s_four = new("4", NFPROTO_IPV4, TYPE_IPADDR)
    {
        Has = InterfaceGroup.HasIPv4,
        Routed = InterfaceGroup.RoutedIPv4,
        Unprotected = InterfaceGroup.UnprotectedIPv4,
        Isolated = InterfaceGroup.IsolatedIPv4,
    };

    private static readonly FamilySets s_six = new("6", NFPROTO_IPV6, TYPE_IP6ADDR)
    {
        Has = InterfaceGroup.HasIPv6,
        Routed = InterfaceGroup.RoutedIPv6,
        Unprotected = InterfaceGroup.UnprotectedIPv6,
        Isolated = InterfaceGroup.IsolatedIPv6,
    };

    private static readonly FamilySets[] s_families = [s_four, s_six];

    /// <summary>All sets and maps.</summary>
    public static IReadOnlyList<NftSet> Sets { get; } = [s_bridges, .. s_four.All, .. s_six.All];

    /// <summary>The chains that rules are put into; the admin's is not among them.</summary>
    public static IReadOnlyList<string> Chains { get; } = [Ports, Stage2, Stage1, Publish, Begin, Forward, Raw, Sources, Input, Prerouting, Output, Postrouting];

    /// <summary>Those that the kernel sends packets to, and where.</summary>
    public static IReadOnlyList<NftChain> BaseChains { get; } =
    [
        Base(Forward, "filter", NF_INET_FORWARD, 0),
        Base(Raw, "filter", NF_INET_PRE_ROUTING, -300),
        // Where a destination is translated already, for the way back to a source depends on it; and by whatever table that was.
        Base(Sources, "filter", NF_INET_FORWARD, -150),
        Base(Input, "filter", NF_INET_LOCAL_IN, -150),
        Base(Prerouting, "nat", NF_INET_PRE_ROUTING, -100),
        Base(Output, "nat", NF_INET_LOCAL_OUT, -100),
        Base(Postrouting, "nat", NF_INET_POST_ROUTING, 100),
    ];

    /// <summary>The constant rules, in the order of each chain.</summary>
    public static IReadOnlyList<NftRule> Rules { get; } = [.. MakeRules()];

    /// <summary>The table, without the elements of its sets.</summary>
    public static NftTableShape Shape { get; } = new(NFPROTO_INET, Table) { Sets = Sets, BaseChains = BaseChains, Chains = Chains, Rules = Rules, UserChain = User };

    private static List<NftRule> MakeRules()
    {
        NftExpression[] fromOurs = In(NFT_META_IIFGROUP, GroupMatch.Any), toOurs = In(NFT_META_OIFGROUP, GroupMatch.Any);
        GroupMatch inside = GroupMatch.With(InterfaceGroup.Internal), apart = GroupMatch.With(InterfaceGroup.Separated);
        NftExpression[] pair = [Meta(NFT_META_IIFNAME), Meta(NFT_META_OIFNAME, NFT_REG_2)];
        NftExpression[] begins = [.. Connection(NFT_CT_STATE, CT_NEW | CT_RELATED), .. NotConnection(NFT_CT_STATUS, IPS_CONFIRMED)];
        NftExpression[] known = Connection(NFT_CT_STATE, CT_ESTABLISHED_OR_RELATED), translated = Connection(NFT_CT_STATUS, IPS_DST_NAT);
        NftExpression[] leaves = [.. fromOurs, .. NotIn(NFT_META_OIFGROUP, GroupMatch.Any)], enters = [.. NotIn(NFT_META_IIFGROUP, GroupMatch.Any), .. toOurs];
        static NftExpression[] Began(FlowOrigin origin) => Connection(NFT_CT_LABELS, origin.Labels);
        static NftExpression[] BeganElse(FlowOrigin origin) => NotConnection(NFT_CT_LABELS, origin.Labels);
        List<NftRule> rules =
        [
            new(Forward, Verdict(NFT_JUMP, User)),
            .. s_families.Select(static family => new NftRule(Forward, [.. family.Is, .. In(NFT_META_OIFGROUP, GroupMatch.Without(family.Has)), Verdict(NF_DROP)])),
            // Of two networks, one internal and one not; of two internal ones stage 1 decides.
            new(Forward, [.. In(NFT_META_IIFGROUP, inside), .. NotIn(NFT_META_OIFGROUP, inside), Verdict(NF_DROP)]),
            new(Forward, [.. In(NFT_META_OIFGROUP, inside), .. NotIn(NFT_META_IIFGROUP, inside), Verdict(NF_DROP)]),
            // What goes with another's connection, such as an error that anyone can write, is no answer between networks; of a network that is reached without translation it may be.
            .. s_families.Select(family => new NftRule(Forward,
                [.. Connection(NFT_CT_STATE, CT_RELATED), .. family.Is, .. In(NFT_META_IIFGROUP, GroupMatch.Without(family.Routed | family.Unprotected)), .. toOurs, .. NotConnection(NFT_CT_STATUS, IPS_DST_NAT), Verdict(NFT_JUMP, Stage1)])),
            new(Forward, [.. known, .. Began(FlowOrigin.Inside), Verdict(NF_ACCEPT)]),
            new(Forward, [.. leaves, .. known, .. Began(FlowOrigin.Outside), Verdict(NF_ACCEPT)]),
            new(Forward, [.. enters, .. known, .. Began(FlowOrigin.Outside), Verdict(NF_ACCEPT)]),
            new(Forward, [.. fromOurs, .. Began(FlowOrigin.Spoofed), .. translated, Verdict(NF_DROP)]),
            new(Forward, [.. fromOurs, Verdict(NFT_JUMP, Stage1)]),
            new(Forward, [.. fromOurs, Verdict(NF_ACCEPT)]),
            new(Forward, [.. toOurs, Verdict(NFT_JUMP, Ports)]),
            new(Forward, [.. toOurs, Verdict(NF_DROP)]),
            new(Stage1, [.. In(NFT_META_IIFGROUP, apart), .. pair, Lookup(s_bridges), Verdict(NF_DROP)]),
            new(Stage1, [.. pair, Lookup(s_bridges), Verdict(NF_ACCEPT)]),
            new(Stage1, [.. In(NFT_META_IIFGROUP, inside), Verdict(NF_DROP)]),
            new(Stage1, Verdict(NFT_JUMP, Stage2)),
            new(Stage2, [.. BeganElse(FlowOrigin.Inside), Verdict(NF_DROP)]),
            // What belongs to no connection is not translated, and would leave with the container's address.
            new(Stage2, [.. Connection(NFT_CT_STATE, CT_INVALID), Verdict(NF_DROP)]),
            // Conntrack does not look at neighbour and router discovery and multicast listeners, which no router forwards for anyone; Linux does.
            new(Stage2, [.. s_six.Is, Meta(NFT_META_L4PROTO), Compare(NFT_CMP_EQ, [58]), .. Connection(NFT_CT_STATE, CT_UNTRACKED), Verdict(NF_DROP)]),
            new(Stage2, [.. toOurs, Verdict(NFT_JUMP, Ports)]),
            new(Stage2, [.. toOurs, Verdict(NF_DROP)]),
            // What came in by a port of a bridge, and not by the bridge.
            new(Raw, [.. In(NFT_META_IIFGROUP, GroupMatch.AnyPort), Verdict(NF_DROP)]),
            // A bridge through which 127.0.0.1:PORT of the host is published routes the range (route_localnet): containers must neither get at the host's loopback by that, nor come from it.
            new(Raw, [.. fromOurs, .. Loopback(Source), Verdict(NF_DROP)]),
            new(Raw, [.. fromOurs, .. Loopback(Destination), Verdict(NF_DROP)]),
            // A family that a network was not given carries nothing, to the host neither.
            .. s_families.Select(static family => new NftRule(Raw, [.. family.Is, .. In(NFT_META_IIFGROUP, GroupMatch.Without(family.Has)), Verdict(NF_DROP)])),
            // The host has no address on an isolated network; others of its addresses are not reached through it either.
            .. s_families.Select(static family => new NftRule(Input, [.. family.Is, .. In(NFT_META_IIFGROUP, GroupMatch.With(family.Isolated)), Verdict(NF_DROP)])),
            // The host would answer whoever was named, and so carry out of an internal network what does not leave it.
            new(Input, [.. s_four.Is, .. In(NFT_META_IIFGROUP, inside), .. HasNoWayBack(), Verdict(NF_DROP)]),
            // Who has no address yet asks from ::, to which no way leads; of 0.0.0.0 the kernel's lookup knows that by itself (nft_fib_ipv4.c).
            new(Input, [.. s_six.Is, .. In(NFT_META_IIFGROUP, inside), Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16), Compare(NFT_CMP_NEQ, new byte[16]), .. HasNoWayBack(), Verdict(NF_DROP)]),
            // Of a connection that is only beginning: what joins one that is there must not speak ill of it.
            new(Sources, [.. begins, Verdict(NFT_JUMP, Begin)]),
            new(Begin, [.. fromOurs, .. HasNoWayBack(), .. SetLabels(FlowOrigin.Spoofed.Labels)]),
            new(Begin, [.. enters, .. SetLabels(FlowOrigin.Outside.Labels)]),
            // Nothing is said of what stays within a bridge, which comes by here with bridge-nf-call-iptables: anyone there can be either side of it.
            new(Begin, [.. fromOurs, .. BeganElse(FlowOrigin.Spoofed), .. pair, Lookup(s_bridges, inverted: true), .. SetLabels(FlowOrigin.Inside.Labels)]),
            // What is translated is no martian any more, so the kernel would not drop what a neighbour sends to our loopback addresses; ::1 it drops before any rule (ip6_rcv_core).
            new(Prerouting, [.. Loopback(Destination), Verdict(NF_ACCEPT)]),
            new(Prerouting, [.. IsLocal(NFTA_FIB_F_DADDR), Verdict(NFT_JUMP, Publish)]),
            new(Output, [.. IsLocal(NFTA_FIB_F_DADDR), Verdict(NFT_JUMP, Publish)]),
            // The host's own connections to its published ports may come from 127.0.0.1, which no container can answer.
            new(Postrouting, [.. IsLocal(NFTA_FIB_F_SADDR), .. toOurs, .. translated, Masquerade()]),
            // Else a container that reaches another of its own network, or itself, by way of the host would be answered without the way back.
            new(Postrouting, [.. pair, Lookup(s_bridges), .. translated, Masquerade()]),
            new(Postrouting, [.. pair, Lookup(s_bridges), Verdict(NF_ACCEPT)]),
        ];
        AddFamilyRules(rules, s_four, translated, icmp: 1, source: []);
        // A link-local client cannot be answered from another link.
        AddFamilyRules(rules, s_six, translated, icmp: 58,
            source: [Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16), Mask(Sixteen(0xff, 0xc0)), Compare(NFT_CMP_NEQ, Sixteen(0xfe, 0x80))]);
        return rules;
    }

    /// <summary>The elements of one network and its ports.</summary>
    public static IEnumerable<NftElement> ElementsOf(FirewallNetwork network)
    {
        string bridge = network.BridgeName;
        yield return Element(s_bridges, [Name(bridge), Name(bridge)], $"\"{bridge}\" . \"{bridge}\"");
        if (network.Internal)
            yield break;
        foreach (FirewallSubnet subnet in network.Subnets.Where(static subnet => subnet.Masquerade))
        {
            FamilySets sets = Of(subnet.Network.BaseAddress.AddressFamily);
            yield return subnet.Snat is { } snat
                ? Range(sets.Snat, subnet.Network, $"{subnet.Network} : {snat}", snat.GetAddressBytes())
                : Range(sets.Masquerade, subnet.Network, $"{subnet.Network}");
        }
        foreach (FirewallPort port in network.Ports)
        {
            foreach (NftElement element in ElementsOf(port, Of(port.Family)))
                yield return element;
        }
    }

    private static IEnumerable<NftElement> ElementsOf(FirewallPort port, FamilySets sets)
    {
        byte[] protocol = Word(Protocol(port.Protocol)), address = port.Address.GetAddressBytes();
        string inside = $"{port.Address} . {port.Protocol} . {port.Port}", target = $"{port.Address} . {port.Port}";
        yield return Element(port.HostPort == 0 ? sets.Opened : sets.Published, [address, protocol, Service(port.Port)], inside);
        if (port.HostPort == 0)
            yield break;
        yield return Element(sets.Own, [address, address], $"{port.Address} . {port.Address}");
        yield return port.AnyHostAddress
            ? Element(sets.AnyHost, [protocol, Service(port.HostPort)], $"{port.Protocol} . {port.HostPort} : {target}", [.. address, .. Service(port.Port)])
            : Element(sets.OneHost, [port.HostAddress.GetAddressBytes(), protocol, Service(port.HostPort)],
                $"{port.HostAddress} . {port.Protocol} . {port.HostPort} : {target}", [.. address, .. Service(port.Port)]);
    }

    private static void AddFamilyRules(List<NftRule> rules, FamilySets sets, NftExpression[] translated, uint icmp, NftExpression[] source)
    {
        NftExpression[] fromOurs = In(NFT_META_IIFGROUP, GroupMatch.Any);
        NftExpression[] from = [sets.Family == NFPROTO_IPV4 ? Payload(NFT_PAYLOAD_NETWORK_HEADER, 12, 4) : Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16)];
        // Address, protocol and port lie side by side in the registers, as in the keys.
        NftExpression[] protocolAndPort = [Meta(NFT_META_L4PROTO), Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_01)];
        NftExpression[] destination = sets.Family == NFPROTO_IPV4
            ? [Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 4), Meta(NFT_META_L4PROTO, NFT_REG32_01), Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02)]
            : [Payload(NFT_PAYLOAD_NETWORK_HEADER, 24, 16), Meta(NFT_META_L4PROTO, NFT_REG_2), Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_05)];
        NftExpression[] ends = sets.Family == NFPROTO_IPV4
            ? [Payload(NFT_PAYLOAD_NETWORK_HEADER, 12, 4), Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG32_01)]
            : [Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16), Payload(NFT_PAYLOAD_NETWORK_HEADER, 24, 16, NFT_REG_2)];
        NftExpression toEndpoint = Nat(NFT_NAT_DNAT, sets.Family, sets.Family == NFPROTO_IPV4 ? NFT_REG32_01 : NFT_REG_2);
        rules.AddRange(
        [
            new(Ports, [.. sets.Is, .. In(NFT_META_OIFGROUP, GroupMatch.With(sets.Unprotected)), Verdict(NF_ACCEPT)]),
            new(Ports, [.. sets.Is, Meta(NFT_META_L4PROTO), Compare(NFT_CMP_EQ, [(byte)icmp]), .. In(NFT_META_OIFGROUP, GroupMatch.With(sets.Routed)), Verdict(NF_ACCEPT)]),
            new(Ports, [.. sets.Is, .. destination, Lookup(sets.Opened), Verdict(NF_ACCEPT)]),
            // Only what came by the published port; at the container's own address it stays closed to the outside.
            new(Ports, [.. sets.Is, .. destination, Lookup(sets.Published), .. translated, Verdict(NF_ACCEPT)]),
            new(Publish, [.. sets.Is, .. source, .. destination, Lookup(sets.OneHost), toEndpoint]),
            new(Publish, [.. sets.Is, .. source, .. protocolAndPort, Lookup(sets.AnyHost), toEndpoint]),
            // A container's way to its own published port, where br_netfilter translates: it says nothing of the incoming interface then.
            new(Postrouting, [.. sets.Is, .. ends, Lookup(sets.Own), .. translated, Masquerade()]),
            // From one of our bridges, which what is bridged does not say here.
            new(Postrouting, [.. sets.Is, .. fromOurs, .. from, Lookup(sets.Snat), Nat(NFT_NAT_SNAT, sets.Family)]),
            new(Postrouting, [.. sets.Is, .. fromOurs, .. from, Lookup(sets.Masquerade), Masquerade()]),
        ]);
    }

    private static NftChain Base(string name, string type, uint hook, int priority) => new(NFPROTO_INET, Table, name) { Type = type, Hook = hook, Priority = priority, Policy = NF_ACCEPT };

    private static NftExpression[] In(uint key, GroupMatch group) => [Meta(key), Mask(BitConverter.GetBytes(group.Mask)), Compare(NFT_CMP_EQ, group.Value)];

    private static NftExpression[] NotIn(uint key, GroupMatch group) => [Meta(key), Mask(BitConverter.GetBytes(group.Mask)), Compare(NFT_CMP_NEQ, group.Value)];

    /// <summary>Whether an address is in 127.0.0.0/8.</summary>
    private static NftExpression[] Loopback(uint offset) => [.. s_four.Is, Payload(NFT_PAYLOAD_NETWORK_HEADER, offset, 1), Compare(NFT_CMP_EQ, [127])];

    private static FamilySets Of(AddressFamily family) => family == AddressFamily.InterNetwork ? s_four : s_six;

    private static NftElement Element(NftSet set, byte[][] key, string text, byte[]? data = null) => new(set.Name, [.. key.SelectMany(static part => part)], data, text);

    /// <summary>A subnet as an element of a set of ranges: its first address, and the first that is beyond it.</summary>
    private static NftElement Range(NftSet set, IPNetwork subnet, string text, byte[]? data = null)
    {
        AddressFamily family = subnet.BaseAddress.AddressFamily;
        return Element(set, [subnet.BaseAddress.GetAddressBytes()], text, data) with { End = AddressNumber.ToAddress(AddressNumber.Bounds(subnet).Last + 1, family).GetAddressBytes() };
    }

    /// <summary>The name of a link as registers hold it.</summary>
    public static byte[] Name(string link)
    {
        byte[] name = new byte[IFNAMSIZ];
        Encoding.ASCII.GetBytes(link, name);
        return name;
    }

    private static byte[] Word(byte value) => [value, 0, 0, 0];

    private static byte[] Service(int port)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }

    private static byte Protocol(string name) => name switch
    {
        "tcp" => (byte)ProtocolType.Tcp,
        "udp" => (byte)ProtocolType.Udp,
        _ => 132, // IPPROTO_SCTP
    };

    private static byte[] Sixteen(byte first, byte second) => [first, second, .. new byte[14]];

    /// <summary>The sets of one address family.</summary>
    private sealed class FamilySets(string suffix, byte family, uint address)
    {
        public byte Family => family;

        /// <summary>Whether a packet is of the family.</summary>
        public NftExpression[] Is { get; } = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [family])];

        /// <summary>The bits of <see cref="InterfaceGroup"/> that are this family's.</summary>
        public required uint Has { get; init; }

        /// <inheritdoc cref="Has"/>
        public required uint Routed { get; init; }

        /// <inheritdoc cref="Has"/>
        public required uint Unprotected { get; init; }

        /// <inheritdoc cref="Has"/>
        public required uint Isolated { get; init; }

        /// <summary>Subnets whose packets leave with an address of the host: that of the interface, or one that was chosen.</summary>
        public NftSet Masquerade { get; } = new($"masquerade-net{suffix}", address) { IsOfRanges = true };

        public NftSet Snat { get; } = new($"snat-net{suffix}", [address], [address]) { IsOfRanges = true };

        /// <summary>Ports of endpoints that are reached by way of the host, and at their own address.</summary>
        public NftSet Published { get; } = new($"published{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Pairs of an endpoint's address with itself, for those with ports that are reached by way of the host.</summary>
        public NftSet Own { get; } = new($"own{suffix}", address, address);

        public NftSet Opened { get; } = new($"opened{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Ports of one address of the host, and of all.</summary>
        public NftSet OneHost { get; } = new($"publish-one{suffix}", [address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        public NftSet AnyHost { get; } = new($"publish-any{suffix}", [TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        public IReadOnlyList<NftSet> All => [Masquerade, Snat, Published, Own, Opened, OneHost, AnyHost];
    }
}
