using System.Net;
using BridgeNet.Firewall;
using Xunit;

namespace BridgeNet.Core.Tests;

public sealed class IptablesPlanTests
{
    private const string Empty = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";

    private static readonly FirewallNetwork s_a = new("a", "br-aaaaaaaaaaaa", IPNetwork.Parse("10.1.0.0/16"));
    private static readonly FirewallNetwork s_b = new("b", "br-bbbbbbbbbbbb", IPNetwork.Parse("10.2.0.0/16")) { Masquerade = false };

    [Fact]
    public void The_first_network_brings_chains_isolation_and_jumps() => Assert.Equal(
        """
        *filter
        :BRIDGENET-USER - [0:0]
        :BRIDGENET-FORWARD - [0:0]
        :BRIDGENET-ISOLATION-STAGE-1 - [0:0]
        :BRIDGENET-ISOLATION-STAGE-2 - [0:0]
        -A BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41d -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -j BRIDGENET-ISOLATION-STAGE-1
        -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41d -j ACCEPT
        -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41d -j DROP
        -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
        -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41d -j DROP
        -I FORWARD 1 -j BRIDGENET-FORWARD
        -I FORWARD 1 -j BRIDGENET-USER
        COMMIT
        *nat
        :BRIDGENET-POSTROUTING - [0:0]
        -A BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE
        -I POSTROUTING 1 -j BRIDGENET-POSTROUTING
        COMMIT

        """, IptablesPlan.Rebuild(IptablesSaved.Parse(Empty), [s_a]));

    [Fact]
    public void Every_further_network_adds_two_rules_whatever_there_is() => Assert.Equal(
        """
        *filter
        -D BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
        -I BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
        COMMIT
        *nat
        -I BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE
        COMMIT

        """, IptablesPlan.Change(remove: [s_b], add: [s_a]));

    [Fact]
    public void The_last_network_takes_everything_along() => Assert.Equal(
        """
        *filter
        -D FORWARD -j BRIDGENET-USER
        -D FORWARD -j BRIDGENET-FORWARD
        -F BRIDGENET-FORWARD
        -F BRIDGENET-ISOLATION-STAGE-1
        -F BRIDGENET-USER
        -X BRIDGENET-FORWARD
        -X BRIDGENET-ISOLATION-STAGE-1
        -X BRIDGENET-USER
        COMMIT

        """, IptablesPlan.Rebuild(IptablesSaved.Parse(
            """
            *filter
            :FORWARD DROP [0:0]
            :BRIDGENET-FORWARD - [0:0]
            :BRIDGENET-ISOLATION-STAGE-1 - [0:0]
            :BRIDGENET-USER - [0:0]
            -A FORWARD -j BRIDGENET-USER
            -A FORWARD -j BRIDGENET-FORWARD
            -A FORWARD -j DOCKER-USER
            COMMIT
            """), []));

    [Fact]
    public void An_admins_chain_with_rules_stays_with_its_jump() => Assert.Equal(
        "*filter\n-D FORWARD -j BRIDGENET-FORWARD\n-F BRIDGENET-FORWARD\n-X BRIDGENET-FORWARD\nCOMMIT\n",
        IptablesPlan.Rebuild(IptablesSaved.Parse(
            """
            *filter
            :FORWARD ACCEPT [0:0]
            :BRIDGENET-FORWARD - [0:0]
            :BRIDGENET-USER - [0:0]
            -A FORWARD -j BRIDGENET-USER
            -A FORWARD -j BRIDGENET-FORWARD
            -A BRIDGENET-USER -s 192.0.2.1/32 -j DROP
            COMMIT
            """), []));

    [Fact]
    public void Nothing_there_and_nothing_wanted_is_nothing_to_do() => Assert.Equal("", IptablesPlan.Rebuild(IptablesSaved.Parse(Empty), []));

    [Theory]
    [InlineData("-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD\n-A FORWARD -j DOCKER-USER", "")]
    [InlineData("-A FORWARD -j DOCKER-USER\n-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD",
        "-D FORWARD -j BRIDGENET-USER;-D FORWARD -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER")]
    [InlineData("-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD\n-A FORWARD -j BRIDGENET-FORWARD",
        "-D FORWARD -j BRIDGENET-USER;-D FORWARD -j BRIDGENET-FORWARD;-D FORWARD -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER")]
    [InlineData("", "-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER")]
    public void Jumps_are_put_at_the_head_once_and_only_when_they_are_not(string forward, string expected)
    {
        string script = IptablesPlan.Rebuild(IptablesSaved.Parse($"*filter\n:FORWARD ACCEPT [0:0]\n:BRIDGENET-USER - [0:0]\n{forward}\nCOMMIT\n"), [s_a]);
        Assert.Equal(expected, string.Join(';', script.Split('\n').Where(line => line.Contains(" FORWARD ", StringComparison.Ordinal))));
        Assert.DoesNotContain(":BRIDGENET-USER", script);
    }
}
