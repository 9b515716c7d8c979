using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Firewall;

/// <summary>
/// What internal networks pass up to the host: nothing whose source the host does not reach by them. The host speaks to whoever a packet names,
/// in errors above all (a hop limit, no route, an option), and these leave before, or without, a chain of IP that could tell a packet for the host from one
/// that is only bridged (bridge-nf-call-iptables). A table of the family <c>netdev</c> sees the bridge's own packets alone; in it each such bridge has a chain.
/// The kernel takes one VLAN tag off before it and, where that says VLAN 0, a second one behind it (net/core/dev.c), so what does not show there whose it is, is dropped.
/// </summary>
internal sealed class IngressGuard : IDisposable
{
    private const string Table = "bridgenet",
        What = "nft -f (table netdev bridgenet)";

    // linux/if_ether.h: ETH_P_IP, ETH_P_IPV6, ETH_P_ARP.
    private static readonly ushort[] s_protocols = [0x0800, 0x86dd, 0x0806];

    private static readonly NftExpression[][] s_rules =
    [
        [.. s_protocols.SelectMany(static protocol => Is(protocol, NFT_CMP_NEQ)), Verdict(NF_DROP)],
        [.. Is(0x0800, NFT_CMP_EQ), .. HasNoWayBack(), Verdict(NF_DROP)],
        // Who has no address yet asks from ::, to which no way leads; of 0.0.0.0 the kernel's lookup knows that by itself (nft_fib_ipv4.c).
        [
            .. Is(0x86dd, NFT_CMP_EQ),
            Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16),
            NftExpressions.Compare(NFT_CMP_NEQ, new byte[16]),
            .. HasNoWayBack(),
            Verdict(NF_DROP),
        ],
    ];

    private static readonly string[] s_words =
    [
        "meta protocol != ip meta protocol != ip6 meta protocol != arp drop",
        "meta protocol ip fib saddr . iif oif missing drop",
        "ip6 saddr != :: fib saddr . iif oif missing drop",
    ];

    // Opened in the namespace of the first use, as the engine that owns this is.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));
    private readonly Lazy<bool> _isInKernel;

    public IngressGuard() => _isInKernel = new(CanBe);

    /// <summary>Takes the chains of some networks away, and gives others theirs.</summary>
    public void Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        string[] old = BridgesOf(before),
            now = BridgesOf(after),
            gone = [.. old.Except(now)],
            added = [.. now.Except(old).Where(IsThere)];
        if (gone.Length + added.Length == 0 || !_isInKernel.Value)
            return;
        NftChain[] held = Held();
        NftBatch batch = new(Table, NFPROTO_NETDEV);
        foreach (NftChain chain in held.Where(chain => gone.Contains(chain.Name) || added.Contains(chain.Name)))
            batch.FlushChains(chain.Name).DeleteChain(chain.Name);
        if (added.Length > 0)
            batch.AddTable();
        else if (held.All(chain => gone.Contains(chain.Name)))
            batch = held.Length > 0 ? new NftBatch(Table, NFPROTO_NETDEV).DeleteTable() : batch;
        Add(batch, added).Commit(_netlink.Value, What);
    }

    /// <summary>Makes it hold the chains of these networks and no others.</summary>
    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        string[] bridges = [.. BridgesOf(networks).Where(IsThere)];
        if (!_isInKernel.Value || (bridges.Length == 0 && !NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table)))
            return;
        // Added first, for a table that is not there cannot be deleted, and one that is there is not changed by it.
        NftBatch batch = new NftBatch(Table, NFPROTO_NETDEV).AddTable().DeleteTable();
        if (bridges.Length > 0)
            Add(batch.AddTable(), bridges);
        batch.Commit(_netlink.Value, What);
    }

    /// <summary>The same as <see cref="Change"/> in lines that a person would type.</summary>
    public IEnumerable<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        string[] old = BridgesOf(before),
            now = BridgesOf(after),
            gone = [.. old.Except(now)],
            added = [.. now.Except(old)];
        if (gone.Length + added.Length == 0 || !_isInKernel.Value)
            return [];
        return
        [
            .. gone.Select(static bridge => $"nft flush chain netdev {Table} {bridge}; nft delete chain netdev {Table} {bridge}"),
            .. added.Length > 0 ? [$"nft add table netdev {Table}"] : (string[])[],
            .. added.SelectMany(static bridge =>
                (string[])
                    [
                        $"nft add chain netdev {Table} {bridge} {{ type filter hook ingress device {bridge} priority 0 \\; }}",
                        .. s_words.Select(words => $"nft add rule netdev {Table} {bridge} {words}"),
                    ]
            ),
        ];
    }

    /// <summary>What takes its table away; nothing where it is not there.</summary>
    public IEnumerable<string> DescribeRemoval() =>
        _isInKernel.Value && NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table) ? [$"nft delete table netdev {Table}"] : [];

    /// <summary>In what the kernel differs from the chains of these networks; of a bridge that is not there nothing is missed.</summary>
    public IReadOnlyList<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        string[] bridges = BridgesOf(networks);
        if (!_isInKernel.Value || (bridges.Length == 0 && !NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table)))
            return [];
        if (bridges.Length == 0)
            return [Differs("the table", "none", "there")];
        NftChain[] held = Held();
        ILookup<string, byte[]> rules = NftTable.Rules(_netlink.Value, NFPROTO_NETDEV, Table);
        return
        [
            .. NftTable.IsDormant(_netlink.Value, NFPROTO_NETDEV, Table)
                ? [Differs("the table", "awake", "dormant")]
                : (RuleDifference[])[],
            .. bridges
                .Where(IsThere)
                .Where(bridge => !IsRight(held.FirstOrDefault(chain => chain.Name == bridge), bridge, [.. rules[bridge]]))
                .Select(static bridge => Differs($"chain {bridge}", "its rules", "missing or others") with { Bridge = bridge }),
            .. held.Where(chain => !bridges.Contains(chain.Name))
                .Select(static chain => Differs($"chain {chain.Name}", "no such chain", "there")),
        ];
    }

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
            _netlink.Value.Dispose();
    }

    private static bool IsRight(NftChain? chain, string bridge, byte[][] rules) =>
        chain == Of(bridge)
        && rules.Length == s_rules.Length
        && rules.Zip(s_rules).All(static rule => NftTable.Is(rule.First, rule.Second));

    private NftChain[] Held() => [.. NftTable.Chains(_netlink.Value, NFPROTO_NETDEV).Where(static chain => chain.Table == Table)];

    private static NftBatch Add(NftBatch batch, IEnumerable<string> bridges) =>
        bridges.Aggregate(
            batch,
            static (batch, bridge) => s_rules.Aggregate(batch.AddDeviceChain(Of(bridge)), (batch, rule) => batch.AddRule(bridge, rule))
        );

    private static NftChain Of(string bridge) =>
        new(NFPROTO_NETDEV, Table, bridge)
        {
            Type = "filter",
            Hook = NF_NETDEV_INGRESS,
            Priority = 0,
            Policy = NF_ACCEPT,
            Device = bridge,
        };

    private static string[] BridgesOf(IReadOnlyList<FirewallNetwork> networks) =>
        [.. networks.Where(static network => network.Internal).Select(static network => network.BridgeName)];

    private static bool IsThere(string link) => Directory.Exists($"/proc/sys/net/ipv4/conf/{link}");

    private static RuleDifference Differs(string what, string expected, string actual) =>
        new($"nft table netdev {Table}, {what}", expected, actual, What);

    private static NftExpression[] Is(ushort protocol, uint comparison) =>
        [Meta(NFT_META_PROTOCOL), NftExpressions.Compare(comparison, [(byte)(protocol >> 8), (byte)protocol])];

    /// <summary>Whether the kernel has it (NF_TABLES_NETDEV, NFT_FIB_NETDEV): asked of its own loopback, and nothing is made.</summary>
    private bool CanBe()
    {
        try
        {
            Add(new NftBatch(Table, NFPROTO_NETDEV).AddTable(), ["lo"]).Check(_netlink.Value, "nft --check -f (table netdev bridgenet)");
            return true;
        }
        catch (NetlinkException)
        {
            return false;
        }
    }
}
