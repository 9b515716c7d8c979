using System.Net;
using System.Net.Sockets;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>
/// Each request is, to the byte, what iproute2 6.1 sends for the command above it, taken by
/// <c>unshare --net --mount strace -e trace=sendmsg -e write=3 ip …</c>; the sequence number is made zero.
/// </summary>
public sealed class AddressRequestTests
{
    [Fact]
    public void An_address_comes_with_the_broadcast_address_of_its_subnet() =>
        AssertAdds(
            "10.1.0.1",
            16,
            // ip address add 10.1.0.1/16 broadcast + dev br-0123456789ab
            """
            30 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWADDR, REQUEST ACK EXCL CREATE
            02 10 00 00  02 00 00 00                           # ifaddrmsg: AF_INET, /16, index 2
            08 00 02 00  0a 01 00 01                           # IFA_LOCAL
            08 00 01 00  0a 01 00 01                           # IFA_ADDRESS
            08 00 04 00  0a 01 ff ff                           # IFA_BROADCAST
            """
        );

    [Fact]
    public void The_smallest_subnet_with_a_broadcast_address_is_a_slash_30() =>
        AssertAdds(
            "10.4.0.1",
            30,
            // ip address add 10.4.0.1/30 broadcast + dev br-0123456789ab
            """
            30 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00
            02 1e 00 00  02 00 00 00                           # ifaddrmsg: AF_INET, /30, index 2
            08 00 02 00  0a 04 00 01                           # IFA_LOCAL
            08 00 01 00  0a 04 00 01                           # IFA_ADDRESS
            08 00 04 00  0a 04 00 03                           # IFA_BROADCAST
            """
        );

    [Fact]
    public void A_slash_31_has_no_broadcast_address() =>
        AssertAdds(
            "10.2.0.0",
            31,
            // ip address add 10.2.0.0/31 dev br-0123456789ab
            """
            28 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00
            02 1f 00 00  02 00 00 00                           # ifaddrmsg: AF_INET, /31, index 2
            08 00 02 00  0a 02 00 00                           # IFA_LOCAL
            08 00 01 00  0a 02 00 00                           # IFA_ADDRESS
            """
        );

    [Fact]
    public void A_slash_32_has_no_broadcast_address() =>
        AssertAdds(
            "10.3.0.1",
            32,
            // ip address add 10.3.0.1/32 dev br-0123456789ab
            """
            28 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00
            02 20 00 00  02 00 00 00                           # ifaddrmsg: AF_INET, /32, index 2
            08 00 02 00  0a 03 00 01                           # IFA_LOCAL
            08 00 01 00  0a 03 00 01                           # IFA_ADDRESS
            """
        );

    [Fact]
    public void IPv6_has_no_broadcast_address() =>
        AssertAdds(
            "fd00:1::1",
            64,
            // ip address add fd00:1::1/64 dev br-0123456789ab
            """
            40 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00
            0a 40 00 00  02 00 00 00                           # ifaddrmsg: AF_INET6, /64, index 2
            14 00 02 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 01 # IFA_LOCAL
            14 00 01 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 01 # IFA_ADDRESS
            """
        );

    [Fact]
    public void The_whole_of_IPv4_has_a_broadcast_address_too() =>
        AssertAdds(
            "10.0.0.1",
            0,
            // ip address add 10.0.0.1/0 broadcast + dev br-0123456789ab
            """
            30 00 00 00  14 00 05 06  00 00 00 00  00 00 00 00
            02 00 00 00  02 00 00 00                           # ifaddrmsg: AF_INET, /0, index 2
            08 00 02 00  0a 00 00 01                           # IFA_LOCAL
            08 00 01 00  0a 00 00 01                           # IFA_ADDRESS
            08 00 04 00  ff ff ff ff                           # IFA_BROADCAST
            """
        );

    [Fact]
    public void A_default_route_goes_through_its_gateway() =>
        Requests.AssertSame(
            // ip route replace default via 10.1.0.254 dev br-0123456789ab
            """
            2c 00 00 00  18 00 05 05  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWROUTE, REQUEST ACK REPLACE CREATE
            02 00 00 00  fe 03 00 01  00 00 00 00              # rtmsg: AF_INET, /0, table main, boot, universe, unicast
            08 00 05 00  0a 01 00 fe                           # RTA_GATEWAY
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            links => links.ReplaceDefaultRoute(2, IPAddress.Parse("10.1.0.254"))
        );

    // But for RTA_DST, ::, which ip sends and the kernel takes as read for a length of 0.
    [Fact]
    public void A_default_route_of_IPv6_goes_through_its_gateway() =>
        Requests.AssertSame(
            // ip -6 route replace default via fd00:1::fe dev br-0123456789ab
            """
            38 00 00 00  18 00 05 05  00 00 00 00  00 00 00 00
            0a 00 00 00  fe 03 00 01  00 00 00 00              # rtmsg: AF_INET6, /0, table main, boot, universe, unicast
            14 00 05 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 fe # RTA_GATEWAY
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            links => links.ReplaceDefaultRoute(2, IPAddress.Parse("fd00:1::fe"))
        );

    // But for RTA_DST, as above.
    [Fact]
    public void A_default_route_can_do_without_a_gateway()
    {
        Requests.AssertSame(
            // ip route replace default dev br-0123456789ab
            """
            24 00 00 00  18 00 05 05  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWROUTE, REQUEST ACK REPLACE CREATE
            02 00 00 00  fe 03 fd 01  00 00 00 00              # rtmsg: AF_INET, /0, table main, boot, link, unicast
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            static links => links.ReplaceDefaultRoute(2, AddressFamily.InterNetwork)
        );
        Requests.AssertSame(
            // ip -6 route replace default dev br-0123456789ab
            """
            24 00 00 00  18 00 05 05  00 00 00 00  00 00 00 00
            0a 00 00 00  fe 03 00 01  00 00 00 00              # rtmsg: AF_INET6, /0, table main, boot, universe, unicast
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            static links => links.ReplaceDefaultRoute(2, AddressFamily.InterNetworkV6)
        );
    }

    [Fact]
    public void The_route_to_a_subnet_equals_the_kernels() =>
        Requests.AssertSame(
            // ip route add 10.1.0.0/16 dev br-0123456789ab proto kernel scope link src 10.1.0.1
            """
            34 00 00 00  18 00 05 06  00 00 00 00  00 00 00 00
            02 10 00 00  fe 02 fd 01  00 00 00 00              # rtmsg: AF_INET, /16, table main, kernel, link, unicast
            08 00 01 00  0a 01 00 00                           # RTA_DST
            08 00 07 00  0a 01 00 01                           # RTA_PREFSRC
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            links => links.AddSubnetRoute(2, IPNetwork.Parse("10.1.0.0/16"), IPAddress.Parse("10.1.0.1"))
        );

    [Fact]
    public void The_route_to_an_IPv6_subnet_equals_the_kernels() =>
        Requests.AssertSame(
            // ip -6 route add fd00:1::/64 dev br-0123456789ab proto kernel metric 256
            """
            40 00 00 00  18 00 05 06  00 00 00 00  00 00 00 00
            0a 40 00 00  fe 02 00 01  00 00 00 00              # rtmsg: AF_INET6, /64, table main, kernel, universe, unicast
            14 00 01 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 00 # RTA_DST
            08 00 06 00  00 01 00 00                           # RTA_PRIORITY: 256
            08 00 04 00  02 00 00 00                           # RTA_OIF
            """,
            links => links.AddSubnetRoute(2, IPNetwork.Parse("fd00:1::/64"), IPAddress.Parse("fd00:1::1"))
        );

    [Fact]
    public void A_route_by_a_link_equals_that_of_ip() =>
        Requests.AssertSame(
            // ip route add 10.9.0.2/32 dev v0 src 10.9.0.1
            """
            34 00 00 00  18 00 05 06  00 00 00 00  00 00 00 00
            02 20 00 00  fe 03 fd 01  00 00 00 00              # rtmsg: AF_INET, /32, table main, boot, link, unicast
            08 00 01 00  0a 09 00 02                           # RTA_DST
            08 00 07 00  0a 09 00 01                           # RTA_PREFSRC
            08 00 04 00  03 00 00 00                           # RTA_OIF
            """,
            links => links.AddRoute(3, IPNetwork.Parse("10.9.0.2/32"), IPAddress.Parse("10.9.0.1"))
        );

    [Fact]
    public void An_IPv6_route_by_a_link_equals_that_of_ip() =>
        Requests.AssertSame(
            // ip -6 route add fd00:9::2/128 dev v0 src fd00:9::1
            """
            4c 00 00 00  18 00 05 06  00 00 00 00  00 00 00 00
            0a 80 00 00  fe 03 00 01  00 00 00 00              # rtmsg: AF_INET6, /128, table main, boot, universe, unicast
            14 00 01 00  fd 00 00 09  00 00 00 00  00 00 00 00  00 00 00 02 # RTA_DST
            14 00 07 00  fd 00 00 09  00 00 00 00  00 00 00 00  00 00 00 01 # RTA_PREFSRC
            08 00 04 00  03 00 00 00                           # RTA_OIF
            """,
            links => links.AddRoute(3, IPNetwork.Parse("fd00:9::2/128"), IPAddress.Parse("fd00:9::1"))
        );

    [Fact]
    public void The_deletion_of_a_route_by_a_link_equals_that_of_ip() =>
        Requests.AssertSame(
            // ip route delete 10.9.0.2/32 dev v0
            """
            2c 00 00 00  19 00 05 00  00 00 00 00  00 00 00 00
            02 20 00 00  fe 00 ff 00  00 00 00 00              # rtmsg: AF_INET, /32, table main, any protocol, nowhere, any type
            08 00 01 00  0a 09 00 02                           # RTA_DST
            08 00 04 00  03 00 00 00                           # RTA_OIF
            """,
            links => links.RemoveRoute(3, IPNetwork.Parse("10.9.0.2/32"))
        );

    [Fact]
    public void The_deletion_of_an_IPv6_route_by_a_link_equals_that_of_ip() =>
        Requests.AssertSame(
            // ip -6 route delete fd00:9::2/128 dev v0
            """
            38 00 00 00  19 00 05 00  00 00 00 00  00 00 00 00
            0a 80 00 00  fe 00 00 00  00 00 00 00              # rtmsg: AF_INET6, /128, table main, any protocol, universe, any type
            14 00 01 00  fd 00 00 09  00 00 00 00  00 00 00 00  00 00 00 02 # RTA_DST
            08 00 04 00  03 00 00 00                           # RTA_OIF
            """,
            links => links.RemoveRoute(3, IPNetwork.Parse("fd00:9::2/128"))
        );

    private static void AssertAdds(string address, int prefixLength, string ip) =>
        Requests.AssertSame(ip, links => links.AddAddress(2, IPAddress.Parse(address), prefixLength));
}
