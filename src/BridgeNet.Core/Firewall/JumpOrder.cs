using BridgeNet.Changes;

namespace BridgeNet.Firewall;

/// <summary>
/// Whether our jumps stand well in a built-in chain; pure. Those of <c>filter FORWARD</c> must be first: behind them others
/// accept and drop what they do not know. In the tables that translate, another rule may stand ahead when it is shown that
/// the order changes no packet's way; in doubt it changes one.
/// </summary>
internal static class JumpOrder
{
    /// <summary>More pairs of rules than this are not compared: then it is in doubt.</summary>
    private const int Limit = 1_000_000;

    /// <summary>Targets after which a packet goes on to the next rule.</summary>
    private static readonly HashSet<string> s_passing = ["LOG", "NFLOG", "TRACE", "CT", "NOTRACK"];

    /// <summary>Those of the mangle table that write what no rule of ours there asks for, or what ours writes afterwards.</summary>
    private static readonly HashSet<string> s_writing = ["MARK", "CONNMARK", "TCPMSS", "DSCP", "TOS", "TTL", "HL", "CLASSIFY"];

    /// <summary>Whether our jumps are there once each and in their order, with nothing ahead of them that matters.</summary>
    public static bool Holds(IptablesSaved saved, string table, string chain, string[] jumps) =>
        saved.Rules(table, chain).Where(jumps.Contains).SequenceEqual(jumps) && InTheWay(saved, table, chain, jumps) is null;

    /// <summary>The first rule ahead of the last of our jumps that may change what becomes of our packets; null when there is none.</summary>
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

    /// <summary>What a rule, and the rules of the chain that it jumps to, may do to a packet, and to which.</summary>
    private static IEnumerable<Step> Steps(IptablesSaved saved, string table, string rule, RuleMatches? above = null)
    {
        RuleMatches matches = RuleMatches.Read(rule, above, out string target);
        string name = target.Split(' ')[0];
        if (saved.Has(table, name))
            return saved.Rules(table, name).SelectMany(inner => Steps(saved, table, inner, matches));
        // A return out of a chain of theirs leads on to the rules after it; out of a built-in one it leads to its policy.
        return name.Length == 0 || s_passing.Contains(name) || (name == "RETURN" && above is not null) ? [] : [new Step(matches, target)];
    }

    /// <param name="Matches">Which packets.</param>
    /// <param name="Target">What becomes of them, with its options.</param>
    private readonly record struct Step(RuleMatches Matches, string Target)
    {
        public string Name => Target.Split(' ')[0];
    }
}
