using System.Net;
using System.Net.Sockets;
using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;
using static Tmds.Linux.LibC;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>What is sent, against what <c>ip</c> 6.1 sends (caught by strace), without sequence numbers; link 4.</summary>
public sealed class LinkChangeTests
{
    private static readonly IPAddress s_v4 = IPAddress.Parse("10.1.2.3"),
        s_v6 = IPAddress.Parse("2001:db8::5");

    [Fact] // ip link set v0 mtu 1400
    public void Mtu() =>
        Sends(
            "28000000" + "10000500" + "00000000" + "0000000004000000" + "0000000000000000" + "0800040078050000",
            links => links.SetMtu(4, 1400)
        );

    [Fact] // ip link set v0 group 7
    public void Group() =>
        Sends(
            "28000000" + "10000500" + "00000000" + "0000000004000000" + "0000000000000000" + "08001b0007000000",
            links => links.SetGroup(4, 7)
        );

    [Fact] // ip link set v0 name v9
    public void Name() =>
        Sends(
            "28000000" + "10000500" + "00000000" + "0000000004000000" + "0000000000000000" + "0700030076390000",
            links => links.SetName(4, "v9")
        );

    /// <summary>
    /// <c>ip link set v0 type bridge_slave isolated on hairpin on</c> names the kind in IFLA_INFO_KIND, as "bridge_slave", and
    /// leaves out the bit for nested attributes; the data are the same.
    /// </summary>
    [Theory]
    [InlineData(true, true, null, "1400", "0500210001000000" + "0500040001000000")]
    [InlineData(false, null, null, "0c00", "0500210000000000")]
    [InlineData(null, false, null, "0c00", "0500040000000000")]
    [InlineData(null, null, false, "0c00", "0500080000000000")] // bridge link set dev v0 learning off
    public void Bridge_port(bool? isolated, bool? hairpin, bool? learning, string length, string data)
    {
        string slave = "0b000400" + "6272696467650000" + length + "0580" + data;
        Sends(
            $"{(byte)(32 + 4 + (slave.Length / 2)):x2}000000"
                + "10000500"
                + "00000000"
                + "0000000004000000"
                + "0000000000000000"
                + $"{(byte)(4 + (slave.Length / 2)):x2}00"
                + "1280"
                + slave,
            links => links.SetBridgePort(4, isolated, hairpin, learning)
        );
    }

    [Fact] // bridge fdb replace 02:42:0a:00:00:02 dev v0 master static sticky
    public void A_static_forwarding_entry_of_a_port() =>
        Sends(
            "28000000" + "1c000505" + "00000000" + "0700000004000000" + "42004400" + "0a00020002420a0000020000",
            links => links.ReplaceForwarding(4, MacAddress.Parse("02:42:0a:00:00:02"))
        );

    [Fact] // ip addr del 10.1.2.3/24 dev v9
    public void Address_removed() =>
        Sends(
            "28000000" + "15000500" + "00000000" + "0218000004000000" + "080002000a010203" + "080001000a010203",
            links => links.RemoveAddress(4, s_v4, 24)
        );

    [Fact] // ip addr del 2001:db8::5/64 dev v9
    public void IPv6_address_removed() =>
        Sends(
            "40000000"
                + "15000500"
                + "00000000"
                + "0a40000004000000"
                + "1400020020010db8000000000000000000000005"
                + "1400010020010db8000000000000000000000005",
            links => links.RemoveAddress(4, s_v6, 64)
        );

    [Fact] // ip addr add 2001:db8::5/64 dev v9 nodad
    public void IPv6_address_usable_at_once() =>
        Sends(
            "40000000"
                + "14000506"
                + "00000000"
                + "0a40020004000000"
                + "1400020020010db8000000000000000000000005"
                + "1400010020010db8000000000000000000000005",
            links => links.AddAddress(4, s_v6, 64, noDad: true)
        );

    [Fact] // ip -6 route replace default via 2001:db8::1 dev v9, which also writes the destination ::/0 that no attribute means
    public void IPv6_default_route() =>
        Sends(
            "38000000"
                + "18000505"
                + "00000000"
                + "0a000000fe03000100000000"
                + "1400050020010db8000000000000000000000001"
                + "0800040004000000",
            links => links.ReplaceDefaultRoute(4, IPAddress.Parse("2001:db8::1"))
        );

    [Fact] // ip route del default
    public void Default_route_deleted() =>
        Sends(
            "1c000000" + "19000500" + "00000000" + "02000000fe00ff0000000000",
            links => links.DeleteDefaultRoute(AddressFamily.InterNetwork)
        );

    [Fact] // ip -6 route del default, which also writes the destination ::/0 that no attribute means
    public void IPv6_default_route_deleted() =>
        Sends(
            "1c000000" + "19000500" + "00000000" + "0a000000fe00000000000000",
            links => links.DeleteDefaultRoute(AddressFamily.InterNetworkV6)
        );

    [Fact]
    public void An_object_that_is_already_gone_is_no_failure()
    {
        Refused(EADDRNOTAVAIL, links => links.RemoveAddress(4, s_v4, 24));
        Refused(ENODEV, links => links.RemoveAddress(4, s_v4, 24));
        Refused(ESRCH, links => links.DeleteDefaultRoute(AddressFamily.InterNetwork));
        Refused(ENOENT, links => links.DeleteDefaultRoute(AddressFamily.InterNetworkV6));
        Assert.Equal(EPERM, Assert.Throws<NetlinkException>(() => Refused(EPERM, links => links.RemoveAddress(4, s_v4, 24))).Errno);
        Assert.Equal(EBUSY, Assert.Throws<NetlinkException>(() => Refused(EBUSY, links => links.SetName(4, "v9"))).Errno);
    }

    private static void Sends(string expected, Action<RtnetlinkConnection> change)
    {
        var kernel = new ScriptedKernel([ScriptedKernel.Error(0)]);
        using var links = new RtnetlinkConnection(new NetlinkConnection(kernel));
        change(links);
        byte[] sent = Assert.Single(kernel.Sent);
        Assert.Equal(expected, Convert.ToHexStringLower([.. sent[..8], .. sent[12..]]));
    }

    private static void Refused(int errno, Action<RtnetlinkConnection> change)
    {
        using var links = new RtnetlinkConnection(new NetlinkConnection(new ScriptedKernel([ScriptedKernel.Error(errno)])));
        change(links);
    }
}
