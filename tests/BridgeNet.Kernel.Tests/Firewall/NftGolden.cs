namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The table as nft lists it: the rules are always these, networks are elements.</summary>
internal static class NftGolden
{
    private static readonly (string Kind, string Name, string Type)[] s_sets =
    [
        ("set", "bridges", "ifname . ifname"),
        .. Family("4", "ipv4_addr"),
        .. Family("6", "ipv6_addr"),
    ];

    /// <summary>The table with some elements.</summary>
    /// <param name="contents">For each set that has any <c>NAME: ELEMENT, ELEMENT</c>; and <c>user: RULE</c> for the admin's chain.</param>
    public static string Of(params string[] contents)
    {
        Dictionary<string, string[]> elements = contents
            .Select(content => content.Split(": ", 2))
            .ToDictionary(content => content[0], content => content[1].Split(", "));
        string sets = string.Join(
            '\n',
            s_sets.Select(set =>
                $$"""
                    {{set.Kind}} {{set.Name}} {
                        type {{set.Type}}{{(set.Name.Contains("-net", StringComparison.Ordinal) ? "\nflags interval" : "")}}
                        {{string.Join(
                        '\n',
                        elements.GetValueOrDefault(set.Name, []).Select(element => $"element {element}").Order(StringComparer.Ordinal)
                    )}}
                    }
                    """
            )
        );
        return $$"""
            table inet bridgenet {
                {{sets}}
                chain user {
                    {{string.Join('\n', elements.GetValueOrDefault("user", []))}}
                }
                chain ports {
                    meta nfproto ipv4 oifgroup & 4294966288 == 11803664 accept
                    meta l4proto icmp oifgroup & 4294966280 == 11803656 accept
                    ip daddr . meta l4proto . th dport @opened4 accept
                    ip daddr . meta l4proto . th dport @published4 ct status dnat accept
                    meta nfproto ipv6 oifgroup & 4294966336 == 11803712 accept
                    meta l4proto ipv6-icmp oifgroup & 4294966304 == 11803680 accept
                    ip6 daddr . meta l4proto . th dport @opened6 accept
                    ip6 daddr . meta l4proto . th dport @published6 ct status dnat accept
                }
                chain isolation-stage-2 {
                    ct label ! 105 drop
                    ct state invalid drop
                    meta l4proto ipv6-icmp ct state untracked drop
                    oifgroup 11803648/22 jump ports
                    oifgroup 11803648/22 drop
                }
                chain isolation-stage-1 {
                    iifgroup & 4294966276 == 11803652 iifname . oifname @bridges drop
                    iifname . oifname @bridges accept
                    iifgroup & 4294966274 == 11803650 drop
                    jump isolation-stage-2
                }
                chain publish {
                    dnat ip to ip daddr . meta l4proto . th dport map @publish-one4
                    meta nfproto ipv4 dnat ip to meta l4proto . th dport map @publish-any4
                    ip6 saddr != fe80::/10 dnat ip6 to ip6 daddr . meta l4proto . th dport map @publish-one6
                    ip6 saddr != fe80::/10 dnat ip6 to meta l4proto . th dport map @publish-any6
                }
                chain begin {
                    iifgroup 11803648/22 fib saddr . iif oif missing ct label set 107
                    iifgroup != 11803648/22 oifgroup 11803648/22 ct label set 106
                    iifgroup 11803648/22 ct label ! 107 iifname . oifname != @bridges ct label set 105
                }
                chain forward {
                    type filter hook forward priority filter; policy accept;
                    jump user
                    meta nfproto ipv4 oifgroup & 4294966400 == 11803648 drop
                    meta nfproto ipv6 oifgroup & 4294966273 == 11803648 drop
                    iifgroup & 4294966274 == 11803650 oifgroup & 4294966274 != 11803650 drop
                    oifgroup & 4294966274 == 11803650 iifgroup & 4294966274 != 11803650 drop
                    ct state related meta nfproto ipv4 iifgroup & 4294966296 == 11803648 oifgroup 11803648/22 ct status ! dnat jump isolation-stage-1
                    ct state related meta nfproto ipv6 iifgroup & 4294966368 == 11803648 oifgroup 11803648/22 ct status ! dnat jump isolation-stage-1
                    ct state established,related ct label 105 accept
                    iifgroup 11803648/22 oifgroup != 11803648/22 ct state established,related ct label 106 accept
                    iifgroup != 11803648/22 oifgroup 11803648/22 ct state established,related ct label 106 accept
                    iifgroup 11803648/22 ct label 107 ct status dnat drop
                    iifgroup 11803648/22 jump isolation-stage-1
                    iifgroup 11803648/22 accept
                    oifgroup 11803648/22 jump ports
                    oifgroup 11803648/22 drop
                }
                chain raw {
                    type filter hook prerouting priority raw; policy accept;
                    iifgroup 11802624/22 drop
                    iifgroup 11803648/22 ip saddr 127.0.0.0/8 drop
                    iifgroup 11803648/22 ip daddr 127.0.0.0/8 drop
                    meta nfproto ipv4 iifgroup & 4294966400 == 11803648 drop
                    meta nfproto ipv6 iifgroup & 4294966273 == 11803648 drop
                }
                chain source {
                    type filter hook forward priority mangle; policy accept;
                    ct state related,new ct status ! confirmed jump begin
                }
                chain input {
                    type filter hook input priority mangle; policy accept;
                    meta nfproto ipv4 iifgroup & 4294966528 == 11803904 drop
                    meta nfproto ipv6 iifgroup 11804160/23 drop
                    meta nfproto ipv4 iifgroup & 4294966274 == 11803650 fib saddr . iif oif missing drop
                    iifgroup & 4294966274 == 11803650 ip6 saddr != :: fib saddr . iif oif missing drop
                }
                chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    ip daddr 127.0.0.0/8 accept
                    fib daddr type local jump publish
                }
                chain output {
                    type nat hook output priority -100; policy accept;
                    fib daddr type local jump publish
                }
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    fib saddr type local oifgroup 11803648/22 ct status dnat masquerade
                    iifname . oifname @bridges ct status dnat masquerade
                    iifname . oifname @bridges accept
                    ip saddr . ip daddr @own4 ct status dnat masquerade
                    iifgroup 11803648/22 snat ip to ip saddr map @snat-net4
                    iifgroup 11803648/22 ip saddr @masquerade-net4 masquerade
                    ip6 saddr . ip6 daddr @own6 ct status dnat masquerade
                    iifgroup 11803648/22 snat ip6 to ip6 saddr map @snat-net6
                    iifgroup 11803648/22 ip6 saddr @masquerade-net6 masquerade
                }
            }
            """;
    }

    private static (string Kind, string Name, string Type)[] Family(string suffix, string address) =>
        [
            ("set", $"masquerade-net{suffix}", address),
            ("map", $"snat-net{suffix}", $"{address} : {address}"),
            ("set", $"published{suffix}", $"{address} . inet_proto . inet_service"),
            ("set", $"own{suffix}", $"{address} . {address}"),
            ("set", $"opened{suffix}", $"{address} . inet_proto . inet_service"),
            ("map", $"publish-one{suffix}", $"{address} . inet_proto . inet_service : {address} . inet_service"),
            ("map", $"publish-any{suffix}", $"inet_proto . inet_service : {address} . inet_service"),
        ];
}
