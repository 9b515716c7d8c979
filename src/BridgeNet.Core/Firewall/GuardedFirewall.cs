using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;

namespace BridgeNet.Firewall;

/// <summary>
/// A backend, and beside it what is the kernel's nf_tables over either one: the table against spoofed senders (<see cref="AntiSpoofPlan"/>), for
/// iptables has no rules for what a bridge passes on, and what internal networks pass up to the host (<see cref="IngressGuard"/>). Each is there while a network needs it.
/// </summary>
internal sealed class GuardedFirewall(IFirewallBackend backend) : IFirewallBackend
{
    private readonly OwnTable _table = new(AntiSpoofPlan.Shape);
    private readonly IngressGuard _ingress = new();

    /// <summary>Whether networks need the table.</summary>
    public static bool IsNeeded(IReadOnlyList<FirewallNetwork> networks) => networks.Any(static network => network.AntiSpoof);

    public string Name => backend.Name;

    public void Require() => backend.Require();

    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        // The first network of them brings the table, the last one takes it: only Rebuild knows which these are.
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

    /// <summary>What creates the table against spoofed senders: nft has no words for rules that look into ARP and neighbour discovery and ask sets of addresses. Nothing where it is there, or not needed.</summary>
    public IReadOnlyList<string> DescribeSendersCome(IReadOnlyList<FirewallNetwork> networks) =>
        IsNeeded(networks) && !_table.Exists ? [$"# create the table {AntiSpoofPlan.Shape}"] : [];

    /// <summary>What takes the table against spoofed senders away; nothing where it is not there.</summary>
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

    /// <summary>Gives a network whose bridge was created anew what hangs on that: rules know it by its name, and stay.</summary>
    public void Attach(FirewallNetwork network) => _ingress.Change([], [network]);

    /// <summary>The same as <see cref="Attach"/> in lines that a person would type.</summary>
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
                $"The kernel refuses the rules of anti-spoofing: {failure.Message}. They need nf_tables for bridges (NF_TABLES_BRIDGE in the kernel); without it, create the network without -AntiSpoof.",
                AntiSpoofPlan.Shape.ToString(),
                failure
            );
        }
    }

    private static ElementChange Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        ElementChange.Between(before.SelectMany(AntiSpoofPlan.ElementsOf), after.SelectMany(AntiSpoofPlan.ElementsOf));
}
