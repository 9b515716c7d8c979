using BridgeNet.Firewall;
using Xunit;
using static BridgeNet.Kernel.Tests.Firewall.Networks;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The rules in the kernel, as <c>nft list ruleset</c> prints them.</summary>
public sealed class NftablesBackendTests : IDisposable
{
    private readonly PrivateNamespace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Without_networks_there_is_nothing() =>
        In(backend =>
        {
            backend.Rebuild([]);
            Assert.Equal("", RuleText.Nft());
        });

    [Fact]
    public void An_ordinary_network() =>
        In(backend =>
        {
            backend.Rebuild([A]);
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-aaaaaaaaaaaa\" . \"br-aaaaaaaaaaaa\"",
                    "masquerade-net4: 10.1.0.0/16",
                    "masquerade-net6: fd00:1::/64"
                )
            );
        });

    [Fact]
    public void A_network_of_IPv4_alone_that_is_not_masqueraded() =>
        In(backend =>
        {
            backend.Rebuild([B]);
            AssertRules(NftGolden.Of("bridges: \"br-bbbbbbbbbbbb\" . \"br-bbbbbbbbbbbb\""));
        });

    [Fact]
    public void An_internal_network_whose_containers_do_not_reach_each_other() =>
        In(backend =>
        {
            backend.Rebuild([C]);
            AssertRules(NftGolden.Of("bridges: \"br-cccccccccccc\" . \"br-cccccccccccc\""));
        });

    [Fact]
    public void A_network_with_given_source_addresses_and_published_ports() =>
        In(backend =>
        {
            backend.Rebuild([D]);
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-dddddddddddd\" . \"br-dddddddddddd\"",
                    "snat-net4: 10.4.0.0/16 : 192.0.2.1",
                    "snat-net6: fd00:4::/64 : 2001:db8::1",
                    "published4: 10.4.0.2 . tcp . 80, 10.4.0.3 . udp . 53, 10.4.0.3 . sctp . 3868",
                    "published6: fd00:4::2 . tcp . 80, fd00:4::3 . udp . 53, fd00:4::3 . sctp . 3868",
                    "own4: 10.4.0.2 . 10.4.0.2, 10.4.0.3 . 10.4.0.3",
                    "own6: fd00:4::2 . fd00:4::2, fd00:4::3 . fd00:4::3",
                    "publish-any4: tcp . 8080 : 10.4.0.2 . 80, udp . 5353 : 10.4.0.3 . 53",
                    "publish-one4: 127.0.0.1 . tcp . 8081 : 10.4.0.2 . 80, 192.0.2.1 . sctp . 3868 : 10.4.0.3 . 3868",
                    "publish-any6: tcp . 8080 : fd00:4::2 . 80",
                    "publish-one6: ::1 . udp . 5353 : fd00:4::3 . 53, 2001:db8::1 . sctp . 3868 : fd00:4::3 . 3868"
                )
            );
        });

    [Fact]
    public void A_routed_network() =>
        In(backend =>
        {
            backend.Rebuild([E]);
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-eeeeeeeeeeee\" . \"br-eeeeeeeeeeee\"",
                    "opened4: 10.5.0.2 . tcp . 80",
                    "opened6: fd00:5::2 . udp . 53"
                )
            );
        });

    [Fact]
    public void An_unprotected_network() =>
        In(backend =>
        {
            backend.Rebuild([F]);
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-ffffffffffff\" . \"br-ffffffffffff\"",
                    "masquerade-net4: 10.6.0.0/16",
                    "masquerade-net6: fd00:6::/64"
                )
            );
        });

    [Fact]
    public void Nft_reads_what_it_prints_of_them() =>
        In(backend =>
        {
            backend.Rebuild(All);
            string printed = RuleText.NftText(),
                rules = RuleText.Nft();
            using PrivateNamespace other = new();
            other.Run(() =>
            {
                (int code, _, string error) = IptablesProgram.Run("nft", printed, "-f", "-");
                Assert.True(code == 0, error);
                Assert.Equal(rules, RuleText.Nft());
                // And what nft made is changed and taken down as what was made natively.
                using NftablesBackend there = new();
                Assert.True(there.TryChange(All, [A]));
                AssertRules(
                    NftGolden.Of(
                        "bridges: \"br-aaaaaaaaaaaa\" . \"br-aaaaaaaaaaaa\"",
                        "masquerade-net4: 10.1.0.0/16",
                        "masquerade-net6: fd00:1::/64"
                    )
                );
                there.Rebuild([]);
                Assert.Equal("", RuleText.Nft());
            });
        });

    [Fact]
    public void Adding_and_removing_restores_the_original() =>
        In(backend =>
        {
            backend.Rebuild(All);
            string all = RuleText.Nft();
            backend.Rebuild([A]);
            string before = RuleText.Nft();
            foreach (FirewallNetwork network in All[1..])
            {
                Assert.True(backend.TryChange([], [network]));
                Assert.NotEqual(before, RuleText.Nft());
                Assert.True(backend.TryChange([network], []));
                Assert.Equal(before, RuleText.Nft());
            }
            Assert.True(backend.TryChange([A], All));
            Assert.Equal(all, RuleText.Nft());
            Assert.True(backend.TryChange(All, [A]));
            Assert.Equal(before, RuleText.Nft());
            backend.Rebuild([]);
            Assert.Equal("", RuleText.Nft());
        });

    [Fact]
    public void Every_network_can_be_changed_to_every_other_of_its_name() =>
        In(backend =>
        {
            backend.Rebuild([A]);
            foreach (FirewallNetwork network in All)
            {
                FirewallNetwork changed = network with { BridgeName = A.BridgeName };
                Assert.True(backend.TryChange([A], [changed]));
                string now = RuleText.Nft();
                backend.Rebuild([changed]);
                Assert.Equal(RuleText.Nft(), now);
                Assert.True(backend.TryChange([changed], [A]));
            }
        });

    [Fact]
    public void A_port_that_moves_to_another_endpoint_is_changed_at_once() =>
        In(backend =>
        {
            FirewallNetwork moved = D with { Ports = [D.Ports[0] with { Address = System.Net.IPAddress.Parse("10.4.0.9") }] };
            backend.Rebuild([D with { Ports = [D.Ports[0]] }]);
            Assert.True(backend.TryChange([D with { Ports = [D.Ports[0]] }], [moved]));
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-dddddddddddd\" . \"br-dddddddddddd\"",
                    "snat-net4: 10.4.0.0/16 : 192.0.2.1",
                    "snat-net6: fd00:4::/64 : 2001:db8::1",
                    "published4: 10.4.0.9 . tcp . 80",
                    "own4: 10.4.0.9 . 10.4.0.9",
                    "publish-any4: tcp . 8080 : 10.4.0.9 . 80"
                )
            );
        });

    [Fact]
    public void A_change_that_cannot_complete_is_not_applied() =>
        In(backend =>
        {
            Assert.False(backend.TryChange([], [A]));
            backend.Rebuild([A, D with { Ports = [D.Ports[0]] }]);
            string before = RuleText.Nft();
            Assert.False(backend.TryChange([C], [B]));
            Assert.Equal(before, RuleText.Nft());
            // The port of the host leads elsewhere already.
            Assert.False(
                backend.TryChange([], [B with { Ports = [D.Ports[0] with { Address = System.Net.IPAddress.Parse("10.2.0.2") }] }])
            );
            Assert.Equal(before, RuleText.Nft());
        });

    [Fact]
    public void Rebuilding_repairs_a_flushed_ruleset() =>
        In(backend =>
        {
            backend.Rebuild(All);
            string before = RuleText.Nft();
            AdminRule.Run("nft flush ruleset");
            Assert.False(backend.TryChange(All, [A]));
            backend.Rebuild(All);
            Assert.Equal(before, RuleText.Nft());
        });

    [Fact]
    public void Rebuilding_repairs_foreign_changes_and_keeps_the_admins_chain() =>
        In(backend =>
        {
            backend.Rebuild([A, D]);
            AdminRule.Run(
                "nft add rule inet bridgenet user ip saddr 192.0.2.1 drop; nft flush chain inet bridgenet isolation-stage-2; nft flush set inet bridgenet bridges; nft flush map inet bridgenet publish-any4"
            );
            backend.Rebuild([A]);
            AssertRules(
                NftGolden.Of(
                    "user: ip saddr 192.0.2.1 drop",
                    "bridges: \"br-aaaaaaaaaaaa\" . \"br-aaaaaaaaaaaa\"",
                    "masquerade-net4: 10.1.0.0/16",
                    "masquerade-net6: fd00:1::/64"
                )
            );
            backend.Rebuild([]);
            AssertRules(NftGolden.Of("user: ip saddr 192.0.2.1 drop"));
            AdminRule.Run("nft flush chain inet bridgenet user");
            backend.Rebuild([]);
            Assert.Equal("", RuleText.Nft());
        });

    [Fact]
    public void Foreign_tables_are_not_touched() =>
        In(backend =>
        {
            AdminRule.Run("nft add table ip foreign; nft add chain ip foreign forward; nft add rule ip foreign forward drop");
            string before = RuleText.Nft();
            backend.Rebuild(All);
            Assert.StartsWith(before, RuleText.Nft());
            backend.Rebuild([]);
            Assert.Equal(before, RuleText.Nft());
        });

    [Fact]
    public void A_thousand_networks_are_rebuilt_changed_and_removed_at_once() =>
        In(backend =>
        {
            backend.Rebuild(Many);
            string all = RuleText.Nft();
            Assert.Equal(5000, all.Split('\n').Count(line => line.StartsWith("element", StringComparison.Ordinal)));
            Assert.True(backend.TryChange(Many[1..], []));
            Assert.True(backend.TryChange([], Many[1..]));
            Assert.Equal(all, RuleText.Nft());
            Assert.False(backend.TryChange([.. Many.Select(network => network with { BridgeName = "x" + network.BridgeName[1..] })], []));
            Assert.Equal(all, RuleText.Nft());
            Assert.True(backend.TryChange(Many[1..], []));
            AssertRules(
                NftGolden.Of(
                    "bridges: \"br-000000000000\" . \"br-000000000000\"",
                    "masquerade-net4: 10.0.0.0/24",
                    "published4: 10.0.0.2 . tcp . 80",
                    "own4: 10.0.0.2 . 10.0.0.2",
                    "publish-any4: tcp . 10000 : 10.0.0.2 . 80"
                )
            );
        });

    private void In(Action<NftablesBackend> work) =>
        _space.Run(() =>
        {
            Firewalls.Needs("nftables");
            using NftablesBackend backend = new();
            work(backend);
        });

    private static void AssertRules(string expected) =>
        Assert.Equal(
            string.Join('\n', expected.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
            RuleText.Nft()
        );
}
