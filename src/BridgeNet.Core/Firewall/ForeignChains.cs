using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Chains of others that stop whatever they do not know. In nf_tables an accept ends one base chain only, so a packet that
/// ours lets through is still stopped by theirs.
/// </summary>
internal static class ForeignChains
{
    // As nft writes them: a number and how many of its bits count.
    private static readonly string s_groups = $"{InterfaceGroup.Ours}/{BitOperations.PopCount(InterfaceGroup.Mask)}";

    /// <summary>Base chains of the forward hook that drop or refuse what no rule of theirs lets through, in tables without a rule that names our networks.</summary>
    /// <param name="netlink">An nfnetlink socket.</param>
    /// <param name="chains">All chains.</param>
    /// <param name="networks">Our networks.</param>
    /// <param name="isOurs">Tells the chains that our own rules are in, or are reached from.</param>
    public static IEnumerable<RuleDifference> Find(NetlinkConnection netlink, IEnumerable<NftChain> chains, IReadOnlyList<FirewallNetwork> networks, Func<NftChain, bool> isOurs)
    {
        foreach (NftChain chain in chains.Where(chain => chain is { Type: "filter", Hook: NF_INET_FORWARD, Family: NFPROTO_INET or NFPROTO_IPV4 or NFPROTO_IPV6 or NFPROTO_BRIDGE } && Concerns(chain, networks) && !isOurs(chain)))
        {
            ILookup<string, byte[]> rules = NftTable.Rules(netlink, chain.Family, chain.Table);
            bool drops = chain.Policy == NF_DROP;
            if (!(drops || rules[chain.Name].Any(NftTable.StopsAll)) || rules.SelectMany(static some => some).Any(rule => Names(rule, networks)))
                continue;
            yield return new($"nft table {Family(chain)} {chain.Table}, chain {chain.Name}", "lets our networks through",
                $"{(drops ? "policy drop" : "a rule that stops all the rest")}, and no rule for our networks", Advice(chain, networks), Foreign: true);
        }
    }

    // What an IPv6-only network bridges of IPv4 is nobody's loss.
    private static bool Concerns(NftChain chain, IReadOnlyList<FirewallNetwork> networks) => chain.Family switch
    {
        NFPROTO_IPV4 => networks.Any(static network => network.Subnet(System.Net.Sockets.AddressFamily.InterNetwork) is not null),
        NFPROTO_IPV6 => networks.Any(static network => network.Subnet(System.Net.Sockets.AddressFamily.InterNetworkV6) is not null),
        _ => networks.Count > 0,
    };

    private static string Advice(NftChain chain, IReadOnlyList<FirewallNetwork> networks)
    {
        string insert = $"nft insert rule {Family(chain)} {chain.Table} {chain.Name}";
        return chain switch
        {
            // iptables reads no rules but its own in a table of its own.
            { Table: "filter", Name: "FORWARD", Family: NFPROTO_IPV4 } => LegacyIptables.Advice("iptables"),
            { Table: "filter", Name: "FORWARD", Family: NFPROTO_IPV6 } => LegacyIptables.Advice("ip6tables"),
            { Family: NFPROTO_BRIDGE } => string.Join("; ", networks.Select(network => $"{insert} meta ibrname {network.BridgeName} accept")),
            _ => $"{insert} iifgroup {s_groups} accept; {insert} oifgroup {s_groups} accept",
        };
    }

    private static string Family(NftChain chain) => chain.Family switch
    {
        NFPROTO_IPV4 => "ip",
        NFPROTO_IPV6 => "ip6",
        NFPROTO_BRIDGE => "bridge",
        _ => "inet",
    };

    /// <summary>Whether a rule compares with one of our interface groups or bridges, looked up by its bytes: what it does then is its owner's business.</summary>
    private static bool Names(byte[] rule, IReadOnlyList<FirewallNetwork> networks) =>
        MemoryMarshal.Cast<byte, uint>(rule).ToArray().Any(static number => (number & InterfaceGroup.Mask) == InterfaceGroup.Ours)
        || networks.Any(network => rule.AsSpan().IndexOf(Encoding.ASCII.GetBytes(network.BridgeName)) >= 0);
}
