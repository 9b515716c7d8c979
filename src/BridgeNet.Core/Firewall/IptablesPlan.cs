using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>A rule of one of our chains, in the words that follow <c>-A CHAIN</c>, in the order in which <c>iptables-save</c> prints them.</summary>
internal readonly record struct IptablesRule(string Table, string Chain, string Spec);

/// <summary>
/// The rules in iptables' words, and the <c>iptables-restore --noflush</c> scripts that change them, for one address family; pure.
/// Isolation is constant in size, and closes both families of every network; an ordinary network adds three rules of each family that it has, a published port three.
/// </summary>
internal sealed class IptablesPlan
{
    public const string User = "BRIDGENET-USER", Forward = "BRIDGENET-FORWARD", Stage1 = "BRIDGENET-ISOLATION-STAGE-1", Stage2 = "BRIDGENET-ISOLATION-STAGE-2";
    public const string Ports = "BRIDGENET-PORTS", Nat = "BRIDGENET-NAT", Postrouting = "BRIDGENET-POSTROUTING";
    public const string Raw = "BRIDGENET-RAW", Source = "BRIDGENET-SOURCE", Begin = "BRIDGENET-BEGIN", Between = "BRIDGENET-BETWEEN", Input = "BRIDGENET-INPUT";

    /// <summary>What is said of a chain or rule that is not there.</summary>
    public const string Missing = "missing";

    private const string FilterTable = "filter", NatTable = "nat", RawTable = "raw", MangleTable = "mangle";

    public static readonly IptablesPlan IPv4 = new(IptablesFamily.IPv4), IPv6 = new(IptablesFamily.IPv6);

    public static readonly IReadOnlyList<IptablesPlan> Both = [IPv4, IPv6];

    /// <summary>What stands for all that networks share: <c>iptables -F</c> takes these jumps, and leaves the chains that the rules of networks are put into.</summary>
    private static readonly (string Table, string Jump)[] s_checks = [(FilterTable, $"FORWARD -j {Forward}"), (NatTable, $"POSTROUTING -j {Postrouting}"), (MangleTable, $"PREROUTING -j {Source}")];

    /// <summary>The tables that it has rules in.</summary>
    public static IReadOnlySet<string> Tables { get; } = new HashSet<string> { FilterTable, NatTable, RawTable, MangleTable };

    private readonly IptablesFamily _family;
    private readonly IptablesRule[] _base;

    /// <summary>Our chains by table. The admin's is not among them: it is made once and never touched again.</summary>
    private readonly (string Table, string[] Chains)[] _chains;

    /// <summary>The jumps at the head of built-in chains, in order.</summary>
    private readonly (string Table, string Chain, string[] Rules)[] _jumps;

    private IptablesPlan(IptablesFamily family)
    {
        _family = family;
        _chains = [(FilterTable, [Forward, Stage1, Stage2, Ports]), (NatTable, [Nat, Postrouting]), (RawTable, [Raw]), (MangleTable, [Source, Between, Begin, Input])];
        string begins = "-m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED";
        _jumps =
        [
            (FilterTable, "FORWARD", [$"-j {User}", $"-j {Forward}"]),
            (NatTable, "PREROUTING", [$"{family.Translated}-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "OUTPUT", [$"-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "POSTROUTING", [$"-j {Postrouting}"]),
            (RawTable, "PREROUTING", [$"-j {Raw}"]),
            (MangleTable, "PREROUTING", [$"-j {Source}"]),
            (MangleTable, "FORWARD", [$"{begins} -j {Begin}"]),
            // Not of the filter table, where admins put their own rules first.
            (MangleTable, "INPUT", [$"-j {Input}"]),
        ];
        string from = From(GroupMatch.Any), to = To(GroupMatch.Any), inside = $"{GroupMatch.With(InterfaceGroup.Internal)}";
        string leaves = $"-m devgroup --src-group {GroupMatch.Any} ! --dst-group {GroupMatch.Any}", enters = $"-m devgroup ! --src-group {GroupMatch.Any} --dst-group {GroupMatch.Any}";
        string known = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
        _base =
        [
            new(FilterTable, Forward, $"{To(GroupMatch.Without(family.Has))} -j DROP"),
            // Of two networks, one internal and one not; of two internal ones stage 1 decides.
            new(FilterTable, Forward, $"-m devgroup --src-group {inside} ! --dst-group {inside} -j DROP"),
            new(FilterTable, Forward, $"-m devgroup ! --src-group {inside} --dst-group {inside} -j DROP"),
            // What goes with another's connection, such as an error that anyone can write, is no answer between networks; of a network that is reached without translation it may be.
            new(FilterTable, Forward, $"-m devgroup --src-group {GroupMatch.Without(family.Routed | family.Unprotected)} --dst-group {GroupMatch.Any} -m conntrack --ctstate RELATED -m conntrack ! --ctstate DNAT -j {Stage1}"),
            // Then replies, so that only a connection's first packet walks on; of our networks alone, for others' are not ours to accept.
            new(FilterTable, Forward, $"{from} -m connmark --mark {FlowOrigin.Inside} {known}"),
            new(FilterTable, Forward, $"{to} -m connmark --mark {FlowOrigin.Inside} {known}"),
            new(FilterTable, Forward, $"{leaves} -m connmark --mark {FlowOrigin.Outside} {known}"),
            new(FilterTable, Forward, $"{enters} -m connmark --mark {FlowOrigin.Outside} {known}"),
            new(FilterTable, Forward, $"{from} -m connmark --mark {FlowOrigin.Spoofed} -m conntrack --ctstate DNAT -j DROP"),
            new(FilterTable, Forward, $"{from} -j {Stage1}"),
            new(FilterTable, Forward, $"{from} -j ACCEPT"),
            new(FilterTable, Forward, $"{to} -j {Ports}"),
            new(FilterTable, Forward, $"{to} -j DROP"),
            new(FilterTable, Stage1, $"{From(GroupMatch.With(InterfaceGroup.Internal))} -j DROP"),
            new(FilterTable, Stage1, $"-j {Stage2}"),
            new(FilterTable, Stage2, $"-m connmark ! --mark {FlowOrigin.Inside} -j DROP"),
            // What belongs to no connection is not translated, and would leave with the container's address.
            new(FilterTable, Stage2, "-m conntrack --ctstate INVALID -j DROP"),
            .. family.Untracked.Select(static spec => new IptablesRule(FilterTable, Stage2, spec)),
            new(FilterTable, Stage2, $"{to} -j {Ports}"),
            new(FilterTable, Stage2, $"{to} -j DROP"),
            new(FilterTable, Ports, $"{To(GroupMatch.With(family.Unprotected))} -j ACCEPT"),
            new(FilterTable, Ports, $"-p {family.Icmp} {To(GroupMatch.With(family.Routed))} -j ACCEPT"),
            // The host's own connections to its published ports may come from 127.0.0.1, which no container can answer.
            new(NatTable, Postrouting, $"-m addrtype --src-type LOCAL {to} -m conntrack --ctstate DNAT -j MASQUERADE"),
            // What came in by a port of a bridge, and not by the bridge.
            new(RawTable, Raw, $"{From(GroupMatch.AnyPort)} -j DROP"),
            .. family.Raw.Select(static spec => new IptablesRule(RawTable, Raw, spec)),
            // A family that a network was not given carries nothing, to the host neither.
            new(RawTable, Raw, $"{From(GroupMatch.Without(family.Has))} -j DROP"),
            // The host would answer whoever was named, and so carry out of an internal network what does not leave it.
            new(MangleTable, Source, $"{family.AnySource}{From(GroupMatch.With(InterfaceGroup.Internal))} -m addrtype --dst-type LOCAL -m rpfilter --invert -j DROP"),
            // Of a connection that is only beginning: what joins one that is there must not speak ill of it.
            new(MangleTable, Source, $"{family.AnySource}{from} {begins} -m rpfilter --invert -j CONNMARK --set-xmark {FlowOrigin.Spoofed}"),
            // Nothing is said of what stays within a bridge, which comes by here with bridge-nf-call-iptables: anyone there can be either side of it.
            new(MangleTable, Begin, $"{enters} -j CONNMARK --set-xmark {FlowOrigin.Outside}"),
            new(MangleTable, Begin, $"{leaves} -m connmark ! --mark {FlowOrigin.Spoofed} -j CONNMARK --set-xmark {FlowOrigin.Inside}"),
            new(MangleTable, Begin, $"-m devgroup --src-group {GroupMatch.Any} --dst-group {GroupMatch.Any} -m connmark ! --mark {FlowOrigin.Spoofed} -j {Between}"),
            new(MangleTable, Between, $"-j CONNMARK --set-xmark {FlowOrigin.Inside}"),
            // The host has no address on an isolated network; others of its addresses are not reached through it either.
            new(MangleTable, Input, $"{From(GroupMatch.With(family.Isolated))} -j DROP"),
            // What is for everybody is for the host too; dropped before, it would not reach the neighbours either where bridged packets come by here.
            new(MangleTable, Input, $"{From(GroupMatch.With(InterfaceGroup.Internal))} -m connmark --mark {FlowOrigin.Spoofed} -j DROP"),
        ];
    }

    /// <summary>The program whose <c>-save</c> and <c>-restore</c> it is for.</summary>
    public string Program => _family.Program;

    /// <summary>Whether the kernel has the family.</summary>
    public bool IsInKernel => _family.IsInKernel;

    /// <summary>
    /// The rules of one network, each to stand ahead of its chain's constant ones; no two match the same packet in different
    /// ways. A family that it was not given needs none: it is closed by the constant ones.
    /// </summary>
    public IReadOnlyList<IptablesRule> RulesOf(FirewallNetwork network)
    {
        string bridge = network.BridgeName;
        FirewallSubnet? subnet = network.Subnet(_family.Family);
        if (subnet is null && !network.Adopted)
            return [];
        List<IptablesRule> rules =
        [
            // Traffic within a bridge comes by here when bridge-nf-call-iptables is 1, and when one container reaches another by way of the host.
            new(FilterTable, Stage1, $"-i {bridge} -o {bridge} -j {(network.InterContainer ? "ACCEPT" : "DROP")}"),
            new(MangleTable, Between, $"-i {bridge} -o {bridge} -j RETURN"),
        ];
        if (subnet is null || network.Internal)
            return rules;
        if (subnet.Masquerade)
            rules.Add(new(NatTable, Postrouting, $"-s {subnet.Network} ! -o {bridge} -j {(subnet.Snat is { } address ? $"SNAT --to-source {address}" : "MASQUERADE")}"));
        FirewallPort[] ports = [.. network.Ports.Where(port => port.Family == _family.Family)];
        // Else a container that reaches another of its own network, or itself, by way of the host would be answered without the way back.
        if (ports.Any(static port => port.HostPort > 0))
            rules.Add(new(NatTable, Postrouting, $"-s {subnet.Network} -o {bridge} -m conntrack --ctstate DNAT -j MASQUERADE"));
        rules.AddRange(ports.SelectMany(port => RulesOf(bridge, port)).Distinct());
        return rules;
    }

    /// <summary>
    /// The script that replaces the rules of some networks by those of others; empty when they are the same. It fails where
    /// the kernel does not hold what it should: a rule, or what isolates and was flushed, without which the rules of networks mean nothing.
    /// </summary>
    public string Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (IReadOnlyList<IptablesRule> remove, IReadOnlyList<IptablesRule> add) = Difference(before, after);
        return remove.Count + add.Count == 0 ? "" : Script(
        [
            .. s_checks.Select(static check => (check.Table, $"-C {check.Jump}")),
            .. remove.Select(static rule => (rule.Table, $"-D {rule.Chain} {rule.Spec}")),
            .. add.Select(static rule => (rule.Table, $"-I {rule.Chain} {rule.Spec}")),
        ]);
    }

    /// <summary>The commands that a person would type for <see cref="Change"/>.</summary>
    public IEnumerable<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (IReadOnlyList<IptablesRule> remove, IReadOnlyList<IptablesRule> add) = Difference(before, after);
        return [.. remove.Select(rule => Command("-D", rule)), .. add.Select(rule => Command("-I", rule))];
    }

    /// <summary>The script that leaves the rules of exactly these networks; empty when there is nothing to do.</summary>
    public string Rebuild(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks) => networks.Count == 0 ? Clean(saved) : Script(
    [
        .. saved.Has(FilterTable, User) ? ((string, string)[])[] : [(FilterTable, $":{User} - [0:0]")],
        // Naming a chain makes it, or empties it.
        .. _chains.SelectMany(static table => table.Chains.Select(chain => (table.Table, $":{chain} - [0:0]"))),
        .. networks.SelectMany(RulesOf).Concat(_base).Select(static rule => (rule.Table, $"-A {rule.Chain} {rule.Spec}")),
        .. _jumps.SelectMany(jump => Jumps(saved, jump.Table, jump.Chain, jump.Rules)),
    ]);

    /// <summary>In what the tables differ from the rules of exactly these networks.</summary>
    public IEnumerable<RuleDifference> Compare(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks)
    {
        if (networks.Count == 0)
            return Clean(saved).Length == 0 ? [] : [Ours("our chains", "none", "there")];
        ILookup<(string, string), (string Spec, string Bridge)> wanted = networks.SelectMany(RulesOf, static (network, rule) => (network, rule))
            .ToLookup(static one => (one.rule.Table, one.rule.Chain), static one => (one.rule.Spec, one.network.BridgeName));
        HashSet<string> bridges = [.. networks.Select(static network => network.BridgeName)];
        return
        [
            .. saved.Has(FilterTable, User) ? (RuleDifference[])[] : [Ours($"{FilterTable} {User}", "there", Missing)],
            .. _chains.SelectMany(table => table.Chains.SelectMany(chain => CompareChain(saved, table.Table, chain, [.. wanted[(table.Table, chain)]], bridges))),
            .. _jumps.SelectMany(jump => CompareJumps(saved, jump.Table, jump.Chain, jump.Rules)),
        ];
    }

    private IEnumerable<RuleDifference> CompareChain(IptablesSaved saved, string table, string chain, (string Spec, string Bridge)[] ofNetworks, HashSet<string> bridges)
    {
        string what = $"{table} {chain}";
        if (!saved.Has(table, chain))
            return [Ours(what, "there", Missing)];
        IReadOnlyList<string> held = saved.Rules(table, chain);
        string[] ofBase = [.. _base.Where(rule => rule.Table == table && rule.Chain == chain).Select(static rule => rule.Spec)];
        Dictionary<string, string> wanted = ofNetworks.Concat(ofBase.Select(static spec => (spec, ""))).ToDictionary(static rule => rule.Item1, static rule => rule.Item2);
        // Of an extra rule, the network is the one whose bridge it names.
        string BridgeOf(string rule) => wanted.GetValueOrDefault(rule) ?? rule.Split(' ').FirstOrDefault(bridges.Contains) ?? "";
        List<RuleDifference> differences = [];
        differences.AddRange(wanted.Keys.Except(held).Select(rule => Ours(what, rule, Missing) with { Bridge = BridgeOf(rule) }));
        differences.AddRange(held.Except(wanted.Keys).Select(rule => Ours(what, "no such rule", rule) with { Bridge = BridgeOf(rule) }));
        differences.AddRange(held.GroupBy(static rule => rule).Where(same => same.Count() > 1 && wanted.ContainsKey(same.Key))
            .Select(same => Ours(what, $"once {same.Key}", $"{same.Count()} times") with { Bridge = BridgeOf(same.Key) }));
        if (differences.Count == 0 && !held.Skip(ofNetworks.Length).SequenceEqual(ofBase))
            differences.Add(Ours(what, ofNetworks.Length == 0 ? "its rules in their order" : "the rules of networks first, then its own in their order", "another order"));
        return differences;
    }

    private IEnumerable<RuleDifference> CompareJumps(IptablesSaved saved, string table, string chain, string[] wanted)
    {
        IReadOnlyList<string> rules = saved.Rules(table, chain);
        if (wanted.Where(jump => !rules.Contains(jump)).ToArray() is { Length: > 0 } missing)
            return missing.Select(jump => Ours($"{table} {chain}", jump, Missing));
        if (!Jumps(saved, table, chain, wanted).Any())
            return [];
        string actual = JumpOrder.InTheWay(saved, table, chain, wanted) is { } ahead ? $"behind {ahead}"
            : rules.FirstOrDefault(rule => LeadWhere(rule, wanted) && !wanted.Contains(rule)) is { } other ? $"also {other}"
            : rules.Count(wanted.Contains) > wanted.Length ? "more than once"
            : "another order";
        return [Ours($"{table} {chain}", $"first {string.Join(", then ", wanted)}", actual)];
    }

    private RuleDifference Ours(string what, string expected, string actual) => new($"{Program} {what}", expected, actual, $"{Program}-restore --noflush");

    private (IReadOnlyList<IptablesRule> Remove, IReadOnlyList<IptablesRule> Add) Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        IptablesRule[] old = [.. before.SelectMany(RulesOf)], wanted = [.. after.SelectMany(RulesOf)];
        return ([.. old.Except(wanted)], [.. wanted.Except(old)]);
    }

    private static string From(GroupMatch group) => $"-m devgroup --src-group {group}";

    private static string To(GroupMatch group) => $"-m devgroup --dst-group {group}";

    private IEnumerable<IptablesRule> RulesOf(string bridge, FirewallPort port)
    {
        string match = $"-p {port.Protocol} -m {port.Protocol} --dport {port.Port}", only = $"{port.Address}/{AddressNumber.Bits(port.Family)}";
        if (port.HostPort == 0)
        {
            yield return new(FilterTable, Ports, $"-d {only} -o {bridge} {match} -j ACCEPT");
            yield break;
        }
        // Only what came by the published port; at the container's own address it stays closed to the outside.
        yield return new(FilterTable, Ports, $"-d {only} -o {bridge} {match} -m conntrack --ctstate DNAT -j ACCEPT");
        string host = port.AnyHostAddress ? "" : $"-d {port.HostAddress}/{AddressNumber.Bits(port.Family)} ";
        string target = port.Family == AddressFamily.InterNetworkV6 ? $"[{port.Address}]" : $"{port.Address}";
        yield return new(NatTable, Nat, $"{_family.DnatSource}{host}-p {port.Protocol} -m {port.Protocol} --dport {port.HostPort} -j DNAT --to-destination {target}:{port.Port}");
    }

    private string Command(string verb, IptablesRule rule) => $"{Program} {(rule.Table == FilterTable ? "" : $"-t {rule.Table} ")}{verb} {rule.Chain} {rule.Spec}";

    private string Clean(IptablesSaved saved)
    {
        bool keepUser = saved.Rules(FilterTable, User).Count > 0;
        List<(string, string)> lines = [];
        foreach ((string table, string chain, string[] rules) in _jumps)
            lines.AddRange(Remove(saved, table, chain, [.. rules.Where(rule => rule != $"-j {User}" || !keepUser)]));
        (string Table, string Chain)[] own = [.. _chains.SelectMany(static table => table.Chains.Select(chain => (table.Table, chain))), .. keepUser ? ((string, string)[])[] : [(FilterTable, User)]];
        own = [.. own.Where(chain => saved.Has(chain.Table, chain.Chain))];
        lines.AddRange(own.Select(static chain => (chain.Table, $"-F {chain.Chain}")));
        lines.AddRange(own.Select(static chain => (chain.Table, $"-X {chain.Chain}")));
        return Script(lines);
    }

    /// <summary>Puts the jumps at the head, in order and once each; nothing where they stand well.</summary>
    private static IEnumerable<(string, string)> Jumps(IptablesSaved saved, string table, string chain, string[] wanted) =>
        JumpOrder.Holds(saved, table, chain, wanted) && saved.Rules(table, chain).Count(rule => LeadWhere(rule, wanted)) == wanted.Length
            ? []
            : [.. Remove(saved, table, chain, wanted), .. wanted.Reverse().Select(jump => (table, $"-I {chain} 1 {jump}"))];

    private static IEnumerable<(string, string)> Remove(IptablesSaved saved, string table, string chain, string[] jumps) =>
        saved.Rules(table, chain).Where(rule => LeadWhere(rule, jumps)).Select(rule => (table, $"-D {chain} {rule}"));

    /// <summary>Whether a rule leads where one of the jumps does, under the same condition or, as one of an earlier version, under another.</summary>
    private static bool LeadWhere(string rule, string[] jumps) => jumps.Any(jump => rule.EndsWith(jump[jump.LastIndexOf("-j ", StringComparison.Ordinal)..], StringComparison.Ordinal));

    private static string Script(IReadOnlyList<(string Table, string Line)> lines) => string.Concat(lines
        .GroupBy(static line => line.Table, static line => line.Line)
        .Select(static table => $"*{table.Key}\n{string.Join('\n', table)}\nCOMMIT\n"));
}
