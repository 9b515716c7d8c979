namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The table as nft lists it: the rules are always these, networks are elements.</summary>
internal static class NftGolden
{
    private static readonly (string Kind, string Name, string Type)[] s_sets =
    [
        ("set", "bridges", "ifname . ifname"),
        ("set", "separated", "ifname . ifname"),
        ("set", "internal", "ifname"),
        .. Family("4", "ipv4_addr"),
        .. Family("6", "ipv6_addr"),
    ];

    /// <summary>The table with some elements.</summary>
    /// <param name="contents">For each set that has any <c>NAME: ELEMENT, ELEMENT</c>; and <c>user: RULE</c> for the admin's chain.</param>
    public static string Of(params string[] contents)
    {
        Dictionary<string, string[]> elements = contents.Select(content => content.Split(": ", 2)).ToDictionary(content => content[0], content => content[1].Split(", "));
        string sets = string.Join('\n', s_sets.Select(set => $$"""
            {{set.Kind}} {{set.Name}} {
                type {{set.Type}}
                {{string.Join('\n', elements.GetValueOrDefault(set.Name, []).Select(element => $"element {element}").Order(StringComparer.Ordinal))}}
            }
            """));
        return $$"""
        table inet bridgenet {
            {{sets}}
            chain user {
                {{string.Join('\n', elements.GetValueOrDefault("user", []))}}
            }
            chain ports {
                meta nfproto ipv4 oifname @unprotected4 accept
                meta l4proto icmp oifname @routed4 accept
                ip daddr . meta l4proto . th dport @opened4 accept
                ip daddr . meta l4proto . th dport @published4 ct status dnat accept
                meta nfproto ipv6 oifname @unprotected6 accept
                meta l4proto ipv6-icmp oifname @routed6 accept
                ip6 daddr . meta l4proto . th dport @opened6 accept
                ip6 daddr . meta l4proto . th dport @published6 ct status dnat accept
            }
            chain isolation-stage-2 {
                oifgroup 46108/31 jump ports
                oifgroup 46108/31 drop
            }
            chain isolation-stage-1 {
                iifname . oifname @separated drop
                iifname . oifname @bridges accept
                iifname @internal drop
                jump isolation-stage-2
            }
            chain publish {
                dnat ip to ip daddr . meta l4proto . th dport map @publish-one4
                meta nfproto ipv4 dnat ip to meta l4proto . th dport map @publish-any4
                ip6 saddr != fe80::/10 dnat ip6 to ip6 daddr . meta l4proto . th dport map @publish-one6
                ip6 saddr != fe80::/10 dnat ip6 to meta l4proto . th dport map @publish-any6
            }
            chain forward {
                type filter hook forward priority filter; policy accept;
                jump user
                ct state established,related accept
                iifgroup 46108/31 jump isolation-stage-1
                iifgroup 46108/31 accept
                oifgroup 46108/31 jump ports
                oifgroup 46108/31 drop
            }
            chain loopback {
                type filter hook prerouting priority raw; policy accept;
                iifgroup 46108/31 ip daddr 127.0.0.0/8 drop
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local jump publish
            }
            chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local jump publish
            }
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                fib saddr type local oifgroup 46108/31 ct status dnat masquerade
                iifname . oifname @bridges ct status dnat masquerade
                iifname . oifname @bridges accept
                ip saddr . ip daddr @own4 ct status dnat masquerade
                meta nfproto ipv4 snat ip to iifname map @snat4
                meta nfproto ipv4 iifname @masquerade4 masquerade
                ip6 saddr . ip6 daddr @own6 ct status dnat masquerade
                meta nfproto ipv6 snat ip6 to iifname map @snat6
                meta nfproto ipv6 iifname @masquerade6 masquerade
            }
        }
        """;
    }

    private static (string Kind, string Name, string Type)[] Family(string suffix, string address) =>
    [
        ("set", $"masquerade{suffix}", "ifname"),
        ("map", $"snat{suffix}", $"ifname : {address}"),
        ("set", $"routed{suffix}", "ifname"),
        ("set", $"unprotected{suffix}", "ifname"),
        ("set", $"published{suffix}", $"{address} . inet_proto . inet_service"),
        ("set", $"own{suffix}", $"{address} . {address}"),
        ("set", $"opened{suffix}", $"{address} . inet_proto . inet_service"),
        ("map", $"publish-one{suffix}", $"{address} . inet_proto . inet_service : {address} . inet_service"),
        ("map", $"publish-any{suffix}", $"inet_proto . inet_service : {address} . inet_service"),
    ];
}
