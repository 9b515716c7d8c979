using System.Diagnostics;
using System.Net;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

/// <summary>The neighbours are the host, by its bridge, and a container that never sends.</summary>
public sealed class AnnouncementTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private const string Old = "02:42:00:00:00:01",
        New = "02:42:00:00:00:02";
    private static readonly IPAddress s_v4 = IPAddress.Parse("10.91.0.5"),
        s_v6 = IPAddress.Parse("2001:db8:91::5");

    [Theory]
    [InlineData("reachable")] // just confirmed, so that a mere reply would not be believed for a second
    [InlineData("stale")]
    public void Neighbours_learn_the_new_MAC_without_asking(string state)
    {
        sandbox.Run(() =>
        {
            using TestBridge bridge = new();
            NetworkNamespace quiet = bridge.Connect("quiet", 4, MacAddress.Random());
            bridge.Host.WaitForForwarding(bridge.PortOf("quiet"), TimeSpan.FromSeconds(5));
            Remember("br-test", state);
            quiet.Run(() => Remember("eth0", state));

            // The same addresses come back with another MAC.
            NetworkNamespace again = bridge.Connect("again", 5, MacAddress.Parse(New));
            Assert.True(bridge.Host.WaitForForwarding(bridge.PortOf("again"), TimeSpan.FromSeconds(5)));
            Assert.Equal((Old, Old), (Known("br-test", s_v4), quiet.Run(() => Known("eth0", s_v6))));
            Announcement.Announce(again, "eth0", MacAddress.Parse(New), [s_v4, s_v6]);

            // A frame passes veth and bridge in a softirq of the sending processor, which may be put off to ksoftirqd.
            foreach (IPAddress address in (IPAddress[])[s_v4, s_v6])
            {
                Assert.Equal(New, Settled(() => Known("br-test", address)));
                Assert.Equal(New, Settled(() => quiet.Run(() => Known("eth0", address))));
            }
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void Only_the_given_addresses_are_announced()
    {
        sandbox.Run(() =>
        {
            using TestBridge bridge = new();
            NetworkNamespace again = bridge.Connect("again", 5, MacAddress.Parse(New));
            Assert.True(bridge.Host.WaitForForwarding(bridge.PortOf("again"), TimeSpan.FromSeconds(5)));
            Remember("br-test", "reachable");
            Announcement.Announce(again, "eth0", MacAddress.Parse(New), [s_v6]);
            Assert.Equal(New, Settled(() => Known("br-test", s_v6)));
            Assert.Equal(Old, Known("br-test", s_v4));
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void A_port_whose_container_is_down_does_not_forward()
    {
        sandbox.Run(() =>
        {
            using TestBridge bridge = new();
            NetworkNamespace space = bridge.Connect("down", 5, MacAddress.Parse(New));
            using RtnetlinkConnection inside = space.OpenRtnetlink();
            int port = bridge.PortOf("down");
            Assert.True(bridge.Host.WaitForForwarding(port, TimeSpan.FromSeconds(5)));
            space.Run(() => AdminRule.Run("ip link set eth0 down"));
            Assert.False(bridge.Host.WaitForForwarding(port, TimeSpan.FromMilliseconds(20)));
            inside.SetUp(inside.FindLink("eth0")!.Index);
            Assert.True(bridge.Host.WaitForForwarding(port, TimeSpan.FromSeconds(5)));
            Assert.False(bridge.Host.WaitForForwarding(bridge.Index, TimeSpan.FromSeconds(5)));
        });
        sandbox.AssertNothingRemains();
    }

    private static bool Remember(string device, string state)
    {
        foreach (IPAddress address in (IPAddress[])[s_v4, s_v6])
            AdminRule.Run($"ip neigh replace {address} lladdr {Old} dev {device} nud {state}");
        return true;
    }

    /// <summary>The MAC that <c>ip neigh</c> shows.</summary>
    private static string? Known(string device, IPAddress address) =>
        AdminRule.Run($"ip neigh show {address} dev {device}").Split(' ') is [_, "lladdr", var mac, ..] ? mac : null;

    private static string? Settled(Func<string?> known)
    {
        string? mac;
        for (var clock = Stopwatch.StartNew(); (mac = known()) != New && clock.Elapsed < TimeSpan.FromSeconds(20); Thread.Yield()) { }
        return mac;
    }
}
