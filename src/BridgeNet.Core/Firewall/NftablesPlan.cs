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
/// Renders the rules of <see cref="RulePlan"/> for nf_tables, for both address families in one table; pure. Lists are sets: a network or a
/// published port adds set elements, so the cost per packet does not grow with their number.
/// </summary>
internal static class NftablesPlan
{
    public const string Table = "bridgenet";
    private const string UserChain = "user";

    /// <summary>The offsets of the addresses in the headers (RFC 791, RFC 8200).</summary>
    private const uint Source4 = 12,
        Destination4 = 16,
        Source6 = 8,
        Destination6 = 24;

    /// <summary>The names of the chains; chains that others jump to come first.</summary>
    private static readonly Dictionary<RuleChain, string> s_names = new()
    {
        [RuleChain.Ports] = "ports",
        [RuleChain.Stage2] = "isolation-stage-2",
        [RuleChain.Stage1] = "isolation-stage-1",
        [RuleChain.Publish] = "publish",
        [RuleChain.Begin] = "begin",
        [RuleChain.Forward] = "forward",
        [RuleChain.Raw] = "raw",
        [RuleChain.Origins] = "source",
        [RuleChain.Input] = "input",
        [RuleChain.Prerouting] = "prerouting",
        [RuleChain.Output] = "output",
        [RuleChain.Postrouting] = "postrouting",
    };

    /// <summary>Pairs of a bridge with itself, which match traffic within a network.</summary>
    private static readonly NftSet s_bridges = new("bridges", TYPE_IFNAME, TYPE_IFNAME);

    private static readonly FamilySets s_four = new("4", NFPROTO_IPV4, TYPE_IPADDR),
        s_six = new("6", NFPROTO_IPV6, TYPE_IP6ADDR);

    /// <summary>All sets and maps.</summary>
    public static IReadOnlyList<NftSet> Sets { get; } = [s_bridges, .. s_four.All, .. s_six.All];

    /// <summary>The chains for our rules, without the admin's.</summary>
    public static IReadOnlyList<string> Chains { get; } = [.. s_names.Values];

    /// <summary>The base chains, with their hooks.</summary>
    public static IReadOnlyList<NftChain> BaseChains { get; } =
    [
        Base(RuleChain.Forward, "filter", NF_INET_FORWARD, 0),
        Base(RuleChain.Raw, "filter", NF_INET_PRE_ROUTING, -300),
        // After destination translation by any table, because the reverse path depends on it.
        Base(RuleChain.Origins, "filter", NF_INET_FORWARD, -150),
        Base(RuleChain.Input, "filter", NF_INET_LOCAL_IN, -150),
        Base(RuleChain.Prerouting, "nat", NF_INET_PRE_ROUTING, -100),
        Base(RuleChain.Output, "nat", NF_INET_LOCAL_OUT, -100),
        Base(RuleChain.Postrouting, "nat", NF_INET_POST_ROUTING, 100),
    ];

    /// <summary>The constant rules, in the order of each chain.</summary>
    public static IReadOnlyList<NftRule> Rules { get; } = [.. RulePlan.Rules.Select(Render)];

    /// <summary>The table without set elements.</summary>
    public static NftTableShape Shape { get; } =
        new(NFPROTO_INET, Table)
        {
            Sets = Sets,
            BaseChains = BaseChains,
            Chains = Chains,
            Rules = Rules,
            UserChain = UserChain,
        };

    /// <summary>The name of a chain.</summary>
    public static string NameOf(RuleChain chain) => chain == RuleChain.User ? UserChain : s_names[chain];

    private static NftRule Render(FirewallRule rule)
    {
        FamilySets? sets = rule.Family is { } family ? Of(family) : null;
        return new(s_names[rule.Chain], [.. rule.When.SelectMany(condition => Render(condition, sets)), .. Render(rule.Then, sets)]);
    }

    private static NftExpression[] Render(RuleCondition condition, FamilySets? sets) =>
        condition switch
        {
            OfFamily { Family: var family } => Of(family).Is,
            InBy { Group: var group, Not: var not } => Group(NFT_META_IIFGROUP, group, not),
            OutBy { Group: var group, Not: var not } => Group(NFT_META_OIFGROUP, group, not),
            IsWithin { Not: var not } => [Meta(NFT_META_IIFNAME), Meta(NFT_META_OIFNAME, NFT_REG_2), Lookup(s_bridges, inverted: not)],
            HasState { States: var states } => Connection(NFT_CT_STATE, (uint)states),
            IsBeginning => [.. Connection(NFT_CT_STATE, CT_NEW | CT_RELATED), .. NotConnection(NFT_CT_STATUS, IPS_CONFIRMED)],
            BeganAs { Origin: var origin, Not: var not } => not
                ? NotConnection(NFT_CT_LABELS, origin.Labels)
                : Connection(NFT_CT_LABELS, origin.Labels),
            IsTranslated { Not: var not } => not ? NotConnection(NFT_CT_STATUS, IPS_DST_NAT) : Connection(NFT_CT_STATUS, IPS_DST_NAT),
            OfProtocol { Protocol: var protocol } => [Meta(NFT_META_L4PROTO), Compare(NFT_CMP_EQ, [protocol])],
            SourceIn { Range: var range, Not: var not } => AddressIn(sets!.Source, range, not),
            DestinationIn { Range: var range } => AddressIn(sets!.Destination, range, not: false),
            // For 0.0.0.0, the kernel's own lookup has this exception itself (nft_fib_ipv4.c).
            HasSource => sets == s_six ? [Payload(NFT_PAYLOAD_NETWORK_HEADER, Source6, 16), Compare(NFT_CMP_NEQ, new byte[16])] : [],
            HasNoWayBack => NftExpressions.HasNoWayBack(),
            IsFromHost => IsLocal(NFTA_FIB_F_SADDR),
            IsForHost => IsLocal(NFTA_FIB_F_DADDR),
            IsListed { List: var list } => sets!.Lookup(list),
            _ => throw new NotSupportedException(condition.ToString()),
        };

    private static NftExpression[] Render(RuleAction action, FamilySets? sets) =>
        action switch
        {
            Verdict { Accepts: var accepts } => [Verdict(accepts ? NF_ACCEPT : NF_DROP)],
            Jump { Chain: var chain } => [Verdict(NFT_JUMP, NameOf(chain))],
            Remember { Origin: var origin } => SetLabels(origin.Labels),
            Masquerade => [Masquerade()],
            TranslateSource => [Nat(NFT_NAT_SNAT, sets!.Family)],
            // The port follows the address, in whole registers.
            TranslateDestination => [Nat(NFT_NAT_DNAT, sets!.Family, sets == s_four ? NFT_REG32_01 : NFT_REG_2)],
            _ => throw new NotSupportedException(action.ToString()),
        };

    /// <summary>Whether an address is in a prefix: compares only its first bytes if the prefix ends at a byte boundary.</summary>
    private static NftExpression[] AddressIn(uint offset, IPNetwork range, bool not)
    {
        uint comparison = not ? NFT_CMP_NEQ : NFT_CMP_EQ;
        byte[] bytes = range.BaseAddress.GetAddressBytes();
        if (range.PrefixLength % 8 == 0)
            return
            [
                Payload(NFT_PAYLOAD_NETWORK_HEADER, offset, (uint)range.PrefixLength / 8),
                Compare(comparison, bytes[..(range.PrefixLength / 8)]),
            ];
        byte[] mask = [.. Enumerable.Range(0, bytes.Length).Select(i => (byte)(0xff00 >> Math.Clamp(range.PrefixLength - 8 * i, 0, 8)))];
        return [Payload(NFT_PAYLOAD_NETWORK_HEADER, offset, (uint)bytes.Length), Mask(mask), Compare(comparison, bytes)];
    }

    /// <summary>The set elements of one network and its ports.</summary>
    public static IEnumerable<NftElement> ElementsOf(FirewallNetwork network) => RuleElement.Of(network).Select(Render);

    private static NftElement Render(RuleElement element) =>
        element switch
        {
            { Subnet: { } subnet } => Render(element.List, subnet),
            { Port: { } port } => Render(element.List, port, Of(port.Family)),
            { Network.BridgeName: var bridge } => Element(s_bridges, [Name(bridge), Name(bridge)], $"\"{bridge}\" . \"{bridge}\""),
        };

    private static NftElement Render(RuleList list, FirewallSubnet subnet)
    {
        FamilySets sets = Of(subnet.Network.BaseAddress.AddressFamily);
        return list == RuleList.Translated
            ? Range(sets.Snat, subnet.Network, $"{subnet.Network} : {subnet.Snat}", subnet.Snat!.GetAddressBytes())
            : Range(sets.Masquerade, subnet.Network, $"{subnet.Network}");
    }

    private static NftElement Render(RuleList list, FirewallPort port, FamilySets sets)
    {
        byte[] protocol = [port.ProtocolNumber, 0, 0, 0],
            address = port.Address.GetAddressBytes(),
            target = [.. address, .. Service(port.Port)];
        string inside = $"{port.Address} . {port.Protocol} . {port.Port}",
            published = $"{port.Protocol} . {port.HostPort} : {port.Address} . {port.Port}";
        return list switch
        {
            RuleList.Opened => Element(sets.Opened, [address, protocol, Service(port.Port)], inside),
            RuleList.Published => Element(sets.Published, [address, protocol, Service(port.Port)], inside),
            RuleList.Own => Element(sets.Own, [address, address], $"{port.Address} . {port.Address}"),
            RuleList.AnyHost => Element(sets.AnyHost, [protocol, Service(port.HostPort)], published, target),
            _ => Element(
                sets.OneHost,
                [port.HostAddress.GetAddressBytes(), protocol, Service(port.HostPort)],
                $"{port.HostAddress} . {published}",
                target
            ),
        };
    }

    private static NftChain Base(RuleChain chain, string type, uint hook, int priority) =>
        new(NFPROTO_INET, Table, s_names[chain])
        {
            Type = type,
            Hook = hook,
            Priority = priority,
            Policy = NF_ACCEPT,
        };

    private static NftExpression[] Group(uint key, GroupMatch group, bool not) =>
        [Meta(key), Mask(BitConverter.GetBytes(group.Mask)), Compare(not ? NFT_CMP_NEQ : NFT_CMP_EQ, group.Value)];

    private static FamilySets Of(AddressFamily family) => family == AddressFamily.InterNetwork ? s_four : s_six;

    private static NftElement Element(NftSet set, byte[][] key, string text, byte[]? data = null) =>
        new(set.Name, [.. key.SelectMany(static part => part)], data, text);

    /// <summary>A subnet as an element of an interval set: its first address, and the first address after it.</summary>
    private static NftElement Range(NftSet set, IPNetwork subnet, string text, byte[]? data = null)
    {
        AddressFamily family = subnet.BaseAddress.AddressFamily;
        return Element(set, [subnet.BaseAddress.GetAddressBytes()], text, data) with
        {
            End = AddressNumber.ToAddress(AddressNumber.Bounds(subnet).Last + 1, family).GetAddressBytes(),
        };
    }

    /// <summary>The name of a link as a register value.</summary>
    public static byte[] Name(string link)
    {
        byte[] name = new byte[IFNAMSIZ];
        Encoding.ASCII.GetBytes(link, name);
        return name;
    }

    private static byte[] Service(int port)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }

    /// <summary>The sets of one address family.</summary>
    private sealed class FamilySets(string suffix, byte family, uint address)
    {
        public byte Family => family;

        /// <summary>Matches packets of the family.</summary>
        public NftExpression[] Is { get; } = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [family])];

        /// <summary>The offset of the source address.</summary>
        public uint Source => family == NFPROTO_IPV4 ? Source4 : Source6;

        /// <summary>The offset of the destination address.</summary>
        public uint Destination => family == NFPROTO_IPV4 ? Destination4 : Destination6;

        /// <summary>Subnets with source translation of outgoing packets: to the address of the interface, or to a chosen one.</summary>
        public NftSet Masquerade { get; } = new($"masquerade-net{suffix}", address) { IsOfRanges = true };

        public NftSet Snat { get; } = new($"snat-net{suffix}", [address], [address]) { IsOfRanges = true };

        /// <summary>Ports of endpoints that can be reached through the host, and at their own address.</summary>
        public NftSet Published { get; } = new($"published{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Pairs of an endpoint's address with itself, for endpoints with ports that can be reached through the host.</summary>
        public NftSet Own { get; } = new($"own{suffix}", address, address);

        public NftSet Opened { get; } = new($"opened{suffix}", address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

        /// <summary>Ports at one address of the host, and at all.</summary>
        public NftSet OneHost { get; } =
            new($"publish-one{suffix}", [address, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        public NftSet AnyHost { get; } = new($"publish-any{suffix}", [TYPE_INET_PROTOCOL, TYPE_INET_SERVICE], [address, TYPE_INET_SERVICE]);

        /// <summary>Matches packets in the set of a list.</summary>
        public NftExpression[] Lookup(RuleList list) =>
            list switch
            {
                RuleList.Opened => [.. PortOfEndpoint, NftExpressions.Lookup(Opened)],
                RuleList.Published => [.. PortOfEndpoint, NftExpressions.Lookup(Published)],
                RuleList.OneHost => [.. PortOfEndpoint, NftExpressions.Lookup(OneHost)],
                RuleList.AnyHost =>
                [
                    Meta(NFT_META_L4PROTO),
                    Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_01),
                    NftExpressions.Lookup(AnyHost),
                ],
                RuleList.Own =>
                [
                    Address(Source),
                    family == NFPROTO_IPV4 ? Address(Destination, NFT_REG32_01) : Address(Destination, NFT_REG_2),
                    NftExpressions.Lookup(Own),
                ],
                RuleList.Translated => [Address(Source), NftExpressions.Lookup(Snat)],
                _ => [Address(Source), NftExpressions.Lookup(Masquerade)],
            };

        // Address, protocol and port are adjacent in the registers, as in the keys.
        private NftExpression[] PortOfEndpoint =>
            family == NFPROTO_IPV4
                ? [Address(Destination), Meta(NFT_META_L4PROTO, NFT_REG32_01), Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02)]
                : [Address(Destination), Meta(NFT_META_L4PROTO, NFT_REG_2), Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_05)];

        private NftExpression Address(uint offset, uint register = NFT_REG_1) =>
            Payload(NFT_PAYLOAD_NETWORK_HEADER, offset, family == NFPROTO_IPV4 ? 4u : 16u, register);

        public IReadOnlyList<NftSet> All => [Masquerade, Snat, Published, Own, Opened, OneHost, AnyHost];
    }
}
