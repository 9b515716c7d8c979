using System.Net;
using BridgeNet.Firewall;
using Xunit;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The rules in the kernel, as <c>iptables-save</c> prints them.</summary>
public sealed class IptablesBackendTests : IDisposable
{
    private static readonly FirewallNetwork s_a = new("a", "br-aaaaaaaaaaaa", IPNetwork.Parse("10.1.0.0/16"));
    private static readonly FirewallNetwork s_b = new("b", "br-bbbbbbbbbbbb", IPNetwork.Parse("10.2.0.0/16")) { Masquerade = false };
    private static readonly FirewallNetwork s_c = new("c", "br-cccccccccccc", IPNetwork.Parse("10.3.0.0/16"));

    private const string RulesOfA = "-A BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT";
    private const string RulesOfB = "-A BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT";
    private const string RulesOfC = "-A BRIDGENET-ISOLATION-STAGE-1 -i br-cccccccccccc -o br-cccccccccccc -j ACCEPT";
    private const string NatOfA = "-A BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE";
    private const string NatOfC = "-A BRIDGENET-POSTROUTING -s 10.3.0.0/16 ! -o br-cccccccccccc -j MASQUERADE";

    private readonly PrivateNamespace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Without_networks_there_is_nothing() => In(backend =>
    {
        backend.Rebuild([]);
        Assert.Equal("", RuleText.Iptables());
    });

    [Fact]
    public void One_network() => In(backend =>
    {
        backend.Rebuild([s_a]);
        AssertRules(Golden([RulesOfA], [NatOfA]));
    });

    [Fact]
    public void One_network_that_is_not_masqueraded() => In(backend =>
    {
        backend.Rebuild([s_b]);
        AssertRules(Golden([RulesOfB], []));
    });

    [Fact]
    public void Three_networks_have_the_isolation_of_one() => In(backend =>
    {
        backend.Rebuild([s_a, s_b, s_c]);
        AssertRules(Golden([RulesOfA, RulesOfB, RulesOfC], [NatOfA, NatOfC]));
    });

    [Fact]
    public void Adding_and_removing_gives_what_was_there() => In(backend =>
    {
        backend.Rebuild([s_a]);
        string before = RuleText.Iptables();
        Assert.True(backend.TryChange(remove: [], add: [s_b, s_c]));
        // Each goes to the head of its chain.
        AssertRules(Golden([RulesOfC, RulesOfB, RulesOfA], [NatOfC, NatOfA]));
        Assert.True(backend.TryChange(remove: [s_b, s_c], add: []));
        Assert.Equal(before, RuleText.Iptables());
        backend.Rebuild([]);
        Assert.Equal("", RuleText.Iptables());
    });

    [Fact]
    public void A_change_that_cannot_be_made_whole_is_not_made() => In(backend =>
    {
        Assert.False(backend.TryChange(remove: [], add: [s_a]));
        backend.Rebuild([s_a]);
        string before = RuleText.Iptables();
        Assert.False(backend.TryChange(remove: [s_c], add: [s_b]));
        Assert.Equal(before, RuleText.Iptables());
    });

    [Fact]
    public void Rebuilding_mends_what_somebody_changed_and_keeps_the_admins_chain() => In(backend =>
    {
        backend.Rebuild([s_a, s_b]);
        AdminRule.Run("iptables -A BRIDGENET-USER -s 192.0.2.1 -j DROP; iptables -F BRIDGENET-ISOLATION-STAGE-2; iptables -D FORWARD -j BRIDGENET-FORWARD");
        backend.Rebuild([s_a]);
        AssertRules(Golden([RulesOfA], [NatOfA], "-A BRIDGENET-USER -s 192.0.2.1/32 -j DROP"));
        backend.Rebuild([]);
        AssertRules("""
            *filter
            :INPUT ACCEPT
            :FORWARD ACCEPT
            :OUTPUT ACCEPT
            :BRIDGENET-USER -
            -A FORWARD -j BRIDGENET-USER
            -A BRIDGENET-USER -s 192.0.2.1/32 -j DROP
            COMMIT
            """);
    });

    [Fact]
    public void Foreign_rules_are_not_touched() => In(backend =>
    {
        AdminRule.Run("iptables -N FOREIGN; iptables -A FOREIGN -j RETURN; iptables -A FORWARD -j FOREIGN; iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE; iptables -P FORWARD DROP");
        string before = RuleText.Iptables();
        backend.Rebuild([s_a]);
        Assert.All(["-A FORWARD -j FOREIGN", ":FORWARD DROP", "-A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE"], line => Assert.Contains(line, RuleText.Iptables().Split('\n')));
        backend.Rebuild([]);
        Assert.Equal(before, RuleText.Iptables());
    });

    [Fact]
    public void A_thousand_networks_are_rebuilt_changed_and_removed_at_once() => In(backend =>
    {
        FirewallNetwork[] many = [.. Enumerable.Range(0, 1000).Select(number => new FirewallNetwork($"{number}", $"br-{number:x12}", IPNetwork.Parse($"10.{number / 256}.{number % 256}.0/24")))];
        backend.Rebuild(many);
        Assert.Equal(2000, RuleText.Iptables().Split('\n').Count(line => line.Contains("br-", StringComparison.Ordinal)));
        Assert.True(backend.TryChange(remove: many[1..], add: []));
        AssertRules(Golden(
            ["-A BRIDGENET-ISOLATION-STAGE-1 -i br-000000000000 -o br-000000000000 -j ACCEPT"],
            ["-A BRIDGENET-POSTROUTING -s 10.0.0.0/24 ! -o br-000000000000 -j MASQUERADE"]));
    });

    private void In(Action<IptablesBackend> work) => _space.Run(() =>
    {
        RuleText.Iptables(); // skips where it is not installed
        work(new IptablesBackend());
    });

    private static void AssertRules(string expected) => Assert.Equal(
        string.Join('\n', expected.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), RuleText.Iptables());

    private static string Golden(string[] stage1, string[] postrouting, string user = "") => $"""
        *filter
        :INPUT ACCEPT
        :FORWARD ACCEPT
        :OUTPUT ACCEPT
        :BRIDGENET-FORWARD -
        :BRIDGENET-ISOLATION-STAGE-1 -
        :BRIDGENET-ISOLATION-STAGE-2 -
        :BRIDGENET-USER -
        -A FORWARD -j BRIDGENET-USER
        -A FORWARD -j BRIDGENET-FORWARD
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41d -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -j BRIDGENET-ISOLATION-STAGE-1
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41d -j DROP
        {string.Join('\n', stage1)}
        -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
        -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41d -j DROP
        {user}
        COMMIT
        *nat
        :PREROUTING ACCEPT
        :INPUT ACCEPT
        :OUTPUT ACCEPT
        :POSTROUTING ACCEPT
        :BRIDGENET-POSTROUTING -
        -A POSTROUTING -j BRIDGENET-POSTROUTING
        {string.Join('\n', postrouting)}
        COMMIT
        """;
}
