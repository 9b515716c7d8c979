using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;

namespace BridgeNet.Firewall;

/// <summary>
/// A backend with two additional nf_tables tables, which both backends need: the anti-spoofing table (<see cref="AntiSpoofPlan"/>), because
/// iptables cannot match bridged packets, and the table for packets from internal networks to the host (<see cref="IngressGuard"/>). Each
/// table exists while a network needs it.
/// </summary>
internal sealed class GuardedFirewall(IFirewallBackend backend) : IFirewall
{
    private readonly OwnTable _table = new(AntiSpoofPlan.Shape);
    private readonly IngressGuard _ingress = new();

    /// <summary>Whether networks need the anti-spoofing table.</summary>
    public static bool IsNeeded(IReadOnlyList<FirewallNetwork> networks) => networks.Any(static network => network.AntiSpoof);

    public string Name => backend.Name;

    public void Require() => backend.Require();

    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        // The first such network adds the table, the last one removes it: only Rebuild can determine which ones these are.
        bool concerned = IsNeeded(before) || IsNeeded(after);
        if (!((!concerned || _table.TryChange(Difference(before, after))) && backend.TryChange(before, after)))
            return false;
        _ingress.Change(before, after);
        return true;
    }

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        bool needed = IsNeeded(networks);
        if (needed)
            RebuildTable(networks);
        backend.Rebuild(networks);
        _ingress.Rebuild(networks);
        if (!needed && _table.Exists)
            _table.Remove();
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        [.. _table.Describe(Difference(before, after)), .. backend.Describe(before, after), .. _ingress.Describe(before, after)];

    public IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks) =>
        [
            .. DescribeSendersCome(networks),
            .. _table.Describe(Difference([], networks)),
            .. backend.DescribeRebuild(networks),
            .. networks.Count > 0 ? _ingress.Describe([], networks) : _ingress.DescribeRemoval(),
            .. IsNeeded(networks) ? [] : DescribeSendersGone(),
        ];

    // nft has no syntax for rules that match inside ARP and neighbour discovery messages and look up addresses in sets.
    /// <inheritdoc/>
    public IReadOnlyList<string> DescribeSendersCome(IReadOnlyList<FirewallNetwork> networks) =>
        IsNeeded(networks) && !_table.Exists ? [$"# create the table {AntiSpoofPlan.Shape}"] : [];

    /// <inheritdoc/>
    public IReadOnlyList<string> DescribeSendersGone() => _table.Exists ? [$"nft delete table {AntiSpoofPlan.Shape}"] : [];

    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks) =>
        [
            .. IsNeeded(networks)
                ? _table.Compare(
                    NftTable.Chains(_table.Netlink),
                    networks.SelectMany(AntiSpoofPlan.ElementsOf, static (network, element) => (element, network.BridgeName))
                )
                : _table.CompareWithNone(),
            .. backend.Compare(networks),
            .. _ingress.Compare(networks),
        ];

    /// <inheritdoc/>
    public void Attach(FirewallNetwork network) => _ingress.Change([], [network]);

    /// <inheritdoc/>
    public IEnumerable<string> DescribeAttach(FirewallNetwork network) => _ingress.Describe([], [network]);

    public void Dispose()
    {
        _table.Dispose();
        _ingress.Dispose();
        backend.Dispose();
    }

    private void RebuildTable(IReadOnlyList<FirewallNetwork> networks)
    {
        try
        {
            _table.Rebuild(networks.SelectMany(AntiSpoofPlan.ElementsOf));
        }
        catch (NetlinkException failure)
        {
            throw new BridgeNetException(
                ErrorIds.FirewallFailed,
                ProblemCategory.NotImplemented,
                $"The kernel refused the anti-spoofing rules: {failure.Message}. They need nf_tables for bridges (NF_TABLES_BRIDGE in the kernel); without it, create the network without anti-spoofing.",
                AntiSpoofPlan.Shape.ToString(),
                failure
            );
        }
    }

    private static ElementChange Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        ElementChange.Between(before.SelectMany(AntiSpoofPlan.ElementsOf), after.SelectMany(AntiSpoofPlan.ElementsOf));
}
