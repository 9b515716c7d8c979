using static BridgeNet.Firewall.IptablesRendering;

namespace BridgeNet.Firewall;

/// <summary>
/// The <c>iptables-restore --noflush</c> scripts that change the rules of <see cref="IptablesRendering"/>, and the comparison of these
/// rules with the tables, for one address family; pure.
/// </summary>
internal sealed class IptablesPlan
{
    /// <summary>The actual value of a chain or rule that does not exist.</summary>
    public const string Missing = "missing";

    public static readonly IptablesPlan IPv4 = new(IptablesFamily.IPv4),
        IPv6 = new(IptablesFamily.IPv6);

    public static readonly IReadOnlyList<IptablesPlan> Both = [IPv4, IPv6];

    /// <summary>
    /// Rules to check in place of all shared ones: <c>iptables -F</c> removes these jumps, but not the chains with the rules of networks.
    /// </summary>
    private static readonly (string Table, string Jump)[] s_checks =
    [
        (FilterTable, $"FORWARD -j {Forward}"),
        (NatTable, $"POSTROUTING -j {Postrouting}"),
        (MangleTable, $"PREROUTING -j {Source}"),
    ];

    /// <summary>The tables that contain our rules.</summary>
    public static IReadOnlySet<string> Tables { get; } = new HashSet<string> { FilterTable, NatTable, RawTable, MangleTable };

    private readonly IptablesFamily _family;
    private readonly IptablesRendering _rendering;

    /// <summary>The jumps at the start of built-in chains, in order.</summary>
    private readonly (string Table, string Chain, string[] Rules)[] _jumps;

    private IptablesPlan(IptablesFamily family)
    {
        _family = family;
        _rendering = new(family);
        _jumps =
        [
            (FilterTable, "FORWARD", [$"-j {User}", $"-j {Forward}"]),
            (NatTable, "PREROUTING", [$"{family.Translated}-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "OUTPUT", [$"-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "POSTROUTING", [$"-j {Postrouting}"]),
            (RawTable, "PREROUTING", [$"-j {Raw}"]),
            (MangleTable, "PREROUTING", [$"-j {Source}"]),
            (MangleTable, "FORWARD", [$"{Begins} -j {Begin}"]),
            (MangleTable, "INPUT", [$"-j {Input}"]),
        ];
    }

    /// <summary>The program name, without <c>-save</c> and <c>-restore</c>.</summary>
    public string Program => _family.Program;

    /// <summary>Whether the kernel supports the family.</summary>
    public bool IsInKernel => _family.IsInKernel;

    /// <summary>The rules of one network; each comes before the constant rules of its chain.</summary>
    public IReadOnlyList<IptablesRule> RulesOf(FirewallNetwork network) => _rendering.Of(network);

    /// <summary>
    /// The script that replaces the rules of some networks; empty if they are equal. It fails if the kernel lacks a rule to remove, or the
    /// shared jumps, without which the rules of networks have no effect.
    /// </summary>
    public string Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (IReadOnlyList<IptablesRule> remove, IReadOnlyList<IptablesRule> add) = Difference(before, after);
        return remove.Count + add.Count == 0
            ? ""
            : Script([
                .. s_checks.Select(static check => (check.Table, $"-C {check.Jump}")),
                .. remove.Select(static rule => (rule.Table, $"-D {rule.Chain} {rule.Spec}")),
                .. add.Select(static rule => (rule.Table, $"-I {rule.Chain} {rule.Spec}")),
            ]);
    }

    /// <summary>The commands for <see cref="Change"/>.</summary>
    public IEnumerable<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (IReadOnlyList<IptablesRule> remove, IReadOnlyList<IptablesRule> add) = Difference(before, after);
        return [.. remove.Select(rule => Command("-D", rule)), .. add.Select(rule => Command("-I", rule))];
    }

    /// <summary>The script that replaces all rules by those of exactly these networks; empty if there is nothing to do.</summary>
    public string Rebuild(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks) =>
        networks.Count == 0
            ? Clean(saved)
            : Script([
                .. saved.Has(FilterTable, User) ? ((string, string)[])[] : [(FilterTable, $":{User} - [0:0]")],
                // Declaring a chain creates it, or flushes it.
                .. Chains.Select(static chain => (chain.Table, $":{chain.Chain} - [0:0]")),
                .. networks
                    .SelectMany(RulesOf)
                    .Concat(_rendering.Constant)
                    .Select(static rule => (rule.Table, $"-A {rule.Chain} {rule.Spec}")),
                .. _jumps.SelectMany(jump => Jumps(saved, jump.Table, jump.Chain, jump.Rules)),
            ]);

    /// <summary>The commands for <see cref="Rebuild"/>.</summary>
    public IEnumerable<string> DescribeRebuild(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks)
    {
        string table = "";
        foreach (string line in Rebuild(saved, networks).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith(':') && line[1..].Split(' ')[0] is var chain)
                yield return $"{Program} -t {table} {(saved.Has(table, chain) ? "-F" : "-N")} {chain}";
            else if (line != "COMMIT")
                yield return $"{Program} -t {table} {line}";
        }
    }

    /// <summary>The differences between the tables and the rules of exactly these networks.</summary>
    public IEnumerable<RuleDifference> Compare(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks)
    {
        if (networks.Count == 0)
            return Clean(saved).Length == 0 ? [] : [Ours("our chains", "none", "present")];
        ILookup<(string, string), (string Spec, string Bridge)> wanted = networks
            .SelectMany(RulesOf, static (network, rule) => (network, rule))
            .ToLookup(static one => (one.rule.Table, one.rule.Chain), static one => (one.rule.Spec, one.network.BridgeName));
        HashSet<string> bridges = [.. networks.Select(static network => network.BridgeName)];
        return
        [
            .. saved.Has(FilterTable, User) ? (RuleDifference[])[] : [Ours($"{FilterTable} {User}", "present", Missing)],
            .. Chains.SelectMany(chain => CompareChain(saved, chain.Table, chain.Chain, [.. wanted[chain]], bridges)),
            .. _jumps.SelectMany(jump => CompareJumps(saved, jump.Table, jump.Chain, jump.Rules)),
        ];
    }

    private IEnumerable<RuleDifference> CompareChain(
        IptablesSaved saved,
        string table,
        string chain,
        (string Spec, string Bridge)[] ofNetworks,
        HashSet<string> bridges
    )
    {
        string what = $"{table} {chain}";
        if (!saved.Has(table, chain))
            return [Ours(what, "present", Missing)];
        IReadOnlyList<string> held = saved.Rules(table, chain);
        string[] ofBase =
        [
            .. _rendering.Constant.Where(rule => rule.Table == table && rule.Chain == chain).Select(static rule => rule.Spec),
        ];
        Dictionary<string, string> wanted = ofNetworks
            .Concat(ofBase.Select(static spec => (spec, "")))
            .ToDictionary(static rule => rule.Item1, static rule => rule.Item2);
        // An extra rule belongs to the network of the bridge that it names.
        string BridgeOf(string rule) => wanted.GetValueOrDefault(rule) ?? rule.Split(' ').FirstOrDefault(bridges.Contains) ?? "";
        List<RuleDifference> differences = [];
        differences.AddRange(wanted.Keys.Except(held).Select(rule => Ours(what, rule, Missing) with { Bridge = BridgeOf(rule) }));
        differences.AddRange(held.Except(wanted.Keys).Select(rule => Ours(what, "no such rule", rule) with { Bridge = BridgeOf(rule) }));
        differences.AddRange(
            held.GroupBy(static rule => rule)
                .Where(same => same.Count() > 1 && wanted.ContainsKey(same.Key))
                .Select(same => Ours(what, $"once {same.Key}", $"{same.Count()} times") with { Bridge = BridgeOf(same.Key) })
        );
        if (differences.Count == 0 && !held.Skip(ofNetworks.Length).SequenceEqual(ofBase))
            differences.Add(
                Ours(
                    what,
                    ofNetworks.Length == 0 ? "its rules in their order" : "the rules of networks first, then its own in their order",
                    "another order"
                )
            );
        return differences;
    }

    private IEnumerable<RuleDifference> CompareJumps(IptablesSaved saved, string table, string chain, string[] wanted)
    {
        IReadOnlyList<string> rules = saved.Rules(table, chain);
        if (wanted.Where(jump => !rules.Contains(jump)).ToArray() is { Length: > 0 } missing)
            return missing.Select(jump => Ours($"{table} {chain}", jump, Missing));
        if (!Jumps(saved, table, chain, wanted).Any())
            return [];
        string actual =
            JumpOrder.InTheWay(saved, table, chain, wanted) is { } ahead ? $"behind {ahead}"
            : rules.FirstOrDefault(rule => HasTargetOf(rule, wanted) && !wanted.Contains(rule)) is { } other ? $"also {other}"
            : rules.Count(wanted.Contains) > wanted.Length ? "more than once"
            : "another order";
        return [Ours($"{table} {chain}", $"first {string.Join(", then ", wanted)}", actual)];
    }

    private RuleDifference Ours(string what, string expected, string actual) =>
        new($"{Program} {what}", expected, actual, $"{Program}-restore --noflush");

    private (IReadOnlyList<IptablesRule> Remove, IReadOnlyList<IptablesRule> Add) Difference(
        IReadOnlyList<FirewallNetwork> before,
        IReadOnlyList<FirewallNetwork> after
    )
    {
        IptablesRule[] old = [.. before.SelectMany(RulesOf)],
            wanted = [.. after.SelectMany(RulesOf)];
        return ([.. old.Except(wanted)], [.. wanted.Except(old)]);
    }

    private string Command(string verb, IptablesRule rule) =>
        $"{Program} {(rule.Table == FilterTable ? "" : $"-t {rule.Table} ")}{verb} {rule.Chain} {rule.Spec}";

    private string Clean(IptablesSaved saved)
    {
        bool keepUser = saved.Rules(FilterTable, User).Count > 0;
        List<(string, string)> lines = [];
        foreach ((string table, string chain, string[] rules) in _jumps)
            lines.AddRange(Remove(saved, table, chain, [.. rules.Where(rule => rule != $"-j {User}" || !keepUser)]));
        (string Table, string Chain)[] own = [.. Chains, .. keepUser ? ((string, string)[])[] : [(FilterTable, User)]];
        own = [.. own.Where(chain => saved.Has(chain.Table, chain.Chain))];
        lines.AddRange(own.Select(static chain => (chain.Table, $"-F {chain.Chain}")));
        lines.AddRange(own.Select(static chain => (chain.Table, $"-X {chain.Chain}")));
        return Script(lines);
    }

    /// <summary>Moves the jumps to the start of a chain, in order and once each; nothing if their position is acceptable.</summary>
    private static IEnumerable<(string, string)> Jumps(IptablesSaved saved, string table, string chain, string[] wanted) =>
        JumpOrder.Holds(saved, table, chain, wanted) && saved.Rules(table, chain).Count(rule => HasTargetOf(rule, wanted)) == wanted.Length
            ? []
            : [.. Remove(saved, table, chain, wanted), .. wanted.Reverse().Select(jump => (table, $"-I {chain} 1 {jump}"))];

    private static IEnumerable<(string, string)> Remove(IptablesSaved saved, string table, string chain, string[] jumps) =>
        saved.Rules(table, chain).Where(rule => HasTargetOf(rule, jumps)).Select(rule => (table, $"-D {chain} {rule}"));

    /// <summary>
    /// Whether a rule has the same target as one of the jumps, with the same condition or, if an earlier version added it, another one.
    /// </summary>
    private static bool HasTargetOf(string rule, string[] jumps) =>
        jumps.Any(jump => rule.EndsWith(jump[jump.LastIndexOf("-j ", StringComparison.Ordinal)..], StringComparison.Ordinal));

    private static string Script(IReadOnlyList<(string Table, string Line)> lines) =>
        string.Concat(
            lines
                .GroupBy(static line => line.Table, static line => line.Line)
                .Select(static table => $"*{table.Key}\n{string.Join('\n', table)}\nCOMMIT\n")
        );
}
