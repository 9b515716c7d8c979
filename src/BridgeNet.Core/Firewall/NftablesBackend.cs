using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Firewall;

/// <summary>Rules in a table of our own, straight to the kernel, each change in one batch for both address families.</summary>
internal sealed class NftablesBackend : IFirewallBackend
{
    // Opened in the namespace of the first use, as the engine that owns this is.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    public string Name => "nftables";

    /// <summary>The kernel's own answer to the batch is all there is.</summary>
    public void Require()
    {
    }

    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (NftElement[] remove, NftElement[] add) = Difference(before, after);
        NftBatch batch = new NftBatch(NftablesPlan.Table).DeleteElements(remove).AddElements(add);
        try
        {
            batch.Commit(_netlink.Value, "nft -f (change elements)");
            return true;
        }
        // ENOENT: the table or an element is gone; EEXIST: a map holds other data under the key.
        catch (NetlinkException failure) when (failure.Errno == ENOENT || failure.Errno == EEXIST)
        {
            return false;
        }
    }

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        bool keepUser = UserHasRules();
        // Added first, for a table that is not there cannot be deleted, and one that is there is not changed by it.
        NftBatch batch = new NftBatch(NftablesPlan.Table).AddTable();
        if (keepUser)
            batch.WakeTable();
        else
            batch.DeleteTable();
        if (keepUser || networks.Count > 0)
        {
            NftablesPlan.AddObjects(batch);
            if (keepUser)
                batch.FlushChains(NftablesPlan.Chains).FlushSets([.. NftablesPlan.Sets.Select(set => set.Name)]);
            NftablesPlan.AddRules(batch);
            batch.AddElements(networks.SelectMany(NftablesPlan.ElementsOf).Distinct());
        }
        batch.Commit(_netlink.Value, $"nft -f (table inet {NftablesPlan.Table})");
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (NftElement[] remove, NftElement[] add) = Difference(before, after);
        return [.. remove.Select(element => Command("delete", element)), .. add.Select(element => Command("add", element))];
    }

    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        NetlinkConnection netlink = _netlink.Value;
        IReadOnlyList<NftChain> chains = NftTable.Chains(netlink);
        bool there = chains.Any(static chain => chain.Family == NFPROTO_INET && chain.Table == NftablesPlan.Table);
        if (networks.Count == 0)
            return there && !UserHasRules() ? [Ours("the table", "none", "there")] : [];
        if (!there)
            return [Ours("the table", "there", Missing)];
        ILookup<string, byte[]> rules = NftTable.Rules(netlink, NFPROTO_INET, NftablesPlan.Table);
        NftChain[] own = [.. chains.Where(static chain => chain.Family == NFPROTO_INET && chain.Table == NftablesPlan.Table)];
        return
        [
            .. NftTable.IsDormant(netlink, NFPROTO_INET, NftablesPlan.Table) ? [Ours("the table", "awake", "dormant")] : (RuleDifference[])[],
            .. CompareChains(own, anybodys: rules[NftablesPlan.User].Any()),
            .. NftablesPlan.Chains.Where(chain => own.Any(held => held.Name == chain)).SelectMany(chain => CompareRules(chain, [.. rules[chain]])),
            .. CompareSets(networks),
            .. ForeignChains.Find(netlink, chains, networks, static chain => chain is { Family: NFPROTO_INET, Table: NftablesPlan.Table } && NftablesPlan.Chains.Contains(chain.Name)),
            .. LegacyIptables.Find(networks),
        ];
    }

    /// <param name="own">The chains of our table.</param>
    /// <param name="anybodys">Whether the admin has rules in it; then other chains are the admin's too.</param>
    private static IEnumerable<RuleDifference> CompareChains(NftChain[] own, bool anybodys)
    {
        foreach (string name in (string[])[NftablesPlan.User, .. NftablesPlan.Chains])
        {
            if (own.FirstOrDefault(chain => chain.Name == name) is not { } held)
                yield return Ours($"chain {name}", "there", Missing);
            else if (NftablesPlan.BaseChains.FirstOrDefault(chain => chain.Name == name) is { } wanted && held != wanted)
                yield return Ours($"chain {name}", InWords(wanted), InWords(held));
        }
        if (anybodys)
            yield break;
        foreach (NftChain other in own.Where(static chain => chain.Name != NftablesPlan.User && !NftablesPlan.Chains.Contains(chain.Name)))
            yield return Ours($"chain {other.Name}", "no such chain", "there");
    }

    private static string InWords(NftChain chain) => chain.Hook is { } hook ? $"type {chain.Type} hook {hook} priority {chain.Priority} policy {(chain.Policy == NF_DROP ? "drop" : "accept")}" : "no hook";

    private static IEnumerable<RuleDifference> CompareRules(string chain, IReadOnlyList<byte[]> held)
    {
        NftRule[] wanted = [.. NftablesPlan.Rules.Where(rule => rule.Chain == chain)];
        bool Same(int place, int rule) => NftTable.Is(held[place], wanted[rule].Expressions);
        if (held.Count != wanted.Length)
            yield return Ours($"chain {chain}", $"{wanted.Length} rules", $"{held.Count}");
        else if (Enumerable.Range(0, wanted.Length).FirstOrDefault(i => !Same(i, i), -1) is >= 0 and int changed)
            yield return Enumerable.Range(0, wanted.Length).All(rule => Enumerable.Range(0, held.Count).Any(place => Same(place, rule)))
                ? Ours($"chain {chain}", "its rules in their order", "another order")
                : Ours($"chain {chain}", "its rules", $"rule {changed + 1} is another");
    }

    private IEnumerable<RuleDifference> CompareSets(IReadOnlyList<FirewallNetwork> networks)
    {
        ILookup<string, (NftElement Element, string Bridge)> wanted = networks.SelectMany(NftablesPlan.ElementsOf, static (network, element) => (element, network.BridgeName))
            .DistinctBy(static one => one.element).ToLookup(static one => one.element.Set);
        foreach (NftSet set in NftablesPlan.Sets)
        {
            if (NftTable.Elements(_netlink.Value, NftablesPlan.Table, set.Name) is not { } held)
            {
                yield return Ours($"set {set.Name}", "there", Missing);
                continue;
            }
            // nft begins a set of ranges with the end of what is before the first.
            Dictionary<string, string> data = held.Where(static element => !element.IsEnd || element.Key.Any(static part => part != 0))
                .ToDictionary(static element => KeyText(element.Key, element.IsEnd), static element => Convert.ToHexString(element.Data));
            foreach ((NftElement element, string bridge) in wanted[set.Name])
            {
                bool ends = element.End is not { } end || data.Remove(KeyText(end, isEnd: true));
                if (!data.Remove(KeyText(element.Key, isEnd: false), out string? now) || !ends)
                    yield return Ours($"set {set.Name} {{ {element.Text} }}", "there", Missing) with { Bridge = bridge };
                else if (now != Convert.ToHexString(element.Data ?? []))
                    yield return Ours($"set {set.Name} {{ {element.Text} }}", "there", "another under this key") with { Bridge = bridge };
            }
            if (data.Count > 0)
                yield return Ours($"set {set.Name}", "elements of our networks", $"{data.Count} more");
        }
    }

    private static string KeyText(byte[] key, bool isEnd) => Convert.ToHexString(key) + (isEnd ? " end" : "");

    private static RuleDifference Ours(string what, string expected, string actual) =>
        new($"nft table inet {NftablesPlan.Table}, {what}", expected, actual, $"nft -f (table inet {NftablesPlan.Table})");

    private const string Missing = "missing";

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
            _netlink.Value.Dispose();
    }

    private static (NftElement[] Remove, NftElement[] Add) Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        HashSet<NftElement> old = [.. before.SelectMany(NftablesPlan.ElementsOf)], wanted = [.. after.SelectMany(NftablesPlan.ElementsOf)];
        return ([.. old.Except(wanted)], [.. wanted.Except(old)]);
    }

    private static string Command(string verb, NftElement element) => $"nft {verb} element inet {NftablesPlan.Table} {element.Set} {{ {element.Text} }}";

    /// <summary>Whether an admin put rules into the chain that is theirs; false also when there is no such chain.</summary>
    private bool UserHasRules() => _netlink.Value.Dump($"nft list chain inet {NftablesPlan.Table} {NftablesPlan.User}", NftBatch.MessageType(NFT_MSG_GETRULE),
        static message => message.Struct(new NfGenMsg(NFPROTO_INET, 0, 0)).String(NFTA_RULE_TABLE, NftablesPlan.Table).String(NFTA_RULE_CHAIN, NftablesPlan.User),
        static (_, payload) => payload.ToArray()).Count > 0;
}
