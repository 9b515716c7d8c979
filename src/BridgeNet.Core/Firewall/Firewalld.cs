using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Detects firewalld by its chains. firewalld rejects packets of interfaces that it does not know, creates its rules again at each reload,
/// and newer versions protect their table from other processes: so the advice is <c>firewall-cmd</c> commands.
/// </summary>
/// <param name="chains">All chains.</param>
internal sealed class Firewalld(IReadOnlyList<NftChain> chains)
{
    private const string Zone = "bridgenet",
        Out = "bridgenet-out",
        In = "bridgenet-in";

    /// <summary>Whether this class checks a chain: the forward chain of firewalld, and all chains of its tables in panic mode.</summary>
    public bool Has(NftChain chain) =>
        chain is { Family: NFPROTO_INET, Table: "firewalld" or "firewalld_policy_drop" }
        || (IsIptables(chain.Family) && IsForward(chain))
        || (chain.Family != NFPROTO_INET && PanicsWithIptables);

    /// <summary>Reports its panic mode, or the bridges of our networks without a rule in it.</summary>
    public IEnumerable<RuleDifference> Find(NetlinkConnection netlink, IReadOnlyList<FirewallNetwork> networks, Func<NftChain, bool> isOurs)
    {
        if (PanicsWithIptables || chains.Any(static chain => chain is { Family: NFPROTO_INET, Table: "firewalld_policy_drop" }))
            return [Difference("its panic mode drops every packet", "firewall-cmd --panic-off")];
        HashSet<string> unknown = [];
        NftChain[] blocking =
        [
            .. chains.Where(chain => IsForward(chain) && ForeignChains.Concerns(chain.Family, networks) && !isOurs(chain)),
        ];
        foreach (NftChain chain in blocking)
        {
            byte[][] rules = [.. NftTable.Rules(netlink, chain.Family, chain.Table).SelectMany(static some => some)];
            unknown.UnionWith(
                Bridges(
                    networks.Where(network =>
                        ForeignChains.Concerns(chain.Family, [network]) && !rules.Any(rule => ForeignChains.Names(rule, network))
                    )
                )
            );
        }
        // It accepts packets to a published port because their destination was translated; packets to a routed network have no translation.
        string[] routed = [.. blocking.Length > 0 && !HasPolicy(In) ? Bridges(networks.Where(IsRouted)) : []];
        if (unknown.Count > 0)
            return
            [
                Difference(
                    $"rejects packets of unknown interfaces, and has no rule for {string.Join(", ", unknown)}",
                    Advice(unknown, routed.Length > 0)
                ),
            ];
        return routed.Length > 0 && HasZone ? [Difference($"rejects packets to {string.Join(", ", routed)}", Advice([], true))] : [];
    }

    private static IEnumerable<string> Bridges(IEnumerable<FirewallNetwork> networks) =>
        networks.Select(static network => network.BridgeName);

    private bool HasZone => chains.Any(static chain => chain.Name is $"filter_FWD_{Zone}" or $"FWD_{Zone}");

    private bool HasPolicy(string policy) =>
        chains.Any(chain => chain.Name == $"filter_FWD_policy_{policy}" || chain.Name == $"FWD_{policy}");

    private static bool IsRouted(FirewallNetwork network) =>
        !network.Internal && network.Subnets.Any(static subnet => subnet.Mode is GatewayMode.Routed or GatewayMode.NatUnprotected);

    /// <summary>Whether a chain is firewalld's chain for forwarded packets.</summary>
    private bool IsForward(NftChain chain) =>
        chain is { Family: NFPROTO_INET, Table: "firewalld", Name: "filter_FORWARD" }
        || (chain is { Table: "filter", Name: "FORWARD" } && IsIptables(chain.Family));

    /// <summary>Whether firewalld has its rules of a family in the tables of iptables.</summary>
    private bool IsIptables(byte family) =>
        family is NFPROTO_IPV4 or NFPROTO_IPV6
        && chains.Any(chain => chain.Family == family && chain is { Table: "filter", Name: "FORWARD_ZONES" });

    // In panic mode it drops by the policies of all built-in chains, also those of ebtables.
    private bool PanicsWithIptables =>
        chains.Any(chain => chain is { Table: "raw", Name: "PREROUTING", Policy: NF_DROP } && IsIptables(chain.Family));

    private string Advice(IReadOnlyCollection<string> bridges, bool routed)
    {
        string add = string.Concat(bridges.Select(static bridge => $" --add-interface={bridge}"));
        List<string> commands = [];
        if (!HasZone)
            commands.Add($"--permanent --new-zone={Zone}");
        if (bridges.Count > 0)
            commands.Add($"--permanent --zone={Zone}{add}");
        int before = commands.Count;
        if (!HasPolicy(Out))
            commands.AddRange(Policy(Out, from: Zone, to: "ANY"));
        if (routed)
            commands.AddRange(Policy(In, from: "ANY", to: Zone));
        // Adding an interface needs no reload, which would remove rules of other tools.
        commands.Add(HasZone && commands.Count == before ? $"--zone={Zone}{add}" : "--reload");
        return string.Join("; ", commands.Select(static command => $"firewall-cmd {command}"));
    }

    private static string[] Policy(string name, string from, string to) =>
        [
            $"--permanent --new-policy={name}",
            $"--permanent --policy={name} --add-ingress-zone={from}",
            $"--permanent --policy={name} --add-egress-zone={to}",
            $"--permanent --policy={name} --set-target=ACCEPT",
        ];

    private static RuleDifference Difference(string actual, string advice) =>
        new("firewalld", "accepts packets of our networks", actual, advice, Foreign: true);
}
