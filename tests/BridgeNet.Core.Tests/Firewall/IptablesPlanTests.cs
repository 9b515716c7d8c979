using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Model;
using Xunit;
using static BridgeNet.Core.Tests.Firewall.Networks;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>The rules that networks bring, by their options, and those that all share.</summary>
public sealed class IptablesPlanTests
{
    private const string Within = "-I BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT";
    private const string Apart = "-I BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j DROP";
    private const string Masquerade4 = "-I BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j MASQUERADE";
    private const string Masquerade6 = "-I BRIDGENET-POSTROUTING -s fd00:1::/64 ! -o br-aaaaaaaaaaaa -j MASQUERADE";

    [Fact]
    public void An_ordinary_network()
    {
        AssertAdds(
            IptablesPlan.IPv4,
            A,
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            {Masquerade4}
            COMMIT
            """
        );
        AssertAdds(
            IptablesPlan.IPv6,
            A,
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            {Masquerade6}
            COMMIT
            """
        );
    }

    [Fact]
    public void A_network_of_IPv4_alone_has_no_IPv6_rules()
    {
        AssertAdds(
            IptablesPlan.IPv4,
            B,
            """
            *filter
            -I BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
            COMMIT
            *nat
            -I BRIDGENET-POSTROUTING -s 10.2.0.0/16 ! -o br-bbbbbbbbbbbb -j MASQUERADE
            COMMIT
            """
        );
        AssertAdds(IptablesPlan.IPv6, B, "");
    }

    [Fact]
    public void A_network_of_IPv6_alone_has_no_IPv4_rules()
    {
        FirewallNetwork six = Of("br-aaaaaaaaaaaa", new FirewallSubnet(Subnet6));
        AssertAdds(IptablesPlan.IPv4, six, "");
        AssertAdds(
            IptablesPlan.IPv6,
            six,
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            {Masquerade6}
            COMMIT
            """
        );
    }

    [Fact]
    public void An_adopted_bridge_keeps_the_other_family() =>
        AssertAdds(
            IptablesPlan.IPv6,
            B with
            {
                Adopted = true,
            },
            """
            *filter
            -I BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
            COMMIT
            """
        );

    [Theory]
    [InlineData(0xb41c80u, false, true, false)]
    [InlineData(0xb41c82u, true, true, false)]
    [InlineData(0xb41c84u, false, false, false)]
    [InlineData(0xb41c81u, false, true, true)]
    public void The_group_of_a_bridge_says_what_holds_of_its_network(uint group, bool isInternal, bool inter, bool adopted) =>
        Assert.Equal(group, (B with { Internal = isInternal, InterContainer = inter, Adopted = adopted }).Group);

    [Theory]
    [InlineData(0xb41c81u, GatewayMode.Nat)]
    [InlineData(0xb41ca9u, GatewayMode.Routed)]
    [InlineData(0xb41cd1u, GatewayMode.NatUnprotected)]
    [InlineData(0xb41f81u, GatewayMode.Isolated)]
    public void And_the_gateway_mode_of_each_family(uint group, GatewayMode mode) =>
        Assert.Equal(group, With(subnet => subnet with { Mode = mode }).Group);

    [Fact]
    public void An_internal_network_has_no_way_out_whatever_else_is_set()
    {
        FirewallNetwork inside = With(subnet => subnet with { Mode = GatewayMode.NatUnprotected, Snat = IPAddress.Parse("192.0.2.1") }) with
        {
            Internal = true,
            Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("::", 8080, "fd00:1::2", 80)],
        };
        AssertAddsInBoth(
            inside,
            $"""
            *filter
            {Within}
            COMMIT
            """
        );
        AssertAddsInBoth(
            inside with
            {
                InterContainer = false,
            },
            $"""
            *filter
            {Apart}
            COMMIT
            """
        );
    }

    [Fact]
    public void Containers_that_do_not_reach_each_other() =>
        AssertAdds(
            IptablesPlan.IPv4,
            A with
            {
                InterContainer = false,
            },
            $"""
            *filter
            {Apart}
            COMMIT
            *nat
            {Masquerade4}
            COMMIT
            """
        );

    [Fact]
    public void Without_masquerading_there_is_no_rule_for_it() =>
        AssertAddsInBoth(
            With(subnet => subnet with { Masquerade = false }),
            $"""
            *filter
            {Within}
            COMMIT
            """
        );

    [Fact]
    public void A_given_source_address_takes_the_place_of_the_interfaces()
    {
        FirewallNetwork network = With(subnet =>
            subnet with
            {
                Snat = IPAddress.Parse(subnet.Network == Subnet4 ? "192.0.2.1" : "2001:db8::1"),
            }
        );
        AssertAdds(
            IptablesPlan.IPv4,
            network,
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            -I BRIDGENET-POSTROUTING -s 10.1.0.0/16 ! -o br-aaaaaaaaaaaa -j SNAT --to-source 192.0.2.1
            COMMIT
            """
        );
        AssertAdds(
            IptablesPlan.IPv6,
            network,
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            -I BRIDGENET-POSTROUTING -s fd00:1::/64 ! -o br-aaaaaaaaaaaa -j SNAT --to-source 2001:db8::1
            COMMIT
            """
        );
    }

    [Fact]
    public void An_unprotected_network_is_one_by_its_group() =>
        AssertAdds(
            IptablesPlan.IPv4,
            With(subnet => subnet with { Mode = GatewayMode.NatUnprotected }),
            $"""
            *filter
            {Within}
            COMMIT
            *nat
            {Masquerade4}
            COMMIT
            """
        );

    [Fact]
    public void A_routed_network_opens_ports_at_the_containers_own_address()
    {
        FirewallNetwork routed = With(subnet => subnet with { Mode = GatewayMode.Routed, Masquerade = false }) with
        {
            Ports = [Port("0.0.0.0", 0, "10.1.0.2", 80), Port("0.0.0.0", 0, "10.1.0.2", 53, "udp"), Port("::", 0, "fd00:1::2", 80)],
        };
        AssertAdds(
            IptablesPlan.IPv4,
            routed,
            $"""
            *filter
            {Within}
            -I BRIDGENET-PORTS -d 10.1.0.2/32 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -j ACCEPT
            -I BRIDGENET-PORTS -d 10.1.0.2/32 -o br-aaaaaaaaaaaa -p udp -m udp --dport 53 -j ACCEPT
            COMMIT
            """
        );
        AssertAdds(
            IptablesPlan.IPv6,
            routed,
            $"""
            *filter
            {Within}
            -I BRIDGENET-PORTS -d fd00:1::2/128 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -j ACCEPT
            COMMIT
            """
        );
    }

    [Fact]
    public void Published_ports_are_translated_at_all_addresses_of_the_host_or_at_one() =>
        AssertAdds(
            IptablesPlan.IPv4,
            A with
            {
                Ports =
                [
                    Port("0.0.0.0", 8080, "10.1.0.2", 80),
                    Port("127.0.0.1", 5353, "10.1.0.2", 53, "udp"),
                    Port("192.0.2.1", 36412, "10.1.0.3", 36412, "sctp"),
                ],
            },
            $"""
            *filter
            {Within}
            -I BRIDGENET-PORTS -d 10.1.0.2/32 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
            -I BRIDGENET-PORTS -d 10.1.0.2/32 -o br-aaaaaaaaaaaa -p udp -m udp --dport 53 -m conntrack --ctstate DNAT -j ACCEPT
            -I BRIDGENET-PORTS -d 10.1.0.3/32 -o br-aaaaaaaaaaaa -p sctp -m sctp --dport 36412 -m conntrack --ctstate DNAT -j ACCEPT
            COMMIT
            *nat
            {Masquerade4}
            -I BRIDGENET-POSTROUTING -s 10.1.0.0/16 -o br-aaaaaaaaaaaa -m conntrack --ctstate DNAT -j MASQUERADE
            -I BRIDGENET-NAT -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
            -I BRIDGENET-NAT -d 127.0.0.1/32 -p udp -m udp --dport 5353 -j DNAT --to-destination 10.1.0.2:53
            -I BRIDGENET-NAT -d 192.0.2.1/32 -p sctp -m sctp --dport 36412 -j DNAT --to-destination 10.1.0.3:36412
            COMMIT
            """
        );

    [Fact]
    public void Published_IPv6_ports_are_not_for_link_local_clients() =>
        AssertAdds(
            IptablesPlan.IPv6,
            A with
            {
                Ports =
                [
                    Port("0.0.0.0", 8080, "10.1.0.2", 80),
                    Port("::", 8080, "fd00:1::2", 80),
                    Port("2001:db8::1", 5353, "fd00:1::2", 53, "udp"),
                ],
            },
            $"""
            *filter
            {Within}
            -I BRIDGENET-PORTS -d fd00:1::2/128 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
            -I BRIDGENET-PORTS -d fd00:1::2/128 -o br-aaaaaaaaaaaa -p udp -m udp --dport 53 -m conntrack --ctstate DNAT -j ACCEPT
            COMMIT
            *nat
            {Masquerade6}
            -I BRIDGENET-POSTROUTING -s fd00:1::/64 -o br-aaaaaaaaaaaa -m conntrack --ctstate DNAT -j MASQUERADE
            -I BRIDGENET-NAT ! -s fe80::/10 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd00:1::2]:80
            -I BRIDGENET-NAT ! -s fe80::/10 -d 2001:db8::1/128 -p udp -m udp --dport 5353 -j DNAT --to-destination [fd00:1::2]:53
            COMMIT
            """
        );

    [Fact]
    public void Two_ports_of_the_host_that_lead_to_one_of_a_container_open_it_once() =>
        AssertAdds(
            IptablesPlan.IPv4,
            A with
            {
                Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("127.0.0.1", 9090, "10.1.0.2", 80)],
            },
            $"""
            *filter
            {Within}
            -I BRIDGENET-PORTS -d 10.1.0.2/32 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT
            COMMIT
            *nat
            {Masquerade4}
            -I BRIDGENET-POSTROUTING -s 10.1.0.0/16 -o br-aaaaaaaaaaaa -m conntrack --ctstate DNAT -j MASQUERADE
            -I BRIDGENET-NAT -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
            -I BRIDGENET-NAT -d 127.0.0.1/32 -p tcp -m tcp --dport 9090 -j DNAT --to-destination 10.1.0.2:80
            COMMIT
            """
        );

    [Fact]
    public void One_script_changes_several_networks_and_leaves_the_others_untouched() =>
        AssertScript(
            """
            *filter
            -D BRIDGENET-ISOLATION-STAGE-1 -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j ACCEPT
            -D BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT
            -I BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j DROP
            COMMIT
            *nat
            -D BRIDGENET-POSTROUTING -s 10.2.0.0/16 ! -o br-bbbbbbbbbbbb -j MASQUERADE
            COMMIT
            *mangle
            -D BRIDGENET-BETWEEN -i br-bbbbbbbbbbbb -o br-bbbbbbbbbbbb -j RETURN
            COMMIT
            """,
            IptablesPlan.IPv4.Change([B, A], [A with { InterContainer = false }])
        );

    [Fact]
    public void The_printed_commands_are_valid() =>
        Assert.Equal(
            [
                "ip6tables -D BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j DROP",
                "ip6tables -I BRIDGENET-ISOLATION-STAGE-1 -i br-aaaaaaaaaaaa -o br-aaaaaaaaaaaa -j ACCEPT",
                "ip6tables -I BRIDGENET-PORTS -d fd00:1::2/128 -o br-aaaaaaaaaaaa -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT",
                "ip6tables -t nat -I BRIDGENET-POSTROUTING -s fd00:1::/64 -o br-aaaaaaaaaaaa -m conntrack --ctstate DNAT -j MASQUERADE",
                "ip6tables -t nat -I BRIDGENET-NAT ! -s fe80::/10 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd00:1::2]:80",
            ],
            IptablesPlan.IPv6.Describe([A with { InterContainer = false }], [A with { Ports = [Port("::", 8080, "fd00:1::2", 80)] }])
        );

    private static void AssertAddsInBoth(FirewallNetwork network, string expected)
    {
        AssertAdds(IptablesPlan.IPv4, network, expected);
        AssertAdds(IptablesPlan.IPv6, network, expected);
    }

    private static void AssertAdds(IptablesPlan plan, FirewallNetwork network, string expected) =>
        AssertScript(
            expected.Length == 0
                ? ""
                : $"{expected}{(expected.Contains("*nat\n", StringComparison.Ordinal) ? "" : "\n*nat\nCOMMIT")}\n*mangle\n-I BRIDGENET-BETWEEN -i {network.BridgeName} -o {network.BridgeName} -j RETURN\nCOMMIT",
            plan.Change([], [network])
        );

    /// <summary>A script begins with what has to be there: without it the rules of networks mean nothing.</summary>
    private static void AssertScript(string expected, string script)
    {
        if (expected.Length == 0)
        {
            Assert.Equal("", script);
            return;
        }
        Assert.Equal(
            $"{expected}\n"
                .Replace("*filter\n", "*filter\n-C FORWARD -j BRIDGENET-FORWARD\n", StringComparison.Ordinal)
                .Replace("*nat\n", "*nat\n-C POSTROUTING -j BRIDGENET-POSTROUTING\n", StringComparison.Ordinal)
                .Replace("*mangle\n", "*mangle\n-C PREROUTING -j BRIDGENET-SOURCE\n", StringComparison.Ordinal),
            script
        );
    }
}
