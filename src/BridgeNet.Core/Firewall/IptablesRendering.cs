using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>A rule in one of our chains: the words after <c>-A CHAIN</c>, in the order in which <c>iptables-save</c> prints them.</summary>
internal readonly record struct IptablesRule(string Table, string Chain, string Spec);

/// <summary>
/// Renders the rules of <see cref="RulePlan"/> for iptables, for one address family; pure. iptables has no sets, so rules that match lists
/// become rules of each network before the constant ones: an ordinary network adds three for each of its families, a published port three.
/// </summary>
/// <param name="family">The family.</param>
internal sealed class IptablesRendering(IptablesFamily family)
{
    public const string User = "BRIDGENET-USER",
        Forward = "BRIDGENET-FORWARD",
        Stage1 = "BRIDGENET-ISOLATION-STAGE-1",
        Stage2 = "BRIDGENET-ISOLATION-STAGE-2";
    public const string Ports = "BRIDGENET-PORTS",
        Nat = "BRIDGENET-NAT",
        Postrouting = "BRIDGENET-POSTROUTING";
    public const string Raw = "BRIDGENET-RAW",
        Source = "BRIDGENET-SOURCE",
        Begin = "BRIDGENET-BEGIN",
        Between = "BRIDGENET-BETWEEN",
        Input = "BRIDGENET-INPUT";

    public const string FilterTable = "filter",
        NatTable = "nat",
        RawTable = "raw",
        MangleTable = "mangle";

    /// <summary>Matches the first packet of a connection.</summary>
    public const string Begins = "-m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED";

    /// <summary>
    /// The chains in the order in which they are written. Begin is called for the first packet of a connection; for the other chains see
    /// the jumps of <see cref="IptablesPlan"/>.
    /// </summary>
    public static IReadOnlyList<(string Table, string Chain)> Chains { get; } =
    [
        (FilterTable, Forward),
        (FilterTable, Stage1),
        (FilterTable, Stage2),
        (FilterTable, Ports),
        (NatTable, Nat),
        (NatTable, Postrouting),
        (RawTable, Raw),
        (MangleTable, Source),
        (MangleTable, Between),
        (MangleTable, Begin),
        (MangleTable, Input),
    ];

    private static readonly Dictionary<(string, string), int> s_order = Chains
        .Index()
        .ToDictionary(static chain => chain.Item, static chain => chain.Index);

    private static readonly Dictionary<RuleChain, (string Table, string Chain)> s_chains = new()
    {
        [RuleChain.Forward] = (FilterTable, Forward),
        [RuleChain.Stage1] = (FilterTable, Stage1),
        [RuleChain.Stage2] = (FilterTable, Stage2),
        [RuleChain.Ports] = (FilterTable, Ports),
        [RuleChain.Raw] = (RawTable, Raw),
        // Not in the filter table, where admins add their own rules first.
        [RuleChain.Input] = (MangleTable, Input),
        [RuleChain.Begin] = (MangleTable, Begin),
        [RuleChain.Publish] = (NatTable, Nat),
        [RuleChain.Postrouting] = (NatTable, Postrouting),
    };

    /// <summary>
    /// The rules of this family in our chains. A rule of a built-in chain is a jump of <see cref="IptablesPlan"/> instead.
    /// </summary>
    private readonly FirewallRule[] _rules =
    [
        .. RulePlan.Rules.Where(rule =>
            (rule.Family ?? family.Family) == family.Family
            && s_chains.ContainsKey(rule.Chain)
            && rule.Then is not Jump { Chain: RuleChain.User }
        ),
    ];

    /// <summary>The rules that all networks share.</summary>
    public IReadOnlyList<IptablesRule> Constant =>
        field ??= [.. _rules.SelectMany(Render).OrderBy(static rule => s_order[(rule.Table, rule.Chain)])];

    /// <summary>
    /// The rules of one network; no two of them match the same packet with different results. A family that the network does not have needs
    /// none: constant rules drop its packets.
    /// </summary>
    public IReadOnlyList<IptablesRule> Of(FirewallNetwork network)
    {
        if (network.Subnet(family.Family) is null && !network.Adopted)
            return [];
        RuleElement[] elements = [.. RuleElement.Of(network).Where(element => (element.Family ?? family.Family) == family.Family)];
        HashSet<(RuleChain, RuleElement)> decided = [];
        return [.. elements.SelectMany(element => _rules.SelectMany(rule => Render(rule, element, decided))).Distinct()];
    }

    /// <summary>Renders a rule that matches no list; none for other rules.</summary>
    private IEnumerable<IptablesRule> Render(FirewallRule rule)
    {
        if (rule.When.Any(static condition => condition is IsListed or IsWithin { Not: false }))
            return [];
        if (rule.When.OfType<IsWithin>().FirstOrDefault() is { } outside)
            return NotWithin(rule with { When = [.. rule.When.Except([outside])] });
        if (rule.When.OfType<HasNoWayBack>().Any())
            return NoWayBack(rule);
        // A label belongs to us alone, but other tools may use the same mark: so accept only connections of our networks.
        return
            rule is { Then: Verdict { Accepts: true } }
            && rule.When.OfType<BeganAs>().Any()
            && !rule.When.Any(static condition => condition is InBy or OutBy)
            ? [In(rule, [new InBy(GroupMatch.Any), .. rule.When]), In(rule, [new OutBy(GroupMatch.Any), .. rule.When])]
            : [In(rule, rule.When)];
    }

    /// <summary>
    /// A packet that is not within one bridge leaves our networks, or goes to another of them: in a separate chain, a rule for each bridge
    /// returns the packets that stay within it.
    /// </summary>
    private IEnumerable<IptablesRule> NotWithin(FirewallRule rule)
    {
        yield return In(rule, [.. rule.When, new OutBy(GroupMatch.Any, Not: true)]);
        yield return new(MangleTable, Begin, $"{Match([.. rule.When, new OutBy(GroupMatch.Any)])} -j {Between}");
        yield return new(MangleTable, Between, Target(rule.Then));
    }

    /// <summary>
    /// iptables can check the reverse path only in PREROUTING, so such a rule is in a chain there, with the condition under which its own
    /// chain is called.
    /// </summary>
    private IEnumerable<IptablesRule> NoWayBack(FirewallRule rule)
    {
        bool isForHost = rule.Chain == RuleChain.Input;
        RuleCondition entered = isForHost ? new IsForHost() : new IsBeginning();
        yield return new(MangleTable, Source, $"{Match([.. rule.When, entered])} {Target(rule.Then)}");
        // Broadcast and multicast packets are for the host, too. If they were dropped in PREROUTING, bridged ones would not reach the
        // neighbours either. So their connection is marked as spoofed, and they are dropped in INPUT.
        if (isForHost)
            yield return In(rule, [.. rule.When.Where(static condition => condition is InBy), new BeganAs(FlowOrigin.Spoofed)]);
    }

    /// <summary>Renders a rule that matches a list, for one of its elements.</summary>
    private IEnumerable<IptablesRule> Render(FirewallRule rule, RuleElement element, HashSet<(RuleChain, RuleElement)> decided)
    {
        RuleList? asked = rule.When.Any(static condition => condition is IsWithin)
            ? RuleList.Bridges
            : rule.When.OfType<IsListed>().FirstOrDefault()?.List;
        // The group of this network is known, so the match is decided here.
        bool applies =
            asked == element.List
            && rule.When.OfType<InBy>().All(condition => condition.Group.Matches(element.Network.Group) != condition.Not);
        if (!applies || decided.Contains((rule.Chain, element)))
            return [];
        RuleCondition[] rest =
        [
            .. rule.When.Where(static condition => condition is not (InBy or OutBy or IsWithin or IsListed or BeganAs)),
        ];
        if (rule.Then is Verdict && rest.All(static condition => condition is OfFamily))
            decided.Add((rule.Chain, element));
        string bridge = element.Network.BridgeName;
        return rule.Chain switch
        {
            RuleChain.Postrouting => Postrouted(rule, element),
            RuleChain.Begin => [new(MangleTable, Between, $"-i {bridge} -o {bridge} -j RETURN")],
            RuleChain.Publish => [In(rule, rest, published: element.Port!)],
            RuleChain.Ports =>
            [
                In(rule, rest, $"-d {Only(element.Port!)} -o {bridge} {Service(element.Port!.Protocol, element.Port.Port)}"),
            ],
            _ => [In(rule, rest, $"-i {bridge} -o {bridge}")],
        };
    }

    /// <summary>POSTROUTING cannot match the incoming link, so these rules match the subnet of the source.</summary>
    private IEnumerable<IptablesRule> Postrouted(FirewallRule rule, RuleElement element)
    {
        string bridge = element.Network.BridgeName;
        if (element.Subnet is { } subnet)
            return
            [
                new(
                    NatTable,
                    Postrouting,
                    $"-s {subnet.Network} ! -o {bridge} -j {(subnet.Snat is { } address ? $"SNAT --to-source {address}" : "MASQUERADE")}"
                ),
            ];
        // Packets that stay within a network are not translated. Packets translated back into their own network are: one rule for the whole
        // network, added with its first published port.
        return element.List == RuleList.Own && element.Network.Subnet(family.Family) is { } own
            ?
            [
                new(
                    NatTable,
                    Postrouting,
                    $"-s {own.Network} -o {bridge} {Match([.. rule.When.Where(static condition => condition is not (OfFamily or IsListed))])} -j MASQUERADE"
                ),
            ]
            : [];
    }

    private IptablesRule In(FirewallRule rule, IEnumerable<RuleCondition> when, string head = "", FirewallPort? published = null)
    {
        (string table, string chain) = s_chains[rule.Chain];
        string match = Match([.. when]);
        if (published is not null)
        {
            string host = published.AnyHostAddress ? "" : $"-d {published.HostAddress}/{AddressNumber.Bits(published.Family)}";
            string target = published.Family == AddressFamily.InterNetworkV6 ? $"[{published.Address}]" : $"{published.Address}";
            return new(
                table,
                chain,
                Words(match, host, Service(published.Protocol, published.HostPort), $"-j DNAT --to-destination {target}:{published.Port}")
            );
        }
        return new(table, chain, Words(head, match, Target(rule.Then)));
    }

    private static string Only(FirewallPort port) => $"{port.Address}/{AddressNumber.Bits(port.Family)}";

    private static string Service(string protocol, int port) => $"-p {protocol} -m {protocol} --dport {port}";

    private static string Words(params IEnumerable<string> words) => string.Join(' ', words.Where(static word => word.Length > 0));

    /// <summary>Conditions in the order of iptables-save: addresses and the protocol first.</summary>
    private string Match(IReadOnlyList<RuleCondition> when)
    {
        string[] groups =
        [
            .. when.OfType<InBy>().Select(static by => $"{(by.Not ? "! " : "")}--src-group {by.Group}"),
            .. when.OfType<OutBy>().Select(static by => $"{(by.Not ? "! " : "")}--dst-group {by.Group}"),
        ];
        return Words([
            .. when.Select(Head),
            when.Any(static condition => condition is IsFromHost) ? "-m addrtype --src-type LOCAL" : "",
            groups.Length > 0 ? $"-m devgroup {string.Join(' ', groups)}" : "",
            .. when.Select(static condition =>
                condition switch
                {
                    IsForHost => "-m addrtype --dst-type LOCAL",
                    BeganAs { Origin: var origin, Not: var not } => $"-m connmark {(not ? "! " : "")}--mark {origin}",
                    _ => "",
                }
            ),
            .. when.OfType<HasState>().Select(static state => $"-m conntrack --ctstate {Names(state.States)}"),
            .. when.OfType<IsTranslated>().Select(static translated => $"-m conntrack {(translated.Not ? "! " : "")}--ctstate DNAT"),
            when.Any(static condition => condition is IsBeginning) ? Begins : "",
            when.Any(static condition => condition is HasNoWayBack) ? "-m rpfilter --invert" : "",
        ]);
    }

    private string Head(RuleCondition condition) =>
        condition switch
        {
            SourceIn { Range: var range, Not: var not } => $"{(not ? "! " : "")}-s {range}",
            DestinationIn { Range: var range } => $"-d {range}",
            OfProtocol => $"-p {family.Icmp}",
            // For ::, the kernel's own lookup has this exception itself (ip6t_rpfilter.c).
            HasSource when family.Family == AddressFamily.InterNetwork => "! -s 0.0.0.0/32",
            _ => "",
        };

    private static readonly (FlowStates State, string Name)[] s_states =
    [
        (FlowStates.Invalid, "INVALID"),
        (FlowStates.New, "NEW"),
        (FlowStates.Related, "RELATED"),
        (FlowStates.Established, "ESTABLISHED"),
        (FlowStates.Untracked, "UNTRACKED"),
    ];

    private static string Names(FlowStates states) =>
        string.Join(',', s_states.Where(named => states.HasFlag(named.State)).Select(static named => named.Name));

    private static string Target(RuleAction action) =>
        action switch
        {
            Verdict { Accepts: var accepts } => accepts ? "-j ACCEPT" : "-j DROP",
            Jump { Chain: var chain } => $"-j {s_chains[chain].Chain}",
            Remember { Origin: var origin } => $"-j CONNMARK --set-xmark {origin}",
            Masquerade => "-j MASQUERADE",
            _ => throw new NotSupportedException(action.ToString()),
        };
}
