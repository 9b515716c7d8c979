namespace BridgeNet.Firewall;

/// <summary>A rule of one of our chains, in the words that follow <c>-A CHAIN</c>.</summary>
internal readonly record struct IptablesRule(string Table, string Chain, string Spec);

/// <summary>
/// The rules in iptables' words, and the <c>iptables-restore --noflush</c> scripts that change them; pure.
/// Isolation is constant in size; a network adds two rules.
/// </summary>
internal static class IptablesPlan
{
    public const string User = "BRIDGENET-USER", Forward = "BRIDGENET-FORWARD", Stage1 = "BRIDGENET-ISOLATION-STAGE-1", Stage2 = "BRIDGENET-ISOLATION-STAGE-2";
    public const string Postrouting = "BRIDGENET-POSTROUTING";
    private const string Filter = "filter", Nat = "nat";

    private static readonly string s_in = $"-m devgroup --src-group 0x{InterfaceGroup.Id:x}", s_out = $"-m devgroup --dst-group 0x{InterfaceGroup.Id:x}";

    /// <summary>Our chains by table. The admin's is not among them: it is made once and never touched again.</summary>
    private static readonly (string Table, string[] Chains)[] s_chains = [(Filter, [Forward, Stage1, Stage2]), (Nat, [Postrouting])];

    /// <summary>The jumps at the head of built-in chains, in order.</summary>
    private static readonly (string Table, string Chain, string[] Targets)[] s_jumps = [(Filter, "FORWARD", [User, Forward]), (Nat, "POSTROUTING", [Postrouting])];

    private static readonly IptablesRule[] s_base =
    [
        // Replies first, so that only a connection's first packet walks on; of our networks alone, for others' are not ours to accept.
        new(Filter, Forward, $"{s_in} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
        new(Filter, Forward, $"{s_out} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
        new(Filter, Forward, $"{s_in} -j {Stage1}"),
        new(Filter, Forward, $"{s_in} -j ACCEPT"),
        new(Filter, Forward, $"{s_out} -j DROP"),
        new(Filter, Stage1, $"-j {Stage2}"),
        new(Filter, Stage2, $"{s_out} -j DROP"),
    ];

    /// <summary>The rules of one network, each to stand ahead of its chain's constant ones.</summary>
    public static IReadOnlyList<IptablesRule> RulesOf(FirewallNetwork network) =>
    [
        // Traffic within a bridge comes by here when bridge-nf-call-iptables is 1; it goes ahead of stage 2.
        new(Filter, Stage1, $"-i {network.BridgeName} -o {network.BridgeName} -j ACCEPT"),
        .. network.Masquerade ? (IptablesRule[])[new(Nat, Postrouting, $"-s {network.Subnet} ! -o {network.BridgeName} -j MASQUERADE")] : [],
    ];

    /// <summary>The script that takes out the rules of some networks and puts in those of others.</summary>
    public static string Change(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add) => Script(
    [
        .. remove.SelectMany(RulesOf).Select(static rule => (rule.Table, $"-D {rule.Chain} {rule.Spec}")),
        .. add.SelectMany(RulesOf).Select(static rule => (rule.Table, $"-I {rule.Chain} {rule.Spec}")),
    ]);

    /// <summary>The script that leaves the rules of exactly these networks; empty when there is nothing to do.</summary>
    public static string Rebuild(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks) =>
        networks.Count == 0 ? Clean(saved) : Script(
        [
            .. saved.Has(Filter, User) ? ((string, string)[])[] : [(Filter, $":{User} - [0:0]")],
            // Naming a chain makes it, or empties it.
            .. s_chains.SelectMany(static table => table.Chains.Select(chain => (table.Table, $":{chain} - [0:0]"))),
            .. networks.SelectMany(RulesOf).Concat(s_base).Select(static rule => (rule.Table, $"-A {rule.Chain} {rule.Spec}")),
            .. s_jumps.SelectMany(jump => Jumps(saved, jump.Table, jump.Chain, jump.Targets)),
        ]);

    private static string Clean(IptablesSaved saved)
    {
        bool keepUser = saved.Rules(Filter, User).Count > 0;
        List<(string, string)> lines = [];
        foreach ((string table, string chain, string[] targets) in s_jumps)
            lines.AddRange(Remove(saved, table, chain, [.. targets.Where(target => target != User || !keepUser)]));
        (string Table, string Chain)[] own = [.. s_chains.SelectMany(static table => table.Chains.Select(chain => (table.Table, chain))), .. keepUser ? ((string, string)[])[] : [(Filter, User)]];
        own = [.. own.Where(chain => saved.Has(chain.Table, chain.Chain))];
        lines.AddRange(own.Select(static chain => (chain.Table, $"-F {chain.Chain}")));
        lines.AddRange(own.Select(static chain => (chain.Table, $"-X {chain.Chain}")));
        return Script(lines);
    }

    /// <summary>Puts the jumps at the head, in order and once each; nothing when they are so.</summary>
    private static IEnumerable<(string, string)> Jumps(IptablesSaved saved, string table, string chain, string[] targets)
    {
        IReadOnlyList<string> rules = saved.Rules(table, chain);
        string[] wanted = [.. targets.Select(static target => $"-j {target}")];
        return rules.Take(wanted.Length).SequenceEqual(wanted) && rules.Count(wanted.Contains) == wanted.Length
            ? []
            : [.. Remove(saved, table, chain, targets), .. wanted.Reverse().Select(jump => (table, $"-I {chain} 1 {jump}"))];
    }

    private static IEnumerable<(string, string)> Remove(IptablesSaved saved, string table, string chain, string[] targets) =>
        saved.Rules(table, chain).Where(rule => targets.Any(target => rule == $"-j {target}")).Select(rule => (table, $"-D {chain} {rule}"));

    private static string Script(IReadOnlyList<(string Table, string Line)> lines) => string.Concat(lines
        .GroupBy(static line => line.Table, static line => line.Line)
        .Select(static table => $"*{table.Key}\n{string.Join('\n', table)}\nCOMMIT\n"));
}
