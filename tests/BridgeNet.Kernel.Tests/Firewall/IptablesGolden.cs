namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>What <c>iptables-save</c> prints: the rules that all networks share, and those of networks where they belong.</summary>
internal static class IptablesGolden
{
    /// <summary>Of iptables.</summary>
    /// <param name="rules">The rules of networks, and of the admin, as <c>CHAIN RULE</c>.</param>
    public static string Four(string rules) =>
        Shared(
            rules,
            "! -d 127.0.0.0/8 ",
            "icmp",
            "0xb41c00/0xfffffc80",
            "0xb41c10/0xfffffc10",
            "0xb41c08/0xfffffc08",
            "0xb41d00/0xfffffd00",
            "0xb41c00/0xfffffc18",
            "! -s 0.0.0.0/32 ",
            "",
            """
            -A BRIDGENET-RAW -s 127.0.0.0/8 -m devgroup --src-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-RAW -d 127.0.0.0/8 -m devgroup --src-group 0xb41c00/0xfffffc00 -j DROP
            """
        );

    /// <summary>Of ip6tables.</summary>
    /// <inheritdoc cref="Four"/>
    public static string Six(string rules) =>
        Shared(
            rules,
            "",
            "ipv6-icmp",
            "0xb41c00/0xfffffc01",
            "0xb41c40/0xfffffc40",
            "0xb41c20/0xfffffc20",
            "0xb41e00/0xfffffe00",
            "0xb41c00/0xfffffc60",
            "",
            "-A BRIDGENET-ISOLATION-STAGE-2 -p ipv6-icmp -m conntrack --ctstate UNTRACKED -j DROP",
            ""
        );

    private static string Shared(
        string rules,
        string translated,
        string icmp,
        string without,
        string unprotected,
        string routed,
        string isolated,
        string plain,
        string anySource,
        string untracked,
        string raw
    ) =>
        $"""
            *mangle
            :PREROUTING ACCEPT
            :INPUT ACCEPT
            :FORWARD ACCEPT
            :OUTPUT ACCEPT
            :POSTROUTING ACCEPT
            :BRIDGENET-BEGIN -
            :BRIDGENET-BETWEEN -
            :BRIDGENET-INPUT -
            :BRIDGENET-SOURCE -
            -A PREROUTING -j BRIDGENET-SOURCE
            -A INPUT -j BRIDGENET-INPUT
            -A FORWARD -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -j BRIDGENET-BEGIN
            -A BRIDGENET-BEGIN -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -j CONNMARK --set-xmark 0x20000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j BRIDGENET-BETWEEN
            {Between(rules)}
            -A BRIDGENET-BETWEEN -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-INPUT -m devgroup --src-group {isolated} -j DROP
            -A BRIDGENET-INPUT -m devgroup --src-group 0xb41c02/0xfffffc02 -m connmark --mark 0x30000000/0x30000000 -j DROP
            -A BRIDGENET-SOURCE {anySource}-m devgroup --src-group 0xb41c02/0xfffffc02 -m addrtype --dst-type LOCAL -m rpfilter --invert -j DROP
            -A BRIDGENET-SOURCE {anySource}-m devgroup --src-group 0xb41c00/0xfffffc00 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -m rpfilter --invert -j CONNMARK --set-xmark 0x30000000/0x30000000
            COMMIT
            *raw
            :PREROUTING ACCEPT
            :OUTPUT ACCEPT
            :BRIDGENET-RAW -
            -A PREROUTING -j BRIDGENET-RAW
            -A BRIDGENET-RAW -m devgroup --src-group 0xb41800/0xfffffc00 -j DROP
            {raw}
            -A BRIDGENET-RAW -m devgroup --src-group {without} -j DROP
            COMMIT
            *filter
            :INPUT ACCEPT
            :FORWARD ACCEPT
            :OUTPUT ACCEPT
            :BRIDGENET-FORWARD -
            :BRIDGENET-ISOLATION-STAGE-1 -
            :BRIDGENET-ISOLATION-STAGE-2 -
            :BRIDGENET-PORTS -
            :BRIDGENET-USER -
            -A FORWARD -j BRIDGENET-USER
            -A FORWARD -j BRIDGENET-FORWARD
            -A BRIDGENET-FORWARD -m devgroup --dst-group {without} -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c02/0xfffffc02 ! --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c02/0xfffffc02 --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group {plain} --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate RELATED -m conntrack ! --ctstate DNAT -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x30000000/0x30000000 -m conntrack --ctstate DNAT -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            {Of(rules, "BRIDGENET-ISOLATION-STAGE-1")}
            -A BRIDGENET-ISOLATION-STAGE-1 -m devgroup --src-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
            -A BRIDGENET-ISOLATION-STAGE-2 -m connmark ! --mark 0x10000000/0x30000000 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -m conntrack --ctstate INVALID -j DROP
            {untracked}
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            {Of(rules, "BRIDGENET-PORTS")}
            -A BRIDGENET-PORTS -m devgroup --dst-group {unprotected} -j ACCEPT
            -A BRIDGENET-PORTS -p {icmp} -m devgroup --dst-group {routed} -j ACCEPT
            {Of(rules, "BRIDGENET-USER")}
            COMMIT
            *nat
            :PREROUTING ACCEPT
            :INPUT ACCEPT
            :OUTPUT ACCEPT
            :POSTROUTING ACCEPT
            :BRIDGENET-NAT -
            :BRIDGENET-POSTROUTING -
            -A PREROUTING {translated}-m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -A OUTPUT -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -A POSTROUTING -j BRIDGENET-POSTROUTING
            {Of(rules, "BRIDGENET-NAT")}
            {Of(rules, "BRIDGENET-POSTROUTING")}
            -A BRIDGENET-POSTROUTING -m addrtype --src-type LOCAL -m devgroup --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate DNAT -j MASQUERADE
            COMMIT
            """;

    // Each network has one beside its rule about what is sent within it.
    private static string Between(string rules) =>
        string.Join(
            '\n',
            Of(rules, "BRIDGENET-ISOLATION-STAGE-1")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static rule =>
                    $"{rule[..rule.IndexOf(" -j ", StringComparison.Ordinal)].Replace("BRIDGENET-ISOLATION-STAGE-1", "BRIDGENET-BETWEEN")} -j RETURN"
                )
        );

    private static string Of(string rules, string chain) =>
        string.Join(
            '\n',
            rules
                .Split('\n', StringSplitOptions.TrimEntries)
                .Where(rule => rule.StartsWith(chain + " ", StringComparison.Ordinal))
                .Select(rule => $"-A {rule}")
        );
}
