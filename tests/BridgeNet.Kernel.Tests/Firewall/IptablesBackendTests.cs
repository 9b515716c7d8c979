using BridgeNet.Firewall;
using Xunit;
using static BridgeNet.Kernel.Tests.Firewall.Networks;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>The rules in the kernel, as <c>iptables-save</c> and <c>ip6tables-save</c> print them.</summary>
public sealed class IptablesBackendTests : IDisposable
{
    private readonly PrivateNamespace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Without_networks_there_is_nothing() =>
        In(backend =>
        {
            backend.Rebuild([]);
            Assert.Equal(("", ""), Rules());
        });

    [Fact]
    public void An_ordinary_network() =>
        In(backend =>
        {
            backend.Rebuild([A]);
            AssertRules(
                IptablesGolden.Four(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
                    BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE
                    """
                ),
                IptablesGolden.Six(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
                    BRIDGENET-POSTROUTING -s fd00:1::/64 ! -o br-aaaaaaaaaaaa -j MASQUERADE
                    """
                )
            );
        });

    [Fact]
    public void A_network_of_IPv4_alone_that_is_not_masqueraded() =>
        In(backend =>
        {
            backend.Rebuild([B]);
            AssertRules(
                IptablesGolden.Four("BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT"),
                IptablesGolden.Six("")
            );
        });

    [Fact]
    public void Networks_of_every_kind() =>
        In(backend =>
        {
            backend.Rebuild([C, D, E, F]);
            AssertRules(
                IptablesGolden.Four(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-cccccccccccc -o br-cccccccccccc -j DROP
                    BRIDGENET-ISOLATION-STAGE-1 -i br-dddddddddddd -o br-dddddddddddd -j ACCEPT
                    BRIDGENET-ISOLATION-STAGE-1 -i br-eeeeeeeeeeee -o br-eeeeeeeeeeee -j ACCEPT
                    BRIDGENET-ISOLATION-STAGE-1 -i br-ffffffffffff -o br-ffffffffffff -j ACCEPT
                    BRIDGENET-PORTS -d 10.4.0.2/32 -o br-dddddddddddd -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d 10.4.0.3/32 -o br-dddddddddddd -p udp -m udp --dport 53 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d 10.4.0.3/32 -o br-dddddddddddd -p sctp -m sctp --dport 3868 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d 10.5.0.2/32 -o br-eeeeeeeeeeee -p tcp -m tcp --dport 80 -j ACCEPT
                    BRIDGENET-NAT -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.4.0.2:80
                    BRIDGENET-NAT -d 127.0.0.1/32 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 10.4.0.2:80
                    BRIDGENET-NAT -p udp -m udp --dport 5353 -j DNAT --to-destination 10.4.0.3:53
                    BRIDGENET-NAT -d 192.0.2.1/32 -p sctp -m sctp --dport 3868 -j DNAT --to-destination 10.4.0.3:3868
                    BRIDGENET-POSTROUTING -s 10.4.0.0/16 ! -o br-dddddddddddd -j SNAT --to-source 192.0.2.1
                    BRIDGENET-POSTROUTING -s 10.4.0.0/16 -o br-dddddddddddd -m conntrack --ctstate DNAT -j MASQUERADE
                    BRIDGENET-POSTROUTING -s 10.6.0.0/16 ! -o br-ffffffffffff -j MASQUERADE
                    """
                ),
                IptablesGolden.Six(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-cccccccccccc -o br-cccccccccccc -j DROP
                    BRIDGENET-ISOLATION-STAGE-1 -i br-dddddddddddd -o br-dddddddddddd -j ACCEPT
                    BRIDGENET-ISOLATION-STAGE-1 -i br-eeeeeeeeeeee -o br-eeeeeeeeeeee -j ACCEPT
                    BRIDGENET-ISOLATION-STAGE-1 -i br-ffffffffffff -o br-ffffffffffff -j ACCEPT
                    BRIDGENET-PORTS -d fd00:4::2/128 -o br-dddddddddddd -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d fd00:4::3/128 -o br-dddddddddddd -p udp -m udp --dport 53 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d fd00:4::3/128 -o br-dddddddddddd -p sctp -m sctp --dport 3868 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-PORTS -d fd00:5::2/128 -o br-eeeeeeeeeeee -p udp -m udp --dport 53 -j ACCEPT
                    BRIDGENET-NAT ! -s fe80::/10 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd00:4::2]:80
                    BRIDGENET-NAT ! -s fe80::/10 -d ::1/128 -p udp -m udp --dport 5353 -j DNAT --to-destination [fd00:4::3]:53
                    BRIDGENET-NAT ! -s fe80::/10 -d 2001:db8::1/128 -p sctp -m sctp --dport 3868 -j DNAT --to-destination [fd00:4::3]:3868
                    BRIDGENET-POSTROUTING -s fd00:4::/64 ! -o br-dddddddddddd -j SNAT --to-source 2001:db8::1
                    BRIDGENET-POSTROUTING -s fd00:4::/64 -o br-dddddddddddd -m conntrack --ctstate DNAT -j MASQUERADE
                    BRIDGENET-POSTROUTING -s fd00:6::/64 ! -o br-ffffffffffff -j MASQUERADE
                    """
                )
            );
        });

    [Fact]
    public void Adding_and_removing_restores_the_original() =>
        In(backend =>
        {
            backend.Rebuild([A]);
            (string, string) before = Rules();
            foreach (FirewallNetwork network in All[1..])
            {
                Assert.True(backend.TryChange([], [network]));
                Assert.NotEqual(before, Rules());
                Assert.True(backend.TryChange([network], []));
                Assert.Equal(before, Rules());
            }
            Assert.True(backend.TryChange([], All[1..]));
            Assert.True(backend.TryChange(All[1..], []));
            Assert.Equal(before, Rules());
            backend.Rebuild([]);
            Assert.Equal(("", ""), Rules());
        });

    [Fact]
    public void Every_network_can_be_changed_to_every_other_of_its_name() =>
        In(backend =>
        {
            backend.Rebuild([A]);
            (string, string) before = Rules();
            foreach (FirewallNetwork network in All)
            {
                FirewallNetwork changed = network with { BridgeName = A.BridgeName };
                Assert.True(backend.TryChange([A], [changed]));
                Assert.True(backend.TryChange([changed], [A]));
                Assert.Equal(before, Rules());
            }
        });

    [Fact]
    public void A_change_that_cannot_complete_is_not_applied() =>
        In(backend =>
        {
            Assert.False(backend.TryChange([], [A]));
            backend.Rebuild([A]);
            (string, string) before = Rules();
            Assert.False(backend.TryChange([B], []));
            Assert.False(backend.TryChange([C], [B]));
            Assert.False(backend.TryChange([C], [D]));
            Assert.Equal(before, Rules());
        });

    [Fact]
    public void A_network_of_one_family_touches_that_family_alone() =>
        In(backend =>
        {
            backend.Rebuild([B]);
            (string, string) before = Rules();
            FirewallNetwork six = A with { Subnets = [.. A.Subnets.Skip(1)] };
            Assert.True(backend.TryChange([], [six]));
            Assert.Equal(before.Item1, Rules().Item1);
            Assert.NotEqual(before.Item2, Rules().Item2);
            Assert.True(backend.TryChange([six], []));
            Assert.Equal(before, Rules());
            // And what is gone of the other family is no obstacle to it.
            AdminRule.Run("ip6tables -F; ip6tables -X");
            Assert.True(backend.TryChange([B], []));
            Assert.False(backend.TryChange([], [six]));
        });

    [Fact]
    public void Rebuilding_repairs_flushed_tables() =>
        In(backend =>
        {
            backend.Rebuild(All);
            (string, string) before = Rules();
            AdminRule.Run(
                "iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X; iptables -t raw -F; iptables -t raw -X; ip6tables -F; ip6tables -X; ip6tables -t nat -F; ip6tables -t nat -X"
            );
            Assert.False(backend.TryChange(All, [A]));
            backend.Rebuild(All);
            Assert.Equal(before, Rules());
        });

    [Fact]
    public void Rebuilding_repairs_foreign_changes_and_keeps_the_admins_chain() =>
        In(backend =>
        {
            backend.Rebuild([A, B]);
            AdminRule.Run(
                "iptables -A BRIDGENET-USER -s 192.0.2.1 -j DROP; iptables -F BRIDGENET-ISOLATION-STAGE-2; iptables -D FORWARD -j BRIDGENET-FORWARD; iptables -t nat -A BRIDGENET-NAT -j ACCEPT"
            );
            backend.Rebuild([B]);
            AssertRules(
                IptablesGolden.Four(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
                    BRIDGENET-USER -s 192.0.2.1/32 -j DROP
                    """
                ),
                IptablesGolden.Six("")
            );
            backend.Rebuild([]);
            AssertRules(
                """
                *filter
                :INPUT ACCEPT
                :FORWARD ACCEPT
                :OUTPUT ACCEPT
                :BRIDGENET-USER -
                -A FORWARD -j BRIDGENET-USER
                -A BRIDGENET-USER -s 192.0.2.1/32 -j DROP
                COMMIT
                """,
                ""
            );
        });

    [Fact]
    public void Foreign_rules_are_not_touched() =>
        In(backend =>
        {
            AdminRule.Run(
                "iptables -N FOREIGN; iptables -A FOREIGN -j RETURN; iptables -A FORWARD -j FOREIGN; iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE; iptables -P FORWARD DROP; ip6tables -A FORWARD -s 2001:db8::/32 -j DROP"
            );
            (string, string) before = Rules();
            backend.Rebuild(All);
            Assert.All(
                ["-A FORWARD -j FOREIGN", ":FORWARD DROP", "-A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE"],
                line => Assert.Contains(line, Rules().Item1.Split('\n'))
            );
            Assert.Contains("-A FORWARD -s 2001:db8::/32 -j DROP", Rules().Item2.Split('\n'));
            backend.Rebuild([]);
            Assert.Equal(before, Rules());
        });

    [Fact]
    public void A_thousand_networks_are_rebuilt_changed_and_removed_at_once() =>
        In(backend =>
        {
            Assert.SkipUnless(UserNamespace.IsRealRoot, "iptables-restore sends all rules at once, and a user's sockets hold fewer");
            backend.Rebuild(Many);
            Assert.Equal(5000, Rules().Item1.Split('\n').Count(line => line.Contains("br-", StringComparison.Ordinal)));
            Assert.True(backend.TryChange(Many[1..], []));
            AssertRules(
                IptablesGolden.Four(
                    """
                    BRIDGENET-ISOLATION-STAGE-1 -i br-000000000000 -o br-000000000000 -j ACCEPT
                    BRIDGENET-PORTS -d 10.0.0.2/32 -o br-000000000000 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
                    BRIDGENET-NAT -p tcp -m tcp --dport 10000 -j DNAT --to-destination 10.0.0.2:80
                    BRIDGENET-POSTROUTING -s 10.0.0.0/24 ! -o br-000000000000 -j MASQUERADE
                    BRIDGENET-POSTROUTING -s 10.0.0.0/24 -o br-000000000000 -m conntrack --ctstate DNAT -j MASQUERADE
                    """
                ),
                IptablesGolden.Six("")
            );
        });

    private void In(Action<IptablesBackend> work) =>
        _space.Run(() =>
        {
            Firewalls.Needs("iptables");
            using IptablesBackend backend = new();
            work(backend);
        });

    private static (string, string) Rules() => (RuleText.Iptables(), RuleText.Ip6tables());

    private static void AssertRules(string four, string six)
    {
        Assert.Equal(Lines(four), RuleText.Iptables());
        Assert.Equal(Lines(six), RuleText.Ip6tables());
    }

    private static string Lines(string text) =>
        RuleText.Sorted(text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
