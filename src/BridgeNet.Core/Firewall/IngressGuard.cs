using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;
using static Tmds.Linux.LibC;

namespace BridgeNet.Firewall;

/// <summary>
/// Checks the packets from internal networks to the host: those with a source that the host does not reach through the network are dropped.
/// The host replies to the source address of a packet, above all with ICMP errors (hop limit, no route, an option), and these replies leave
/// before, or without, any IP chain that could distinguish a packet for the host from a bridged one (bridge-nf-call-iptables). A table of
/// the family <c>netdev</c> sees only packets of the bridge itself; it has a chain for each such bridge.
/// The kernel removes one VLAN tag before this hook and, for VLAN 0, a second one after it (net/core/dev.c), so packets of other protocols
/// than IPv4, IPv6 and ARP are dropped.
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
        // A sender without an address uses ::, to which there is no route; for 0.0.0.0 the kernel's lookup has this exception itself
        // (nft_fib_ipv4.c).
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

    // Opened in the namespace of the first use, like the session that owns this object.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));
    private readonly Lazy<bool> _isInKernel;

    public IngressGuard() => _isInKernel = new(CanBe);

    /// <summary>Removes the chains of some networks, and adds those of others.</summary>
    public void Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        while (!TryChange(before, after)) { }
    }

    /// <summary>False if a chain disappeared in between: kernels such as 6.1 remove it with its link.</summary>
    private bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        string[] old = BridgesOf(before),
            now = BridgesOf(after),
            gone = [.. old.Except(now)],
            added = [.. now.Except(old).Where(LinkExists)];
        if (gone.Length + added.Length == 0 || !_isInKernel.Value)
            return true;
        NftChain[] held = Held();
        string[] removed = [.. held.Select(static chain => chain.Name).Where(name => gone.Contains(name) || added.Contains(name))];
        NftBatch batch = new(Table, NFPROTO_NETDEV);
        if (added.Length == 0 && removed.Length == held.Length)
        {
            // It may be empty already, or not exist: deleting fails then, and adding an existing table changes nothing.
            batch.AddTable().DeleteTable();
        }
        else
        {
            foreach (string chain in removed)
                batch.FlushChains(chain).DeleteChain(chain);
            if (added.Length > 0)
                batch.AddTable();
        }
        try
        {
            Add(batch, added).Commit(_netlink.Value, What);
            return true;
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT && removed.Except(Held().Select(static chain => chain.Name)).Any())
        {
            return false;
        }
    }

    /// <summary>Replaces the table by the chains of exactly these networks.</summary>
    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        string[] bridges = [.. BridgesOf(networks).Where(LinkExists)];
        if (!_isInKernel.Value || (bridges.Length == 0 && !NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table)))
            return;
        // The table is added first: deleting fails if it does not exist, and adding an existing table changes nothing.
        NftBatch batch = new NftBatch(Table, NFPROTO_NETDEV).AddTable().DeleteTable();
        if (bridges.Length > 0)
            Add(batch.AddTable(), bridges);
        batch.Commit(_netlink.Value, What);
    }

    /// <summary>The commands for <see cref="Change"/>.</summary>
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

    /// <summary>The command that removes the table; none if it does not exist.</summary>
    public IEnumerable<string> DescribeRemoval() =>
        _isInKernel.Value && NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table) ? [$"nft delete table netdev {Table}"] : [];

    /// <summary>
    /// The differences between the kernel's chains and those of these networks; a bridge that does not exist needs no chain.
    /// </summary>
    public IReadOnlyList<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        string[] bridges = BridgesOf(networks);
        if (!_isInKernel.Value || (bridges.Length == 0 && !NftTable.Exists(_netlink.Value, NFPROTO_NETDEV, Table)))
            return [];
        if (bridges.Length == 0)
            return [Differs("the table", "none", "present")];
        NftChain[] held = Held();
        ILookup<string, byte[]> rules = NftTable.Rules(_netlink.Value, NFPROTO_NETDEV, Table);
        return
        [
            .. NftTable.IsDormant(_netlink.Value, NFPROTO_NETDEV, Table)
                ? [Differs("the table", "active", "dormant")]
                : (RuleDifference[])[],
            .. bridges
                .Where(LinkExists)
                .Where(bridge => !IsRight(held.FirstOrDefault(chain => chain.Name == bridge), bridge, [.. rules[bridge]]))
                .Select(static bridge => Differs($"chain {bridge}", "its rules", "missing or different") with { Bridge = bridge }),
            .. held.Where(chain => !bridges.Contains(chain.Name))
                .Select(static chain => Differs($"chain {chain.Name}", "no such chain", "present")),
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
        && rules.Zip(s_rules).All(static rule => NftHeldRule.Is(rule.First, rule.Second));

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

    private static bool LinkExists(string link) => Directory.Exists($"/proc/sys/net/ipv4/conf/{link}");

    private static RuleDifference Differs(string what, string expected, string actual) =>
        new($"nft table netdev {Table}, {what}", expected, actual, What);

    private static NftExpression[] Is(ushort protocol, uint comparison) =>
        [Meta(NFT_META_PROTOCOL), NftExpressions.Compare(comparison, [(byte)(protocol >> 8), (byte)protocol])];

    /// <summary>
    /// Whether the kernel supports these rules (NF_TABLES_NETDEV, NFT_FIB_NETDEV): checked with the loopback interface, without creating
    /// anything.
    /// </summary>
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
