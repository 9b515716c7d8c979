using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>Rules in a table of our own, through nfnetlink, each change in one batch for both address families.</summary>
internal sealed class NftablesBackend : IFirewallBackend
{
    private readonly OwnTable _table = new(NftablesPlan.Shape);

    public string Name => "nftables";

    /// <summary>No check in advance is needed: the kernel accepts or rejects the batch as a whole.</summary>
    public void Require() { }

    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        _table.TryChange(Difference(before, after));

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        if (networks.Count == 0)
        {
            // Where the kernel accepts no table, there is none to remove.
            if (_table.Exists)
                _table.Remove();
            return;
        }
        try
        {
            _table.Rebuild(networks.SelectMany(NftablesPlan.ElementsOf).Distinct());
        }
        catch (NetlinkException failure) when (NftablesSupport.Explain(failure) is { } refused)
        {
            throw refused;
        }
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        _table.Describe(Difference(before, after));

    public IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        bool keepUser = _table.UserHasRules();
        return networks.Count > 0 ? [.. keepUser ? NftablesWords.Emptying : [], .. NftablesWords.Creation, .. Describe([], networks)]
            : keepUser ? NftablesWords.Emptying
            : [NftablesWords.Removal];
    }

    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        if (networks.Count == 0)
            return _table.CompareWithNone();
        IReadOnlyList<NftChain> chains = NftTable.Chains(_table.Netlink);
        return
        [
            .. _table.Compare(
                chains,
                networks.SelectMany(NftablesPlan.ElementsOf, static (network, element) => (element, network.BridgeName))
            ),
            .. ForeignChains.Find(
                _table.Netlink,
                chains,
                networks,
                static chain => chain is { Family: NFPROTO_INET, Table: NftablesPlan.Table } && NftablesPlan.Chains.Contains(chain.Name)
            ),
            .. LegacyIptables.Find(networks),
        ];
    }

    public void Dispose() => _table.Dispose();

    private static ElementChange Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        ElementChange.Between(before.SelectMany(NftablesPlan.ElementsOf), after.SelectMany(NftablesPlan.ElementsOf));
}
