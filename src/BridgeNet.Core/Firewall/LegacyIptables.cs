using BridgeNet.Kernel;

namespace BridgeNet.Firewall;

/// <summary>
/// The rules of the legacy variant of iptables, which neither nft nor the nf_tables variant shows: the kernel applies both, and a packet
/// that one of them drops cannot be accepted by the other.
/// </summary>
internal static class LegacyIptables
{
    /// <summary>Its FORWARD chains that drop or reject all packets without a matching rule, and have no rule for our networks.</summary>
    public static IEnumerable<RuleDifference> Find(IReadOnlyList<FirewallNetwork> networks)
    {
        foreach (
            (IptablesFamily family, string program, string tables) in ((IptablesFamily, string, string)[])
                [(IptablesFamily.IPv4, "iptables-legacy", "ip_tables_names"), (IptablesFamily.IPv6, "ip6tables-legacy", "ip6_tables_names")]
        )
        {
            if (
                !networks.Any(network => network.Subnet(family.Family) is not null)
                || !HasFilter($"/proc/thread-self/net/{tables}")
                || !IptablesProgram.Has($"{program}-save")
            )
                continue;
            (int code, string output, _) = IptablesProgram.Run($"{program}-save", "", "-t", "filter");
            if (code == 0 && Stops(IptablesSaved.Parse(output), networks) is { } how)
                yield return new(
                    $"{program} filter FORWARD",
                    "accepts packets of our networks",
                    $"{how}, and no rule for our networks",
                    Advice(program),
                    Foreign: true
                );
        }
    }

    /// <summary>
    /// The rules that the owner of a built-in chain can add to accept our networks' packets; the isolation stays, because our rules apply
    /// as well.
    /// </summary>
    public static string Advice(string program, string table = "filter", string chain = "FORWARD")
    {
        string begin = $"{program} {(table == "filter" ? "" : $"-t {table} ")}";
        string from = $"-m devgroup --src-group {GroupMatch.Any} -j ACCEPT",
            to = $"-m devgroup --dst-group {GroupMatch.Any} -j ACCEPT";
        // Before routing, the outgoing interface is unknown; and a rule at the start would come before ours.
        return chain == "FORWARD" ? $"{begin}-I FORWARD {from}; {begin}-I FORWARD {to}" : $"{begin}-A {chain} {from}";
    }

    /// <summary>Whether the legacy variant has any table of a family, by the name of its program.</summary>
    public static bool HasTables(string program) =>
        Tables($"/proc/thread-self/net/{(program == IptablesFamily.IPv6.Program ? "ip6_tables_names" : "ip_tables_names")}").Length > 0;

    /// <summary>
    /// Whether a filter table exists in the calling thread's namespace. The program would create the table when asked for it; the file
    /// lists only existing ones.
    /// </summary>
    private static bool HasFilter(string names) => Tables(names).Contains("filter");

    private static string[] Tables(string names)
    {
        try
        {
            return File.Exists(names) ? File.ReadAllLines(names) : [];
        }
        catch (UnauthorizedAccessException)
        {
            // In a user namespace, the file belongs to the machine's root (linux/net/netfilter/x_tables.c: xt_proto_init).
            return [];
        }
    }

    /// <summary>
    /// How its FORWARD chain blocks our networks; null if it does not, or has a rule that names them, which is its owner's decision.
    /// </summary>
    internal static string? Stops(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks)
    {
        string? how =
            saved.Policy("filter", "FORWARD") == "DROP" ? "policy DROP"
            : saved
                .Rules("filter", "FORWARD")
                .FirstOrDefault(static rule => rule is "-j DROP" || rule.StartsWith("-j REJECT", StringComparison.Ordinal))
                is { } rule
                ? $"the rule {rule}"
            : null;
        return
            how is null
            || saved
                .Rules("filter")
                .Any(rule =>
                    rule.Contains($"-group 0x{InterfaceGroup.Ours >> 12:x}", StringComparison.Ordinal)
                    || networks.Any(network => rule.Split(' ').Contains(network.BridgeName))
                )
            ? null
            : how;
    }
}
