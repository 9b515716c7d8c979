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

    public void Add(IReadOnlyList<FirewallNetwork> networks)
    {
        NftBatch batch = new(Table);
        if (!TableExists())
            AddBase(batch);
        foreach (FirewallNetwork network in networks)
        {
            batch.AddElement(Bridges, Names(network.BridgeName, network.BridgeName));
            if (network.Masquerade)
                batch.AddElement(Masqueraded, Names(network.BridgeName));
        }
        batch.Commit(_netlink.Value, "nft add element");
    }

    public void Remove(IReadOnlyList<FirewallNetwork> networks, bool last)
    {
        if (!TableExists())
            return;
        if (last && !UserHasRules())
        {
            new NftBatch(Table).DeleteTable().Commit(_netlink.Value, $"nft delete table ip {Table}");
            return;
        }
        // One by one where the batch fails, since an element that is gone already fails the whole of it.
        if (!TryDelete([.. networks.SelectMany(Elements)]))
        {
            foreach ((string set, byte[] key) in networks.SelectMany(Elements))
                TryDelete([(set, key)]);
        }
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> networks, bool remove) => [.. networks.SelectMany(network => (string[])
    [
        $"nft {(remove ? "delete" : "add")} element ip {Table} {Bridges} {{ {network.BridgeName} . {network.BridgeName} }}",
        .. network.Masquerade ? (string[])[$"nft {(remove ? "delete" : "add")} element ip {Table} {Masqueraded} {{ {network.BridgeName} }}"] : [],
    ])];

    private static void AddBase(NftBatch batch)
    {
        NftExpression[] fromOurs = [Meta(NFT_META_IIFGROUP, NFT_REG_1), Compare(NFT_CMP_EQ, InterfaceGroup.Id)];
        NftExpression[] toOurs = [Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_EQ, InterfaceGroup.Id)];
        NftExpression[] toOthers = [Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_NEQ, InterfaceGroup.Id)];
        NftExpression[] withinABridge = [Meta(NFT_META_IIFNAME, NFT_REG_1), Meta(NFT_META_OIFNAME, NFT_REG_2), Lookup(Bridges)];
        batch
            .AddTable()
            .AddSet(Bridges, TYPE_IFNAME_IFNAME, 2 * IFNAMSIZ, 1)
            .AddSet(Masqueraded, TYPE_IFNAME, IFNAMSIZ, 2)
            .AddChain(User)
            .AddChain(Stage2)
            .AddChain(Stage1)
            .AddBaseChain(Forward, "filter", NF_INET_FORWARD, 0)
            .AddBaseChain(Postrouting, "nat", NF_INET_POST_ROUTING, 100)
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

    private static IEnumerable<(string Set, byte[] Key)> Elements(FirewallNetwork network) => network.Masquerade
        ? [(Bridges, Names(network.BridgeName, network.BridgeName)), (Masqueraded, Names(network.BridgeName))]
        : [(Bridges, Names(network.BridgeName, network.BridgeName))];

    private bool TryDelete(IReadOnlyList<(string Set, byte[] Key)> elements)
    {
        NftBatch batch = new(Table);
        foreach ((string set, byte[] key) in elements)
            batch.DeleteElement(set, key);
        try
        {
            batch.Commit(_netlink.Value, "nft delete element");
            return true;
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return false;
        }
    }

    private bool TableExists()
    {
        try
        {
            _netlink.Value.Get($"nft list table ip {Table}", NftBatch.MessageType(NFT_MSG_GETTABLE),
                static message => message.Struct(new NfGenMsg(NFPROTO_IPV4, 0, 0)).String(NFTA_TABLE_NAME, Table), static (_, _) => { });
            return true;
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return false;
        }
    }

    private bool UserHasRules() => _netlink.Value.Dump($"nft list chain ip {Table} {User}", NftBatch.MessageType(NFT_MSG_GETRULE),
        static message => message.Struct(new NfGenMsg(NFPROTO_IPV4, 0, 0)).String(NFTA_RULE_TABLE, Table).String(NFTA_RULE_CHAIN, User),
        static (_, payload) => payload).Count > 0;
}
