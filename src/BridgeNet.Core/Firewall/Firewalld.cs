using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// firewalld, known by its chains. It refuses what comes from interfaces of which it knows nothing, its rules are made anew by
/// each reload, and newer ones let nobody else into its table: so what to do is said in <c>firewall-cmd</c>'s words.
/// </summary>
/// <param name="chains">All chains.</param>
internal sealed class Firewalld(IReadOnlyList<NftChain> chains)
{
    private const string Zone = "bridgenet",
        Out = "bridgenet-out",
        In = "bridgenet-in";

    /// <summary>Whether a chain is judged here: the one that forwarded packets pass, and in panic mode all of its tables.</summary>
    public bool Has(NftChain chain) =>
        chain is { Family: NFPROTO_INET, Table: "firewalld" or "firewalld_policy_drop" }
        || (IsIptables(chain.Family) && IsForward(chain))
        || (chain.Family != NFPROTO_INET && PanicsWithIptables);

    /// <summary>Its panic mode, or the bridges of our networks that it has no rule for.</summary>
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
        // What comes in to a published port is let through by it because it was translated; what is routed was not.
        string[] routed = [.. blocking.Length > 0 && !HasPolicy(In) ? Bridges(networks.Where(IsRouted)) : []];
        if (unknown.Count > 0)
            return
            [
                Difference(
                    $"refuses what it does not know, and no rule for {string.Join(", ", unknown)}",
                    Advice(unknown, routed.Length > 0)
                ),
            ];
        return routed.Length > 0 && HasZone ? [Difference($"refuses what comes in to {string.Join(", ", routed)}", Advice([], true))] : [];
    }

    private static IEnumerable<string> Bridges(IEnumerable<FirewallNetwork> networks) =>
        networks.Select(static network => network.BridgeName);

    private bool HasZone => chains.Any(static chain => chain.Name is $"filter_FWD_{Zone}" or $"FWD_{Zone}");

    private bool HasPolicy(string policy) =>
        chains.Any(chain => chain.Name == $"filter_FWD_policy_{policy}" || chain.Name == $"FWD_{policy}");

    private static bool IsRouted(FirewallNetwork network) =>
        !network.Internal && network.Subnets.Any(static subnet => subnet.Mode is GatewayMode.Routed or GatewayMode.NatUnprotected);

    /// <summary>Whether a chain is the one of its that forwarded packets pass.</summary>
    private bool IsForward(NftChain chain) =>
        chain is { Family: NFPROTO_INET, Table: "firewalld", Name: "filter_FORWARD" }
        || (chain is { Table: "filter", Name: "FORWARD" } && IsIptables(chain.Family));

    /// <summary>Whether its rules of a family are in iptables' tables.</summary>
    private bool IsIptables(byte family) =>
        family is NFPROTO_IPV4 or NFPROTO_IPV6
        && chains.Any(chain => chain.Family == family && chain is { Table: "filter", Name: "FORWARD_ZONES" });

    // It drops by the policies of all built-in chains then, those of ebtables too.
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
        // A new interface needs no reload, which would take the rules of others along.
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
        new("firewalld", "lets our networks through", actual, advice, Foreign: true);
}
