namespace BridgeNet.Firewall;

/// <summary>
/// Decides whether our jumps have an acceptable position in a built-in chain; pure. Those in <c>filter FORWARD</c> must be first: foreign
/// rules before them may accept or drop any packet. In the other tables, a foreign rule may come first if the order provably changes the
/// result for no packet.
/// </summary>
internal static class JumpOrder
{
    /// <summary>With more pairs of rules to compare than this, the order counts as wrong.</summary>
    private const int Limit = 1_000_000;

    /// <summary>Targets after which a packet continues with the next rule.</summary>
    private static readonly HashSet<string> s_passing = ["LOG", "NFLOG", "TRACE", "CT", "NOTRACK"];

    /// <summary>Targets of the mangle table that write values which our rules there do not match, or overwrite afterwards.</summary>
    private static readonly HashSet<string> s_writing = ["MARK", "CONNMARK", "TCPMSS", "DSCP", "TOS", "TTL", "HL", "CLASSIFY"];

    /// <summary>Whether each jump exists once, in order, with no relevant foreign rule before it.</summary>
    public static bool Holds(IptablesSaved saved, string table, string chain, string[] jumps) =>
        saved.Rules(table, chain).Where(jumps.Contains).SequenceEqual(jumps) && InTheWay(saved, table, chain, jumps) is null;

    /// <summary>The first rule before the last of our jumps that may change the result for our packets; null if there is none.</summary>
    public static string? InTheWay(IptablesSaved saved, string table, string chain, string[] jumps)
    {
        string[] ahead = [.. saved.Rules(table, chain).TakeWhile(rule => rule != jumps[^1]).Where(rule => !jumps.Contains(rule))];
        if (ahead.Length == 0 || table == "filter")
            return ahead.FirstOrDefault();
        Step[] ours = [.. jumps.SelectMany(jump => Steps(saved, table, jump))];
        return ahead.FirstOrDefault(rule =>
            !Commute([.. Steps(saved, table, rule).Where(step => table != "mangle" || !s_writing.Contains(step.Name))], ours)
        );
    }

    private static bool Commute(Step[] theirs, Step[] ours) =>
        (long)theirs.Length * ours.Length <= Limit
        && theirs.All(one => ours.All(other => one.Target == other.Target || one.Matches.IsDisjointFrom(other.Matches)));

    /// <summary>What a rule, and the rules of the chain that it jumps to, can do to packets, and to which ones.</summary>
    private static IEnumerable<Step> Steps(IptablesSaved saved, string table, string rule, RuleMatches? above = null)
    {
        RuleMatches matches = RuleMatches.Read(rule, above, out string target);
        string name = target.Split(' ')[0];
        if (saved.Has(table, name))
            return saved.Rules(table, name).SelectMany(inner => Steps(saved, table, inner, matches));
        // RETURN in a called chain continues after the jump; in a built-in chain it applies the policy.
        return name.Length == 0 || s_passing.Contains(name) || (name == "RETURN" && above is not null) ? [] : [new Step(matches, target)];
    }

    /// <param name="Matches">The packets.</param>
    /// <param name="Target">The target, with its options.</param>
    private readonly record struct Step(RuleMatches Matches, string Target)
    {
        public string Name => Target.Split(' ')[0];
    }
}
