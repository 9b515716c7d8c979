using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// What of iptables no packet comes to: a table that nft has put to sleep, and a built-in chain that is there without its hook. Its own programs
/// print both as if all were well.
/// </summary>
internal static class UncalledChains
{
    private static readonly HashSet<string> s_builtIn = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    /// <summary>What there is of it in the tables that a plan has rules in.</summary>
    public static IEnumerable<RuleDifference> Find(NetlinkConnection netlink, IptablesPlan plan)
    {
        // The older variant's tables are not of nf_tables.
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
                        "awake",
                        "dormant, so no packet comes to it",
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
                        "without a hook, so no packet comes to it",
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
