using System.Net.Sockets;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>The table of <see cref="NftablesPlan"/> as nft commands: they create the same rules, except for redundant conditions.</summary>
internal static class NftablesWords
{
    private static readonly string s_table = $"inet {NftablesPlan.Table}";

    /// <summary>The commands that create the table, without set elements.</summary>
    public static IReadOnlyList<string> Creation { get; } =
    [
        $"nft add table {s_table}",
        .. NftablesPlan.Sets.Select(static set =>
            $"nft add {(set.IsMap ? "map" : "set")} {s_table} {set.Name} '{{ type {Types(set.Key)}{(set.IsMap ? $" : {Types(set.Data)}" : "")} ;{(set.IsOfRanges ? " flags interval ;" : "")} }}'"
        ),
        $"nft add chain {s_table} {NftablesPlan.Shape.UserChain}",
        .. NftablesPlan
            .Chains.Where(static chain => NftablesPlan.BaseChains.All(known => known.Name != chain))
            .Select(static chain => $"nft add chain {s_table} {chain}"),
        .. NftablesPlan.BaseChains.Select(static chain =>
            $"nft add chain {s_table} {chain.Name} '{{ type {chain.Type} hook {Hook(chain.Hook!.Value)} priority {chain.Priority} ; policy accept ; }}'"
        ),
        .. RulePlan.Rules.Select(static rule => $"nft add rule {s_table} {NftablesPlan.NameOf(rule.Chain)} '{InWords(rule)}'"),
    ];

    /// <summary>The commands that remove its rules and elements, if an admin's chain keeps the table.</summary>
    public static IReadOnlyList<string> Emptying { get; } =
    [
        .. NftablesPlan.Chains.Select(static chain => $"nft flush chain {s_table} {chain}"),
        .. NftablesPlan.Sets.Select(static set => $"nft flush {(set.IsMap ? "map" : "set")} {s_table} {set.Name}"),
    ];

    /// <summary>The command that removes the table.</summary>
    public static string Removal { get; } = $"nft delete table {s_table}";

    private static string InWords(FirewallRule rule)
    {
        // nft writes the lookup in a map as an argument of the statement that uses the result.
        string? looked = rule.Then is TranslateDestination or TranslateSource
            ? Key(rule.When.OfType<IsListed>().Single().List, rule.Family)
            : null;
        IEnumerable<string> asked = rule
            .When.Where(condition => looked is null || condition is not IsListed)
            .Select(condition => InWords(condition, rule.Family));
        return string.Join(' ', asked.Append(InWords(rule, looked)).Where(static words => words.Length > 0));
    }

    private static string InWords(FirewallRule rule, string? looked) =>
        rule.Then switch
        {
            Verdict { Accepts: var accepts } => accepts ? "accept" : "drop",
            Jump { Chain: var chain } => $"jump {NftablesPlan.NameOf(chain)}",
            Remember { Origin: var origin } => $"ct label set {origin.Label}",
            TranslateSource => $"snat {Ip(rule.Family)} to {looked}",
            TranslateDestination => $"dnat {Ip(rule.Family)} to {looked}",
            _ => "masquerade",
        };

    private static string InWords(RuleCondition condition, AddressFamily? family) =>
        condition switch
        {
            OfFamily => $"meta nfproto {(family == AddressFamily.InterNetwork ? "ipv4" : "ipv6")}",
            InBy { Group: var group, Not: var not } => $"iifgroup & 0x{group.Mask:x} {(not ? "!=" : "==")} 0x{group.Value:x}",
            OutBy { Group: var group, Not: var not } => $"oifgroup & 0x{group.Mask:x} {(not ? "!=" : "==")} 0x{group.Value:x}",
            IsWithin { Not: var not } => $"iifname . oifname {(not ? "!= " : "")}@bridges",
            HasState { States: var states } => $"ct state {Names(states)}",
            IsBeginning => "ct state new,related ct status ! confirmed",
            BeganAs { Origin: var origin, Not: var not } => $"ct label {(not ? "! " : "")}{origin.Label}",
            IsTranslated { Not: var not } => $"ct status {(not ? "! " : "")}dnat",
            OfProtocol { Protocol: var protocol } => $"meta l4proto {protocol}",
            SourceIn { Range: var range, Not: var not } => $"{Ip(family)} saddr {(not ? "!= " : "")}{range}",
            DestinationIn { Range: var range } => $"{Ip(family)} daddr {range}",
            HasSource => family == AddressFamily.InterNetworkV6 ? "ip6 saddr != ::" : "",
            HasNoWayBack => "fib saddr . iif oif missing",
            IsFromHost => "fib saddr type local",
            IsForHost => "fib daddr type local",
            IsListed { List: var list } => Key(list, family),
            _ => throw new NotSupportedException(condition.ToString()),
        };

    /// <summary>The keys of a lookup, and the set.</summary>
    private static string Key(RuleList list, AddressFamily? family)
    {
        (string ip, string number) = (Ip(family), family == AddressFamily.InterNetwork ? "4" : "6");
        string port = $"{ip} daddr . meta l4proto . th dport";
        return list switch
        {
            RuleList.Opened => $"{port} @opened{number}",
            RuleList.Published => $"{port} @published{number}",
            RuleList.OneHost => $"{port} map @publish-one{number}",
            RuleList.AnyHost => $"meta l4proto . th dport map @publish-any{number}",
            RuleList.Own => $"{ip} saddr . {ip} daddr @own{number}",
            RuleList.Translated => $"{ip} saddr map @snat-net{number}",
            _ => $"{ip} saddr @masquerade-net{number}",
        };
    }

    private static string Ip(AddressFamily? family) => family == AddressFamily.InterNetwork ? "ip" : "ip6";

    private static string Names(FlowStates states) =>
        string.Join(
            ',',
            new[] { FlowStates.Invalid, FlowStates.Established, FlowStates.Related, FlowStates.New, FlowStates.Untracked }
                .Where(state => states.HasFlag(state))
                .Select(static state => state.ToString().ToLowerInvariant())
        );

    private static string Hook(uint hook) =>
        hook switch
        {
            NF_INET_PRE_ROUTING => "prerouting",
            NF_INET_LOCAL_IN => "input",
            NF_INET_FORWARD => "forward",
            NF_INET_LOCAL_OUT => "output",
            _ => "postrouting",
        };

    private static string Types(IReadOnlyList<uint> types) =>
        string.Join(
            " . ",
            types.Select(static type =>
                type switch
                {
                    TYPE_IFNAME => "ifname",
                    TYPE_IPADDR => "ipv4_addr",
                    TYPE_IP6ADDR => "ipv6_addr",
                    TYPE_INET_PROTOCOL => "inet_proto",
                    _ => "inet_service",
                }
            )
        );
}
