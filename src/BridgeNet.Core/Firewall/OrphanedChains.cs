using System.Text;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Removes our chains from the tables of iptables through nf_tables, if iptables itself is not installed any more or fails. The current
/// programs of iptables store their tables in nf_tables, where they stay after the programs are uninstalled. The admin's chain stays while
/// it has rules.
/// </summary>
internal static class OrphanedChains
{
    private static readonly byte[] s_families = [NFPROTO_IPV4, NFPROTO_IPV6];

    /// <summary>Deletes the jumps to our chains, then the chains; the rest of the tables is not changed.</summary>
    public static void Remove(NetlinkConnection netlink)
    {
        IReadOnlyList<NftChain> chains = NftTable.Chains(netlink);
        foreach (byte family in s_families)
        {
            foreach (
                IGrouping<string, NftChain> table in chains.Where(chain => chain.Family == family).GroupBy(static chain => chain.Table)
            )
            {
                NftChain[] ours =
                [
                    .. table.Where(chain =>
                        chain.Name.StartsWith("BRIDGENET-", StringComparison.Ordinal)
                        && (chain.Name != IptablesRendering.User || !NftTable.HandledRules(netlink, family, table.Key, chain.Name).Any())
                    ),
                ];
                if (ours.Length == 0)
                    continue;
                NftBatch batch = new(table.Key, family);
                foreach (NftChain other in table.Except(ours))
                {
                    foreach ((ulong handle, byte[] expressions) in NftTable.HandledRules(netlink, family, table.Key, other.Name))
                    {
                        if (ours.Any(chain => expressions.AsSpan().IndexOf(Encoding.ASCII.GetBytes(chain.Name + "\0")) >= 0))
                            batch.DeleteRule(other.Name, handle);
                    }
                }
                batch.FlushChains([.. ours.Select(static chain => chain.Name)]);
                foreach (NftChain chain in ours)
                    batch.DeleteChain(chain.Name);
                batch.Commit(netlink, $"nft -f (table {table.Key}, our chains)");
            }
        }
    }
}
