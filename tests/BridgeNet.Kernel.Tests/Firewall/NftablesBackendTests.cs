using System.Net;
using BridgeNet.Firewall;
using Xunit;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The rules in the kernel, as <c>nft list ruleset</c> prints them.</summary>
public sealed class NftablesBackendTests : IDisposable
{
    private static readonly FirewallNetwork s_a = new("a", "br-aaaaaaaaaaaa", IPNetwork.Parse("10.1.0.0/16"));
    private static readonly FirewallNetwork s_b = new("b", "br-bbbbbbbbbbbb", IPNetwork.Parse("10.2.0.0/16")) { Masquerade = false };
    private static readonly FirewallNetwork s_c = new("c", "br-cccccccccccc", IPNetwork.Parse("10.3.0.0/16"));

    private readonly PrivateNamespace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Without_networks_there_is_nothing() => _space.Run(() =>
    {
        new NftablesBackend().Rebuild([]);
        Assert.Equal("", RuleText.Nft());
    });

    [Fact]
    public void One_network() => _space.Run(() =>
    {
        new NftablesBackend().Rebuild([s_a]);
        AssertRules(Golden(bridges: ["br-aaaaaaaaaaaa"], masqueraded: ["br-aaaaaaaaaaaa"]));
    });

    [Fact]
    public void One_network_that_is_not_masqueraded() => _space.Run(() =>
    {
        new NftablesBackend().Rebuild([s_b]);
        AssertRules(Golden(bridges: ["br-bbbbbbbbbbbb"], masqueraded: []));
    });

    [Fact]
    public void Three_networks_have_the_rules_of_one() => _space.Run(() =>
    {
        new NftablesBackend().Rebuild([s_a, s_b, s_c]);
        AssertRules(Golden(bridges: ["br-aaaaaaaaaaaa", "br-bbbbbbbbbbbb", "br-cccccccccccc"], masqueraded: ["br-aaaaaaaaaaaa", "br-cccccccccccc"]));
    });

    [Fact]
    public void Adding_and_removing_gives_what_was_there() => _space.Run(() =>
    {
        NftablesBackend backend = new();
        backend.Rebuild([s_a]);
        string before = RuleText.Nft();
        Assert.True(backend.TryChange(remove: [], add: [s_b, s_c]));
        AssertRules(Golden(bridges: ["br-aaaaaaaaaaaa", "br-bbbbbbbbbbbb", "br-cccccccccccc"], masqueraded: ["br-aaaaaaaaaaaa", "br-cccccccccccc"]));
        Assert.True(backend.TryChange(remove: [s_c, s_b], add: []));
        Assert.Equal(before, RuleText.Nft());
        backend.Rebuild([]);
        Assert.Equal("", RuleText.Nft());
    });

    [Fact]
    public void One_change_replaces_a_network_by_another() => _space.Run(() =>
    {
        NftablesBackend backend = new();
        backend.Rebuild([s_a]);
        Assert.True(backend.TryChange(remove: [s_a], add: [s_b]));
        AssertRules(Golden(bridges: ["br-bbbbbbbbbbbb"], masqueraded: []));
    });

    [Fact]
    public void A_change_that_cannot_be_made_whole_is_not_made() => _space.Run(() =>
    {
        NftablesBackend backend = new();
        Assert.False(backend.TryChange(remove: [], add: [s_a]));
        backend.Rebuild([s_a]);
        string before = RuleText.Nft();
        Assert.False(backend.TryChange(remove: [s_c], add: [s_b]));
        Assert.Equal(before, RuleText.Nft());
    });

    [Fact]
    public void Rebuilding_mends_what_somebody_changed_and_keeps_the_admins_chain() => _space.Run(() =>
    {
        NftablesBackend backend = new();
        backend.Rebuild([s_a, s_b]);
        AdminRule.Run("nft add rule ip bridgenet user ip saddr 192.0.2.1 drop; nft flush chain ip bridgenet isolation-stage-2; nft flush set ip bridgenet bridges");
        backend.Rebuild([s_a]);
        AssertRules(Golden(["br-aaaaaaaaaaaa"], ["br-aaaaaaaaaaaa"], user: ["ip saddr 192.0.2.1 drop"]));
        backend.Rebuild([]);
        AssertRules(Golden([], [], user: ["ip saddr 192.0.2.1 drop"]));
        AdminRule.Run("nft flush chain ip bridgenet user");
        backend.Rebuild([]);
        Assert.Equal("", RuleText.Nft());
    });

    [Fact]
    public void Foreign_tables_are_not_touched() => _space.Run(() =>
    {
        AdminRule.Run("nft add table ip foreign; nft add chain ip foreign forward; nft add rule ip foreign forward drop");
        string before = RuleText.Nft();
        NftablesBackend backend = new();
        backend.Rebuild([s_a]);
        Assert.StartsWith(before, RuleText.Nft());
        backend.Rebuild([]);
        Assert.Equal(before, RuleText.Nft());
    });

    [Fact]
    public void A_thousand_networks_are_rebuilt_changed_and_removed_at_once() => _space.Run(() =>
    {
        FirewallNetwork[] many = [.. Enumerable.Range(0, 1000).Select(number => new FirewallNetwork($"{number}", $"br-{number:x12}", IPNetwork.Parse($"10.{number / 256}.{number % 256}.0/24")))];
        NftablesBackend backend = new();
        backend.Rebuild(many);
        AssertRules(Golden([.. many.Select(network => network.BridgeName)], [.. many.Select(network => network.BridgeName)]));
        Assert.True(backend.TryChange(remove: many[1..], add: []));
        Assert.True(backend.TryChange(remove: [], add: many[1..]));
        Assert.False(backend.TryChange(remove: [.. many.Select(network => network with { BridgeName = "other" + network.Id })], add: []));
        Assert.True(backend.TryChange(remove: many[1..], add: []));
        AssertRules(Golden([many[0].BridgeName], [many[0].BridgeName]));
    });

    private static void AssertRules(string expected) => Assert.Equal(
        string.Join('\n', expected.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), RuleText.Nft());

    private static string Golden(string[] bridges, string[] masqueraded, string[]? user = null) => $$"""
        table ip bridgenet {
            set bridges {
                type ifname . ifname
                {{Elements(bridges.Select(name => $"\"{name}\" . \"{name}\""))}}
            }
            set masqueraded {
                type ifname
                {{Elements(masqueraded.Select(name => $"\"{name}\""))}}
            }
            chain user {
                {{string.Join('\n', user ?? [])}}
            }
            chain isolation-stage-2 {
                oifgroup 46109 drop
            }
            chain isolation-stage-1 {
                iifname . oifname @bridges accept
                jump isolation-stage-2
            }
            chain forward {
                type filter hook forward priority filter; policy accept;
                jump user
                ct state established,related accept
                iifgroup 46109 jump isolation-stage-1
                iifgroup 46109 accept
                oifgroup 46109 drop
            }
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                iifname @masqueraded oifgroup != 46109 masquerade
            }
        }
        """;

    private static string Elements(IEnumerable<string> elements) => string.Join('\n', elements.Select(element => $"element {element}").Order(StringComparer.Ordinal));
}
