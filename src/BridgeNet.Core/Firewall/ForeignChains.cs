using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using BridgeNet.Kernel;
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

    /// <summary>Base chains that drop or refuse what no rule of theirs lets through, in tables without a rule that names our networks.</summary>
    /// <param name="netlink">An nfnetlink socket.</param>
    /// <param name="chains">All chains.</param>
    /// <param name="networks">Our networks.</param>
    /// <param name="isOurs">Says which chains our own rules are in, or are reached from.</param>
    public static IEnumerable<RuleDifference> Find(
        NetlinkConnection netlink,
        IReadOnlyList<NftChain> chains,
        IReadOnlyList<FirewallNetwork> networks,
        Func<NftChain, bool> isOurs
    )
    {
        Firewalld firewalld = new(chains);
        foreach (RuleDifference difference in firewalld.Find(netlink, networks, isOurs))
            yield return difference;
        foreach (
            NftChain chain in chains.Where(chain =>
                IsPassed(chain)
                && Concerns(chain.Family, networks)
                && !isOurs(chain)
                && !AntiSpoofPlan.IsOurs(chain)
                && !firewalld.Has(chain)
            )
        )
        {
            ILookup<string, byte[]> rules = NftTable.Rules(netlink, chain.Family, chain.Table);
            // In iptables' tables there are rules of ours too.
            IEnumerable<byte[]> theirs = rules
                .Where(static some => !some.Key.StartsWith("BRIDGENET-", StringComparison.Ordinal))
                .SelectMany(static some => some);
            bool drops = chain.Policy == NF_DROP;
            if (!(drops || rules[chain.Name].Any(NftTable.StopsAll)) || theirs.Any(rule => Names(rule, networks)))
                continue;
            yield return new(
                $"nft table {NftTable.FamilyName(chain.Family)} {chain.Table}, chain {chain.Name}",
                "lets our networks through",
                $"{(drops ? "policy drop" : "a rule that stops all the rest")}, and no rule for our networks",
                Advice(chain, networks),
                Foreign: true
            );
        }
    }

    /// <summary>Whether packets of our networks pass it on their way through the host.</summary>
    private static bool IsPassed(NftChain chain) =>
        chain
            is {
                Type: "filter",
                Hook: NF_INET_PRE_ROUTING or NF_INET_FORWARD,
                Family: NFPROTO_INET or NFPROTO_IPV4 or NFPROTO_IPV6 or NFPROTO_BRIDGE
            };

    /// <summary>Whether networks have packets of a family. What an IPv6-only network bridges of IPv4 is nobody's loss.</summary>
    public static bool Concerns(byte family, IReadOnlyList<FirewallNetwork> networks) =>
        family switch
        {
            NFPROTO_IPV4 => networks.Any(static network => network.Subnet(System.Net.Sockets.AddressFamily.InterNetwork) is not null),
            NFPROTO_IPV6 => networks.Any(static network => network.Subnet(System.Net.Sockets.AddressFamily.InterNetworkV6) is not null),
            _ => networks.Count > 0,
        };

    private static string Advice(NftChain chain, IReadOnlyList<FirewallNetwork> networks)
    {
        string insert = $"nft insert rule {NftTable.FamilyName(chain.Family)} {chain.Table} {chain.Name}";
        // Ahead of routing it is not known yet where a packet leaves.
        bool routed = chain.Hook == NF_INET_FORWARD;
        return chain switch
        {
            // iptables reads no rules but its own in a table of its own.
            { Table: "filter" or "mangle" or "raw" or "security", Family: NFPROTO_IPV4 } => LegacyIptables.Advice(
                "iptables",
                chain.Table,
                chain.Name
            ),
            { Table: "filter" or "mangle" or "raw" or "security", Family: NFPROTO_IPV6 } => LegacyIptables.Advice(
                "ip6tables",
                chain.Table,
                chain.Name
            ),
            { Family: NFPROTO_BRIDGE } => string.Join(
                "; ",
                networks.Select(network => $"{insert} meta ibrname {network.BridgeName} accept")
            ),
            _ => $"{insert} iifgroup {s_groups} accept{(routed ? $"; {insert} oifgroup {s_groups} accept" : "")}",
        };
    }

    /// <summary>Whether a rule compares with one of our interface groups or bridges, looked up by its bytes: what it does then is its owner's business.</summary>
    public static bool Names(byte[] rule, params IReadOnlyList<FirewallNetwork> networks) =>
        MemoryMarshal.Cast<byte, uint>(rule).ToArray().Any(static number => (number & InterfaceGroup.Mask) == InterfaceGroup.Ours)
        || networks.Any(network => rule.AsSpan().IndexOf(Encoding.ASCII.GetBytes(network.BridgeName + "\0")) >= 0);
}
