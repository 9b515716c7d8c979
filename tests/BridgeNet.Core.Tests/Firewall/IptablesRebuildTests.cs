using BridgeNet.Firewall;
using Xunit;
using static BridgeNet.Core.Tests.Firewall.Networks;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>Everything made anew, whatever the kernel holds.</summary>
public sealed class IptablesRebuildTests
{
    private const string Empty = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";

    [Fact]
    public void The_first_network_brings_chains_isolation_and_jumps() =>
        Assert.Equal(
            """
            *filter
            :BRIDGENET-USER - [0:0]
            :BRIDGENET-FORWARD - [0:0]
            :BRIDGENET-ISOLATION-STAGE-1 - [0:0]
            :BRIDGENET-ISOLATION-STAGE-2 - [0:0]
            :BRIDGENET-PORTS - [0:0]
            -A BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
            -A BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc80 -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c02/0xfffffc02 ! --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c02/0xfffffc02 --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc18 --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate RELATED -m conntrack ! --ctstate DNAT -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x30000000/0x30000000 -m conntrack --ctstate DNAT -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-1 -m devgroup --src-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
            -A BRIDGENET-ISOLATION-STAGE-2 -m connmark ! --mark 0x10000000/0x30000000 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -m conntrack --ctstate INVALID -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-PORTS -m devgroup --dst-group 0xb41c10/0xfffffc10 -j ACCEPT
            -A BRIDGENET-PORTS -p icmp -m devgroup --dst-group 0xb41c08/0xfffffc08 -j ACCEPT
            -I FORWARD 1 -j BRIDGENET-FORWARD
            -I FORWARD 1 -j BRIDGENET-USER
            COMMIT
            *nat
            :BRIDGENET-NAT - [0:0]
            :BRIDGENET-POSTROUTING - [0:0]
            -A BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE
            -A BRIDGENET-POSTROUTING -s 10.2.0.0/16 ! -o br-bbbbbbbbbbbb -j MASQUERADE
            -A BRIDGENET-POSTROUTING -m addrtype --src-type LOCAL -m devgroup --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate DNAT -j MASQUERADE
            -I PREROUTING 1 ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -I OUTPUT 1 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -I POSTROUTING 1 -j BRIDGENET-POSTROUTING
            COMMIT
            *raw
            :BRIDGENET-RAW - [0:0]
            -A BRIDGENET-RAW -m devgroup --src-group 0xb41800/0xfffffc00 -j DROP
            -A BRIDGENET-RAW -s 127.0.0.0/8 -m devgroup --src-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-RAW -d 127.0.0.0/8 -m devgroup --src-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-RAW -m devgroup --src-group 0xb41c00/0xfffffc80 -j DROP
            -I PREROUTING 1 -j BRIDGENET-RAW
            COMMIT
            *mangle
            :BRIDGENET-SOURCE - [0:0]
            :BRIDGENET-BETWEEN - [0:0]
            :BRIDGENET-BEGIN - [0:0]
            :BRIDGENET-INPUT - [0:0]
            -A BRIDGENET-BETWEEN -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j RETURN
            -A BRIDGENET-BETWEEN -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j RETURN
            -A BRIDGENET-SOURCE ! -s 0.0.0.0/32 -m devgroup --src-group 0xb41c02/0xfffffc02 -m addrtype --dst-type LOCAL -m rpfilter --invert -j DROP
            -A BRIDGENET-SOURCE ! -s 0.0.0.0/32 -m devgroup --src-group 0xb41c00/0xfffffc00 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -m rpfilter --invert -j CONNMARK --set-xmark 0x30000000/0x30000000
            -A BRIDGENET-BETWEEN -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -j CONNMARK --set-xmark 0x20000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j BRIDGENET-BETWEEN
            -A BRIDGENET-INPUT -m devgroup --src-group 0xb41d00/0xfffffd00 -j DROP
            -A BRIDGENET-INPUT -m devgroup --src-group 0xb41c02/0xfffffc02 -m connmark --mark 0x30000000/0x30000000 -j DROP
            -I PREROUTING 1 -j BRIDGENET-SOURCE
            -I FORWARD 1 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -j BRIDGENET-BEGIN
            -I INPUT 1 -j BRIDGENET-INPUT
            COMMIT

            """,
            IptablesPlan.IPv4.Rebuild(IptablesSaved.Parse(Empty), [A, B])
        );

    [Fact]
    public void IPv6_is_closed_for_networks_that_do_not_have_it() =>
        Assert.Equal(
            """
            *filter
            :BRIDGENET-USER - [0:0]
            :BRIDGENET-FORWARD - [0:0]
            :BRIDGENET-ISOLATION-STAGE-1 - [0:0]
            :BRIDGENET-ISOLATION-STAGE-2 - [0:0]
            :BRIDGENET-PORTS - [0:0]
            -A BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc01 -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c02/0xfffffc02 ! --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c02/0xfffffc02 --dst-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc60 --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate RELATED -m conntrack ! --ctstate DNAT -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -m connmark --mark 0x30000000/0x30000000 -m conntrack --ctstate DNAT -j DROP
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j BRIDGENET-ISOLATION-STAGE-1
            -A BRIDGENET-FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j ACCEPT
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-1 -m devgroup --src-group 0xb41c02/0xfffffc02 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2
            -A BRIDGENET-ISOLATION-STAGE-2 -m connmark ! --mark 0x10000000/0x30000000 -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -m conntrack --ctstate INVALID -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -p ipv6-icmp -m conntrack --ctstate UNTRACKED -j DROP
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS
            -A BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j DROP
            -A BRIDGENET-PORTS -m devgroup --dst-group 0xb41c40/0xfffffc40 -j ACCEPT
            -A BRIDGENET-PORTS -p ipv6-icmp -m devgroup --dst-group 0xb41c20/0xfffffc20 -j ACCEPT
            -I FORWARD 1 -j BRIDGENET-FORWARD
            -I FORWARD 1 -j BRIDGENET-USER
            COMMIT
            *nat
            :BRIDGENET-NAT - [0:0]
            :BRIDGENET-POSTROUTING - [0:0]
            -A BRIDGENET-POSTROUTING -s fd00:1::/64 ! -o br-aaaaaaaaaaaa -j MASQUERADE
            -A BRIDGENET-POSTROUTING -m addrtype --src-type LOCAL -m devgroup --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate DNAT -j MASQUERADE
            -I PREROUTING 1 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -I OUTPUT 1 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -I POSTROUTING 1 -j BRIDGENET-POSTROUTING
            COMMIT
            *raw
            :BRIDGENET-RAW - [0:0]
            -A BRIDGENET-RAW -m devgroup --src-group 0xb41800/0xfffffc00 -j DROP
            -A BRIDGENET-RAW -m devgroup --src-group 0xb41c00/0xfffffc01 -j DROP
            -I PREROUTING 1 -j BRIDGENET-RAW
            COMMIT
            *mangle
            :BRIDGENET-SOURCE - [0:0]
            :BRIDGENET-BETWEEN - [0:0]
            :BRIDGENET-BEGIN - [0:0]
            :BRIDGENET-INPUT - [0:0]
            -A BRIDGENET-BETWEEN -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j RETURN
            -A BRIDGENET-SOURCE -m devgroup --src-group 0xb41c02/0xfffffc02 -m addrtype --dst-type LOCAL -m rpfilter --invert -j DROP
            -A BRIDGENET-SOURCE -m devgroup --src-group 0xb41c00/0xfffffc00 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -m rpfilter --invert -j CONNMARK --set-xmark 0x30000000/0x30000000
            -A BRIDGENET-BETWEEN -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup ! --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -j CONNMARK --set-xmark 0x20000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 ! --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j CONNMARK --set-xmark 0x10000000/0x30000000
            -A BRIDGENET-BEGIN -m devgroup --src-group 0xb41c00/0xfffffc00 --dst-group 0xb41c00/0xfffffc00 -m connmark ! --mark 0x30000000/0x30000000 -j BRIDGENET-BETWEEN
            -A BRIDGENET-INPUT -m devgroup --src-group 0xb41e00/0xfffffe00 -j DROP
            -A BRIDGENET-INPUT -m devgroup --src-group 0xb41c02/0xfffffc02 -m connmark --mark 0x30000000/0x30000000 -j DROP
            -I PREROUTING 1 -j BRIDGENET-SOURCE
            -I FORWARD 1 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -j BRIDGENET-BEGIN
            -I INPUT 1 -j BRIDGENET-INPUT
            COMMIT

            """,
            IptablesPlan.IPv6.Rebuild(IptablesSaved.Parse(Empty), [A, B])
        );

    [Fact]
    public void Both_families_are_closed_for_a_network_of_one()
    {
        FirewallNetwork six = Of("br-aaaaaaaaaaaa", new FirewallSubnet(Subnet6));
        Assert.Contains(
            "-A BRIDGENET-RAW -m devgroup --src-group 0xb41c00/0xfffffc01 -j DROP\n",
            IptablesPlan.IPv6.Rebuild(IptablesSaved.Parse(Empty), [B])
        );
        Assert.Contains(
            "-A BRIDGENET-RAW -m devgroup --src-group 0xb41c00/0xfffffc80 -j DROP\n",
            IptablesPlan.IPv4.Rebuild(IptablesSaved.Parse(Empty), [six])
        );
        Assert.DoesNotContain("br-", IptablesPlan.IPv4.Rebuild(IptablesSaved.Parse(Empty), [six]));
        Assert.DoesNotContain("br-", IptablesPlan.IPv6.Rebuild(IptablesSaved.Parse(Empty), [B]));
    }

    [Fact]
    public void The_last_network_removes_everything() =>
        Assert.Equal(
            """
            *filter
            -D FORWARD -j BRIDGENET-USER
            -D FORWARD -j BRIDGENET-FORWARD
            -F BRIDGENET-FORWARD
            -F BRIDGENET-ISOLATION-STAGE-1
            -F BRIDGENET-PORTS
            -F BRIDGENET-USER
            -X BRIDGENET-FORWARD
            -X BRIDGENET-ISOLATION-STAGE-1
            -X BRIDGENET-PORTS
            -X BRIDGENET-USER
            COMMIT
            *nat
            -D PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -D OUTPUT -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
            -F BRIDGENET-NAT
            -X BRIDGENET-NAT
            COMMIT
            *raw
            -D PREROUTING -j BRIDGENET-RAW
            -F BRIDGENET-RAW
            -X BRIDGENET-RAW
            COMMIT

            """,
            IptablesPlan.IPv4.Rebuild(
                IptablesSaved.Parse(
                    """
                    *raw
                    :PREROUTING ACCEPT [0:0]
                    :BRIDGENET-RAW - [0:0]
                    -A PREROUTING -j BRIDGENET-RAW
                    COMMIT
                    *filter
                    :FORWARD DROP [0:0]
                    :BRIDGENET-FORWARD - [0:0]
                    :BRIDGENET-ISOLATION-STAGE-1 - [0:0]
                    :BRIDGENET-PORTS - [0:0]
                    :BRIDGENET-USER - [0:0]
                    -A FORWARD -j BRIDGENET-USER
                    -A FORWARD -j BRIDGENET-FORWARD
                    -A FORWARD -j DOCKER-USER
                    COMMIT
                    *nat
                    :PREROUTING ACCEPT [0:0]
                    :OUTPUT ACCEPT [0:0]
                    :BRIDGENET-NAT - [0:0]
                    -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
                    -A PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
                    -A OUTPUT -m addrtype --dst-type LOCAL -j BRIDGENET-NAT
                    COMMIT
                    """
                ),
                []
            )
        );

    [Fact]
    public void An_admins_chain_with_rules_stays_with_its_jump() =>
        Assert.Equal(
            "*filter\n-D FORWARD -j BRIDGENET-FORWARD\n-F BRIDGENET-FORWARD\n-X BRIDGENET-FORWARD\nCOMMIT\n",
            IptablesPlan.IPv4.Rebuild(
                IptablesSaved.Parse(
                    """
                    *filter
                    :FORWARD ACCEPT [0:0]
                    :BRIDGENET-FORWARD - [0:0]
                    :BRIDGENET-USER - [0:0]
                    -A FORWARD -j BRIDGENET-USER
                    -A FORWARD -j BRIDGENET-FORWARD
                    -A BRIDGENET-USER -s 192.0.2.1/32 -j DROP
                    COMMIT
                    """
                ),
                []
            )
        );

    [Fact]
    public void Nothing_there_and_nothing_wanted_is_nothing_to_do() =>
        Assert.All(IptablesPlan.Both, plan => Assert.Equal("", plan.Rebuild(IptablesSaved.Parse(Empty), [])));

    [Theory]
    [InlineData("-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD\n-A FORWARD -j DOCKER-USER", "")]
    [InlineData(
        "-A FORWARD -j DOCKER-USER\n-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD",
        "-D FORWARD -j BRIDGENET-USER;-D FORWARD -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER"
    )]
    [InlineData(
        "-A FORWARD -j BRIDGENET-USER\n-A FORWARD -j BRIDGENET-FORWARD\n-A FORWARD -j BRIDGENET-FORWARD",
        "-D FORWARD -j BRIDGENET-USER;-D FORWARD -j BRIDGENET-FORWARD;-D FORWARD -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER"
    )]
    [InlineData("", "-I FORWARD 1 -j BRIDGENET-FORWARD;-I FORWARD 1 -j BRIDGENET-USER")]
    public void Jumps_are_put_at_the_head_once_and_only_when_they_are_not(string forward, string expected)
    {
        string script = IptablesPlan.IPv4.Rebuild(
            IptablesSaved.Parse($"*filter\n:FORWARD ACCEPT [0:0]\n:BRIDGENET-USER - [0:0]\n{forward}\nCOMMIT\n"),
            [A]
        );
        Assert.Equal(
            expected,
            string.Join(
                ';',
                script
                    .Split('\n')
                    .Where(line =>
                        line.Contains(" FORWARD ", StringComparison.Ordinal) && !line.EndsWith("BRIDGENET-BEGIN", StringComparison.Ordinal)
                    )
            )
        );
        Assert.DoesNotContain(":BRIDGENET-USER", script);
    }

    [Fact]
    public void A_jump_of_an_earlier_version_is_replaced()
    {
        string script = IptablesPlan.IPv4.Rebuild(
            IptablesSaved.Parse("*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT\nCOMMIT\n"),
            [A]
        );
        Assert.Equal(
            [
                "-D PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT",
                "-I PREROUTING 1 ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT",
            ],
            script
                .Split('\n')
                .Where(line =>
                    line.EndsWith(" -j BRIDGENET-NAT", StringComparison.Ordinal) && line.Contains("PREROUTING", StringComparison.Ordinal)
                )
        );
    }
}
