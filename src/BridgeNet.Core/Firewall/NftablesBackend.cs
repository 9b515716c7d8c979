using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;
using static Tmds.Linux.LibC;

namespace BridgeNet.Firewall;

/// <summary>
/// Rules in a table of our own, straight to the kernel. The rules are constant; a network is an element of two sets, so
/// the thousandth costs a packet what the first did.
/// </summary>
internal sealed class NftablesBackend : IFirewallBackend
{
    private const string Table = "bridgenet", User = "user", Forward = "forward", Stage1 = "isolation-stage-1", Stage2 = "isolation-stage-2", Postrouting = "postrouting";
    private const string Bridges = "bridges", Masqueraded = "masqueraded";

    // Opened in the namespace of the first use, as the engine that owns this is.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    public string Name => "nftables";

    public bool TryChange(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add)
    {
        NftBatch batch = new(Table);
        foreach ((string set, byte[][] keys) in Elements(remove))
            batch.DeleteElements(set, keys);
        foreach ((string set, byte[][] keys) in Elements(add))
            batch.AddElements(set, keys);
        try
        {
            batch.Commit(_netlink.Value, "nft -f (change elements)");
            return true;
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return false;
        }
    }

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        bool keepUser = UserHasRules();
        // Added first, for a table that is not there cannot be deleted, and one that is there is not changed by it.
        NftBatch batch = new NftBatch(Table).AddTable();
        if (!keepUser)
            batch.DeleteTable();
        if (keepUser || networks.Count > 0)
        {
            AddObjects(batch.AddTable());
            if (keepUser)
                batch.FlushChains(Forward, Stage1, Stage2, Postrouting).FlushSets(Bridges, Masqueraded);
            AddRules(batch);
            foreach ((string set, byte[][] keys) in Elements(networks))
                batch.AddElements(set, keys);
        }
        batch.Commit(_netlink.Value, $"nft -f (table ip {Table})");
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add) =>
        [.. Describe("delete", remove), .. Describe("add", add)];

    private static IEnumerable<string> Describe(string verb, IReadOnlyList<FirewallNetwork> networks) => networks.SelectMany(network => (string[])
    [
        $"nft {verb} element ip {Table} {Bridges} {{ {network.BridgeName} . {network.BridgeName} }}",
        .. network.Masquerade ? (string[])[$"nft {verb} element ip {Table} {Masqueraded} {{ {network.BridgeName} }}"] : [],
    ]);

    // Each changes nothing where it is there.
    private static void AddObjects(NftBatch batch) => batch
        .AddSet(Bridges, TYPE_IFNAME_IFNAME, 2 * IFNAMSIZ, 1)
        .AddSet(Masqueraded, TYPE_IFNAME, IFNAMSIZ, 2)
        .AddChain(User)
        .AddChain(Stage2)
        .AddChain(Stage1)
        .AddBaseChain(Forward, "filter", NF_INET_FORWARD, 0)
        .AddBaseChain(Postrouting, "nat", NF_INET_POST_ROUTING, 100);

    private static void AddRules(NftBatch batch)
    {
        NftExpression[] fromOurs = [Meta(NFT_META_IIFGROUP, NFT_REG_1), Compare(NFT_CMP_EQ, InterfaceGroup.Id)];
        NftExpression[] toOurs = [Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_EQ, InterfaceGroup.Id)];
        NftExpression[] toOthers = [Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_NEQ, InterfaceGroup.Id)];
        NftExpression[] withinABridge = [Meta(NFT_META_IIFNAME, NFT_REG_1), Meta(NFT_META_OIFNAME, NFT_REG_2), Lookup(Bridges)];
        batch
            .AddRule(Forward, Verdict(NFT_JUMP, User))
            .AddRule(Forward, [.. ConnectionState(CT_ESTABLISHED_OR_RELATED), Verdict(NF_ACCEPT)])
            .AddRule(Forward, [.. fromOurs, Verdict(NFT_JUMP, Stage1)])
            .AddRule(Forward, [.. fromOurs, Verdict(NF_ACCEPT)])
            .AddRule(Forward, [.. toOurs, Verdict(NF_DROP)])
            .AddRule(Stage1, [.. withinABridge, Verdict(NF_ACCEPT)])
            .AddRule(Stage1, Verdict(NFT_JUMP, Stage2))
            .AddRule(Stage2, [.. toOurs, Verdict(NF_DROP)])
            .AddRule(Postrouting, [Meta(NFT_META_IIFNAME, NFT_REG_1), Lookup(Masqueraded), .. toOthers, Masquerade()]);
    }

    private static IEnumerable<(string Set, byte[][] Keys)> Elements(IReadOnlyList<FirewallNetwork> networks) =>
    [
        (Bridges, [.. networks.Select(network => Names(network.BridgeName, network.BridgeName))]),
        (Masqueraded, [.. networks.Where(network => network.Masquerade).Select(network => Names(network.BridgeName))]),
    ];

    /// <summary>Whether an admin put rules into the chain that is theirs; false also when there is no such chain.</summary>
    private bool UserHasRules() => _netlink.Value.Dump($"nft list chain ip {Table} {User}", NftBatch.MessageType(NFT_MSG_GETRULE),
        static message => message.Struct(new NfGenMsg(NFPROTO_IPV4, 0, 0)).String(NFTA_RULE_TABLE, Table).String(NFTA_RULE_CHAIN, User),
        static (_, payload) => payload).Count > 0;
}
