using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
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
    private const string Loopback = "loopback", Prerouting = "prerouting", Output = "output", Publish = "publish", Postrouting = "postrouting";

    /// <summary>Pairs of a bridge with itself, which is what traffic within a network looks like; and those whose containers do not reach each other.</summary>
    private static readonly NftSet s_bridges = new("bridges", TYPE_IFNAME, TYPE_IFNAME), s_separated = new("separated", TYPE_IFNAME, TYPE_IFNAME);
    private static readonly NftSet s_internal = new("internal", TYPE_IFNAME);

    private static readonly FamilySets s_four = new("4", NFPROTO_IPV4, TYPE_IPADDR), s_six = new("6", NFPROTO_IPV6, TYPE_IP6ADDR);

    /// <summary>All sets and maps.</summary>
    public static IReadOnlyList<NftSet> Sets { get; } = [s_bridges, s_separated, s_internal, .. s_four.All, .. s_six.All];

    /// <summary>The chains that rules are put into; the admin's is not among them.</summary>
    public static IReadOnlyList<string> Chains { get; } = [Ports, Stage2, Stage1, Publish, Forward, Loopback, Prerouting, Output, Postrouting];

    /// <summary>Those that the kernel sends packets to, and where.</summary>
    public static IReadOnlyList<NftChain> BaseChains { get; } =
    [
        Base(Forward, "filter", NF_INET_FORWARD, 0),
        Base(Loopback, "filter", NF_INET_PRE_ROUTING, -300),
        Base(Prerouting, "nat", NF_INET_PRE_ROUTING, -100),
        Base(Output, "nat", NF_INET_LOCAL_OUT, -100),
        Base(Postrouting, "nat", NF_INET_POST_ROUTING, 100),
    ];

    /// <summary>Table, sets and chains, each of which changes nothing where it is there.</summary>
    public static void AddObjects(NftBatch batch)
    {
        batch.AddTable();
        for (int i = 0; i < Sets.Count; i++)
            batch.AddSet(Sets[i], (uint)i + 1);
        batch.AddChain(User).AddChain(Ports).AddChain(Stage2).AddChain(Stage1).AddChain(Publish);
        foreach (NftChain chain in BaseChains)
            batch.AddBaseChain(chain.Name, chain.Type, chain.Hook!.Value, chain.Priority);
    }

    /// <summary>The constant rules, in the order of each chain.</summary>
    public static IReadOnlyList<NftRule> Rules { get; } = [.. MakeRules()];

    /// <summary>Adds the constant rules.</summary>
    public static void AddRules(NftBatch batch)
    {
        foreach (NftRule rule in Rules)
            batch.AddRule(rule.Chain, rule.Expressions);
    }

    private static List<NftRule> MakeRules()
    {
        NftExpression[] fromOurs = InGroup(NFT_META_IIFGROUP), toOurs = InGroup(NFT_META_OIFGROUP);
        NftExpression[] pair = [Meta(NFT_META_IIFNAME), Meta(NFT_META_OIFNAME, NFT_REG_2)];
        NftExpression[] translated = Connection(NFT_CT_STATUS, IPS_DST_NAT);
        List<NftRule> rules =
        [
            new(Forward, Verdict(NFT_JUMP, User)),
            new(Forward, [.. Connection(NFT_CT_STATE, CT_ESTABLISHED_OR_RELATED), Verdict(NF_ACCEPT)]),
            new(Forward, [.. fromOurs, Verdict(NFT_JUMP, Stage1)]),
            new(Forward, [.. fromOurs, Verdict(NF_ACCEPT)]),
            new(Forward, [.. toOurs, Verdict(NFT_JUMP, Ports)]),
            new(Forward, [.. toOurs, Verdict(NF_DROP)]),
            new(Stage1, [.. pair, Lookup(s_separated), Verdict(NF_DROP)]),
            new(Stage1, [.. pair, Lookup(s_bridges), Verdict(NF_ACCEPT)]),
            new(Stage1, [Meta(NFT_META_IIFNAME), Lookup(s_internal), Verdict(NF_DROP)]),
            new(Stage1, Verdict(NFT_JUMP, Stage2)),
            new(Stage2, [.. toOurs, Verdict(NFT_JUMP, Ports)]),
            new(Stage2, [.. toOurs, Verdict(NF_DROP)]),
            // A bridge through which 127.0.0.1:PORT of the host is published routes the range (route_localnet); containers must not get at the host's loopback by that.
            new(Loopback, [.. fromOurs, .. s_four.Is, Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 1), Compare(NFT_CMP_EQ, [127]), Verdict(NF_DROP)]),
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
        if (!network.InterContainer)
            yield return Element(s_separated, [Name(bridge), Name(bridge)], $"\"{bridge}\" . \"{bridge}\"");
        if (network.Internal)
        {
            yield return Element(s_internal, [Name(bridge)], $"\"{bridge}\"");
            yield break;
        }
        foreach (FirewallSubnet subnet in network.Subnets)
        {
            FamilySets sets = Of(subnet.Network.BaseAddress.AddressFamily);
            if (subnet is { Masquerade: true, Snat: { } snat })
                yield return Element(sets.Snat, [Name(bridge)], $"\"{bridge}\" : {snat}", snat.GetAddressBytes());
            else if (subnet.Masquerade)
                yield return Element(sets.Masquerade, [Name(bridge)], $"\"{bridge}\"");
            if (subnet.Mode == GatewayMode.Routed)
                yield return Element(sets.Routed, [Name(bridge)], $"\"{bridge}\"");
            if (subnet.Mode == GatewayMode.NatUnprotected)
                yield return Element(sets.Unprotected, [Name(bridge)], $"\"{bridge}\"");
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
        NftExpression[] towards = [Meta(NFT_META_OIFNAME)], from = [Meta(NFT_META_IIFNAME)];
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
            new(Ports, [.. sets.Is, .. towards, Lookup(sets.Unprotected), Verdict(NF_ACCEPT)]),
            new(Ports, [.. sets.Is, Meta(NFT_META_L4PROTO), Compare(NFT_CMP_EQ, [(byte)icmp]), .. towards, Lookup(sets.Routed), Verdict(NF_ACCEPT)]),
            new(Ports, [.. sets.Is, .. destination, Lookup(sets.Opened), Verdict(NF_ACCEPT)]),
            // Only what came by the published port; at the container's own address it stays closed to the outside.
            new(Ports, [.. sets.Is, .. destination, Lookup(sets.Published), .. translated, Verdict(NF_ACCEPT)]),
            new(Publish, [.. sets.Is, .. source, .. destination, Lookup(sets.OneHost), toEndpoint]),
            new(Publish, [.. sets.Is, .. source, .. protocolAndPort, Lookup(sets.AnyHost), toEndpoint]),
            // A container's way to its own published port, where br_netfilter translates: it says nothing of the incoming interface then.
            new(Postrouting, [.. sets.Is, .. ends, Lookup(sets.Own), .. translated, Masquerade()]),
            new(Postrouting, [.. sets.Is, .. from, Lookup(sets.Snat), Nat(NFT_NAT_SNAT, sets.Family)]),
            new(Postrouting, [.. sets.Is, .. from, Lookup(sets.Masquerade), Masquerade()]),
        ]);
    }

    private static NftChain Base(string name, string type, uint hook, int priority) => new(NFPROTO_INET, Table, name) { Type = type, Hook = hook, Priority = priority, Policy = NF_ACCEPT };

    private static NftExpression[] InGroup(uint key) => [Meta(key), Mask(BitConverter.GetBytes(InterfaceGroup.Mask)), Compare(NFT_CMP_EQ, InterfaceGroup.IPv4Only)];

    private static FamilySets Of(AddressFamily family) => family == AddressFamily.InterNetwork ? s_four : s_six;

    private static NftElement Element(NftSet set, byte[][] key, string text, byte[]? data = null) => new(set.Name, [.. key.SelectMany(static part => part)], data, text);

    private static byte[] Name(string link)
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

        public NftSet Masquerade { get; } = new($"masquerade{suffix}", TYPE_IFNAME);

        public NftSet Snat { get; } = new($"snat{suffix}", [TYPE_IFNAME], [address]);

        public NftSet Routed { get; } = new($"routed{suffix}", TYPE_IFNAME);

        public NftSet Unprotected { get; } = new($"unprotected{suffix}", TYPE_IFNAME);

        /// <summary>Ports of endpoints that are reached by way of the host, and at their own address.</summary>
        public NftSet Published { get; } = new($"published{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Pairs of an endpoint's address with itself, for those with ports that are reached by way of the host.</summary>
        public NftSet Own { get; } = new($"own{suffix}", address, address);

        public NftSet Opened { get; } = new($"opened{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Ports of one address of the host, and of all.</summary>
        public NftSet OneHost { get; } = new($"publish-one{suffix}", [address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        public NftSet AnyHost { get; } = new($"publish-any{suffix}", [TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        public IReadOnlyList<NftSet> All => [Masquerade, Snat, Routed, Unprotected, Published, Own, Opened, OneHost, AnyHost];
    }
}
