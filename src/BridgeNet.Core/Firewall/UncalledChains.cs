using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Tables and chains of iptables that get no packets: a dormant nf_tables table, and a built-in chain without its hook. The programs of
/// iptables print both as if they were active.
/// </summary>
internal static class UncalledChains
{
    private static readonly HashSet<string> s_builtIn = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    /// <summary>The findings in the tables of a plan.</summary>
    public static IEnumerable<RuleDifference> Find(NetlinkConnection netlink, IptablesPlan plan)
    {
        // The tables of the legacy variant are not in nf_tables.
        if (
            SystemProgram.Find($"{plan.Program}-restore") is { } program
            && File.ResolveLinkTarget(program, returnFinalTarget: true)?.Name.Contains("legacy", StringComparison.Ordinal) == true
        )
            return [];
        try
        {
            byte family = plan == IptablesPlan.IPv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
            string words = NftTable.FamilyName(family);
            return
            [
                .. NftTable
                    .Dormant(netlink, family)
                    .Where(IptablesPlan.Tables.Contains)
                    .Select(table => new RuleDifference(
                        $"{plan.Program}, table {table}",
                        "active",
                        "dormant, so it gets no packets",
                        $"nft add table {words} {table}",
                        Foreign: true
                    )),
                .. NftTable
                    .Chains(netlink, family)
                    .Where(static chain =>
                        chain.Hook is null && s_builtIn.Contains(chain.Name) && IptablesPlan.Tables.Contains(chain.Table)
                    )
                    .Select(chain => new RuleDifference(
                        $"{plan.Program}, table {chain.Table}, chain {chain.Name}",
                        "called by the kernel",
                        "without a hook, so it gets no packets",
                        $"remove the chain {chain.Name} from the nft table {words} {chain.Table} (nft -a list table {words} {chain.Table}), then repair again",
                        Foreign: true
                    )),
            ];
        }
        catch (NetlinkException)
        {
            return []; // a kernel without nf_tables has none of it
        }
    }
}
