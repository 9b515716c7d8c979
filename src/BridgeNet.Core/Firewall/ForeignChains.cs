using System.Text;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Chains of others that drop whatever they do not know. In nf_tables an accept ends one base chain only, so a packet that
/// ours lets through is still dropped by theirs.
/// </summary>
internal static class ForeignChains
{
    // As nft writes both groups: a number and how many of its bits count.
    private static readonly string s_groups = $"{InterfaceGroup.IPv4Only}/31";

    /// <summary>Base chains of the forward hook whose policy is drop and none of whose rules names our networks.</summary>
    /// <param name="netlink">An nfnetlink socket.</param>
    /// <param name="chains">All chains.</param>
    /// <param name="networks">Our networks.</param>
    /// <param name="isOurs">Tells the chains that our own rules are in, or are reached from.</param>
    public static IEnumerable<RuleDifference> Find(NetlinkConnection netlink, IEnumerable<NftChain> chains, IReadOnlyList<FirewallNetwork> networks, Func<NftChain, bool> isOurs)
    {
        foreach (NftChain chain in chains.Where(chain => chain is { Type: "filter", Hook: NF_INET_FORWARD, Policy: NF_DROP, Family: NFPROTO_INET or NFPROTO_IPV4 or NFPROTO_IPV6 } && !isOurs(chain)))
        {
            IReadOnlyList<byte[]> rules = NftTable.Rules(netlink, chain.Family, chain.Table, chain.Name) ?? [];
            if (rules.Any(rule => Names(rule, networks)))
                continue;
            string family = chain.Family switch
            {
                NFPROTO_IPV4 => "ip",
                NFPROTO_IPV6 => "ip6",
                _ => "inet",
            };
            yield return new($"nft table {family} {chain.Table}, chain {chain.Name}", "lets our networks through", "policy drop, and no rule for our networks",
                $"nft insert rule {family} {chain.Table} {chain.Name} iifgroup {s_groups} accept; nft insert rule {family} {chain.Table} {chain.Name} oifgroup {s_groups} accept",
                Foreign: true);
        }
    }

    /// <summary>Whether a rule compares with one of our interface groups or bridges, looked up by its bytes: what it does then is its owner's business.</summary>
    private static bool Names(byte[] rule, IReadOnlyList<FirewallNetwork> networks) =>
        rule.AsSpan().IndexOf(BitConverter.GetBytes(InterfaceGroup.IPv4Only)) >= 0
        || rule.AsSpan().IndexOf(BitConverter.GetBytes(InterfaceGroup.WithIPv6)) >= 0
        || networks.Any(network => rule.AsSpan().IndexOf(Encoding.ASCII.GetBytes(network.BridgeName)) >= 0)
        // A set of its own, whose elements are not looked into.
        || rule.AsSpan().IndexOf("group"u8) >= 0;
}
