using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using BridgeNet.Kernel;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Foreign chains that drop all packets they have no rule for. In nf_tables, an accept ends only one base chain, so a foreign chain can
/// drop a packet that ours accepts.
/// </summary>
internal static class ForeignChains
{
    // As nft writes a group: the number, and the length of its mask.
    private static readonly string s_groups = $"{InterfaceGroup.Ours}/{BitOperations.PopCount(InterfaceGroup.Mask)}";

    /// <summary>Base chains that drop or reject all packets without a matching rule, in tables without a rule for our networks.</summary>
    /// <param name="netlink">An nfnetlink socket.</param>
    /// <param name="chains">All chains.</param>
    /// <param name="networks">Our networks.</param>
    /// <param name="isOurs">Whether a chain contains our rules, or calls them.</param>
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
            // The tables of iptables also contain rules of ours.
            IEnumerable<byte[]> theirs = rules
                .Where(static some => !some.Key.StartsWith("BRIDGENET-", StringComparison.Ordinal))
                .SelectMany(static some => some);
            bool drops = chain.Policy == NF_DROP;
            if (!(drops || rules[chain.Name].Any(NftHeldRule.StopsAll)) || theirs.Any(rule => Names(rule, networks)))
                continue;
            yield return new(
                $"nft table {NftTable.FamilyName(chain.Family)} {chain.Table}, chain {chain.Name}",
                "accepts packets of our networks",
                $"{(drops ? "policy drop" : "a rule that stops all other packets")}, and no rule for our networks",
                Advice(chain, networks),
                Foreign: true
            );
        }
    }

    /// <summary>Whether packets of our networks pass the chain on their way through the host.</summary>
    private static bool IsPassed(NftChain chain) =>
        chain
            is {
                Type: "filter",
                Hook: NF_INET_PRE_ROUTING or NF_INET_FORWARD,
                Family: NFPROTO_INET or NFPROTO_IPV4 or NFPROTO_IPV6 or NFPROTO_BRIDGE
            };

    /// <summary>
    /// Whether the networks have packets of a family. IPv4 packets that the bridge of an IPv6-only network forwards do not matter.
    /// </summary>
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
        // Before routing, the outgoing interface is unknown.
        bool routed = chain.Hook == NF_INET_FORWARD;
        return chain switch
        {
            // iptables cannot read other rules than its own in its tables.
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

    /// <summary>
    /// Whether a rule compares with one of our interface groups or bridges; it is searched for their bytes. What such a rule does is the
    /// decision of its owner.
    /// </summary>
    public static bool Names(byte[] rule, params IReadOnlyList<FirewallNetwork> networks) =>
        MemoryMarshal.Cast<byte, uint>(rule).ToArray().Any(static number => (number & InterfaceGroup.Mask) == InterfaceGroup.Ours)
        || networks.Any(network => rule.AsSpan().IndexOf(Encoding.ASCII.GetBytes(network.BridgeName + "\0")) >= 0);
}
