namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>What <c>iptables-save</c> prints: the rules that all networks share, and those of networks where they belong.</summary>
internal static class IptablesGolden
{
    /// <summary>Of iptables.</summary>
    /// <param name="rules">The rules of networks, and of the admin, as <c>CHAIN RULE</c>.</param>
    public static string Four(string rules) => $"""
        *raw
        :PREROUTING ACCEPT
        :OUTPUT ACCEPT
        :BRIDGENET-RAW -
        -A PREROUTING -j BRIDGENET-RAW
        -A BRIDGENET-RAW -d 127.0.0.0/8 -m devgroup --src-group 0xb41c/0xfffffffe -j DROP
        COMMIT
        {Shared(rules, "0xb41c/0xfffffffe")}
        """;

    /// <summary>Of ip6tables.</summary>
    /// <inheritdoc cref="Four"/>
    public static string Six(string rules) => Shared(rules, "0xb41d");

    private static string Shared(string rules, string group) => $"""
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
        -A BRIDGENET-FORWARD -m devgroup --src-group {group} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group {group} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --src-group {group} -j BRIDGENET-ISOLATION-STAGE-1
        -A BRIDGENET-FORWARD -m devgroup --src-group {group} -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group {group} -j BRIDGENET-PORTS
        -A BRIDGENET-FORWARD -m devgroup --dst-group {group} -j DROP
        {Of(rules, "BRIDGENET-ISOLATION-STAGE-1")}
        -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
        -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group {group} -j BRIDGENET-PORTS
        -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group {group} -j DROP
        {Of(rules, "BRIDGENET-PORTS")}
        {Of(rules, "BRIDGENET-USER")}
        COMMIT
        *nat
        :PREROUTING ACCEPT
        :INPUT ACCEPT
        :OUTPUT ACCEPT
        :POSTROUTING ACCEPT
        :BRIDGENET-NAT -
        :BRIDGENET-POSTROUTING -
        -A PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
        -A OUTPUT -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
        -A POSTROUTING -j BRIDGENET-POSTROUTING
        {Of(rules, "BRIDGENET-NAT")}
        {Of(rules, "BRIDGENET-POSTROUTING")}
        -A BRIDGENET-POSTROUTING -m addrtype --src-type LOCAL -m devgroup --dst-group {group} -m conntrack --ctstate DNAT -j MASQUERADE
        COMMIT
        """;

    private static string Of(string rules, string chain) =>
        string.Join('\n', rules.Split('\n', StringSplitOptions.TrimEntries).Where(rule => rule.StartsWith(chain + " ", StringComparison.Ordinal)).Select(rule => $"-A {rule}"));
}
