using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>A rule of one of our chains, in the words that follow <c>-A CHAIN</c>, in the order in which <c>iptables-save</c> prints them.</summary>
internal readonly record struct IptablesRule(string Table, string Chain, string Spec);

/// <summary>
/// The rules in iptables' words, and the <c>iptables-restore --noflush</c> scripts that change them, for one address family; pure.
/// Isolation is constant in size; an ordinary network adds two rules, a published port three.
/// </summary>
internal sealed class IptablesPlan
{
    public const string User = "BRIDGENET-USER", Forward = "BRIDGENET-FORWARD", Stage1 = "BRIDGENET-ISOLATION-STAGE-1", Stage2 = "BRIDGENET-ISOLATION-STAGE-2";
    public const string Ports = "BRIDGENET-PORTS", Nat = "BRIDGENET-NAT", Postrouting = "BRIDGENET-POSTROUTING", Raw = "BRIDGENET-RAW";

    /// <summary>What is said of a chain or rule that is not there.</summary>
    public const string Missing = "missing";

    private const string FilterTable = "filter", NatTable = "nat", RawTable = "raw";

    public static readonly IptablesPlan IPv4 = new(IptablesFamily.IPv4), IPv6 = new(IptablesFamily.IPv6);

    public static readonly IReadOnlyList<IptablesPlan> Both = [IPv4, IPv6];

    private readonly IptablesFamily _family;
    private readonly IptablesRule[] _base;

    /// <summary>Our chains by table. The admin's is not among them: it is made once and never touched again.</summary>
    private readonly (string Table, string[] Chains)[] _chains;

    /// <summary>The jumps at the head of built-in chains, in order.</summary>
    private readonly (string Table, string Chain, string[] Rules)[] _jumps;

    private IptablesPlan(IptablesFamily family)
    {
        _family = family;
        bool raw = family.Raw.Count > 0;
        _chains = [(FilterTable, [Forward, Stage1, Stage2, Ports]), (NatTable, [Nat, Postrouting]), .. raw ? [(RawTable, [Raw])] : ((string, string[])[])[]];
        _jumps =
        [
            (FilterTable, "FORWARD", [$"-j {User}", $"-j {Forward}"]),
            (NatTable, "PREROUTING", [$"-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "OUTPUT", [$"-m addrtype --dst-type LOCAL -j {Nat}"]),
            (NatTable, "POSTROUTING", [$"-j {Postrouting}"]),
            .. raw ? [(RawTable, "PREROUTING", [$"-j {Raw}"])] : ((string, string, string[])[])[],
        ];
        _base =
        [
            // Replies first, so that only a connection's first packet walks on; of our networks alone, for others' are not ours to accept.
            new(FilterTable, Forward, $"{family.From} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
            new(FilterTable, Forward, $"{family.To} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
            new(FilterTable, Forward, $"{family.From} -j {Stage1}"),
            new(FilterTable, Forward, $"{family.From} -j ACCEPT"),
            new(FilterTable, Forward, $"{family.To} -j {Ports}"),
            new(FilterTable, Forward, $"{family.To} -j DROP"),
            new(FilterTable, Stage1, $"-j {Stage2}"),
            new(FilterTable, Stage2, $"{family.To} -j {Ports}"),
            new(FilterTable, Stage2, $"{family.To} -j DROP"),
            // The host's own connections to its published ports may come from 127.0.0.1, which no container can answer.
            new(NatTable, Postrouting, $"-m addrtype --src-type LOCAL {family.To} -m conntrack --ctstate DNAT -j MASQUERADE"),
            .. family.Raw.Select(static spec => new IptablesRule(RawTable, Raw, spec)),
        ];
    }

    /// <summary>The program whose <c>-save</c> and <c>-restore</c> it is for.</summary>
    public string Program => _family.Program;

    /// <summary>Whether any of the networks has rules in this family.</summary>
    public bool Concerns(IEnumerable<FirewallNetwork> networks) => networks.Any(network => RulesOf(network).Count > 0);

    /// <summary>The rules of one network, each to stand ahead of its chain's constant ones; no two match the same packet in different ways.</summary>
    public IReadOnlyList<IptablesRule> RulesOf(FirewallNetwork network)
    {
        string bridge = network.BridgeName;
        FirewallSubnet? subnet = network.Subnet(_family.Family);
        // What an IPv6-only network bridges of IPv4 comes by here too.
        if (subnet is null && _family.Family == AddressFamily.InterNetworkV6)
            return [];
        List<IptablesRule> rules =
        [
            // Traffic within a bridge comes by here when bridge-nf-call-iptables is 1, and when one container reaches another by way of the host.
            new(FilterTable, Stage1, $"-i {bridge} -o {bridge} -j {(network.InterContainer ? "ACCEPT" : "DROP")}"),
        ];
        if (network.Internal)
            rules.Add(new(FilterTable, Stage1, $"-i {bridge} ! -o {bridge} -j DROP"));
        if (subnet is null || network.Internal)
            return rules;
        if (subnet.Mode == GatewayMode.NatUnprotected)
            rules.Add(new(FilterTable, Ports, $"-o {bridge} -j ACCEPT"));
        if (subnet.Mode == GatewayMode.Routed)
            rules.Add(new(FilterTable, Ports, $"-o {bridge} -p {_family.Icmp} -j ACCEPT"));
        if (subnet.Masquerade)
            rules.Add(new(NatTable, Postrouting, $"-s {subnet.Network} ! -o {bridge} -j {(subnet.Snat is { } address ? $"SNAT --to-source {address}" : "MASQUERADE")}"));
        FirewallPort[] ports = [.. network.Ports.Where(port => port.Family == _family.Family)];
        // Else a container that reaches another of its own network, or itself, by way of the host would be answered without the way back.
        if (ports.Any(static port => port.HostPort > 0))
            rules.Add(new(NatTable, Postrouting, $"-s {subnet.Network} -o {bridge} -m conntrack --ctstate DNAT -j MASQUERADE"));
        rules.AddRange(ports.SelectMany(port => RulesOf(bridge, port)).Distinct());
        return rules;
    }

    /// <summary>The script that replaces the rules of some networks by those of others; empty when they are the same.</summary>
    public string Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        (IReadOnlyList<IptablesRule> remove, IReadOnlyList<IptablesRule> add) = Difference(before, after);
        return Script(
        [
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
    public string Rebuild(IptablesSaved saved, IReadOnlyList<FirewallNetwork> networks) => !Concerns(networks) ? Clean(saved) : Script(
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
        if (!Concerns(networks))
        {
            // What an address family that went left behind does no harm, and goes with the last network.
            return networks.Count > 0 || Clean(saved).Length == 0 ? [] : [Ours("our chains", "none", "there")];
        }
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
        string actual = rules.Take(wanted.Length).SequenceEqual(wanted) ? "more than once"
            : rules.TakeWhile(rule => rule != wanted[^1]).FirstOrDefault(rule => !wanted.Contains(rule)) is { } ahead ? $"behind {ahead}"
            : "another order";
        return [Ours($"{table} {chain}", $"first {string.Join(", then ", wanted)}", actual)];
    }

    private RuleDifference Ours(string what, string expected, string actual) => new($"{Program} {what}", expected, actual, $"{Program}-restore --noflush");

    private (IReadOnlyList<IptablesRule> Remove, IReadOnlyList<IptablesRule> Add) Difference(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        IptablesRule[] old = [.. before.SelectMany(RulesOf)], wanted = [.. after.SelectMany(RulesOf)];
        return ([.. old.Except(wanted)], [.. wanted.Except(old)]);
    }

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

    /// <summary>Puts the jumps at the head, in order and once each; nothing when they are so.</summary>
    private static IEnumerable<(string, string)> Jumps(IptablesSaved saved, string table, string chain, string[] wanted)
    {
        IReadOnlyList<string> rules = saved.Rules(table, chain);
        return rules.Take(wanted.Length).SequenceEqual(wanted) && rules.Count(wanted.Contains) == wanted.Length
            ? []
            : [.. Remove(saved, table, chain, wanted), .. wanted.Reverse().Select(jump => (table, $"-I {chain} 1 {jump}"))];
    }

    private static IEnumerable<(string, string)> Remove(IptablesSaved saved, string table, string chain, string[] jumps) =>
        saved.Rules(table, chain).Where(jumps.Contains).Select(rule => (table, $"-D {chain} {rule}"));

    private static string Script(IReadOnlyList<(string Table, string Line)> lines) => string.Concat(lines
        .GroupBy(static line => line.Table, static line => line.Line)
        .Select(static table => $"*{table.Key}\n{string.Join('\n', table)}\nCOMMIT\n"));
}
