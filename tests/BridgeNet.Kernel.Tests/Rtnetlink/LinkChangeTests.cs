using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Rtnetlink;

/// <summary>Against what <c>ip</c> and <c>bridge</c> say.</summary>
public sealed class LinkChangeTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    [Fact]
    public void Flags_of_a_bridge_port() =>
        OnBridge(
            (bridge, port, _, _) =>
            {
                Link link = bridge.Host.FindLink(port)!;
                Assert.Equal((false, false), (link.IsolatedPort, link.HairpinPort));
                bridge.Host.SetBridgePort(port, isolated: true, hairpin: null);
                Says("bridge -d link show dev v-c1", "hairpin off", "isolated on");
                bridge.Host.SetBridgePort(port, isolated: null, hairpin: true);
                Says("bridge -d link show dev v-c1", "hairpin on", "isolated on");
                Says("ip -d link show v-c1", "hairpin on", "isolated on");
                link = bridge.Host.FindLink(port)!;
                Assert.Equal((true, true), (link.IsolatedPort, link.HairpinPort));
                bridge.Host.SetBridgePort(port, isolated: false, hairpin: false);
                Says("bridge -d link show dev v-c1", "hairpin off", "isolated off");
                Assert.Null(bridge.Host.FindLink(bridge.Index)!.IsolatedPort);
                Assert.Throws<NetlinkException>(() => bridge.Host.SetBridgePort(bridge.Index, true, true));
            }
        );

    [Fact]
    public void Mtu_group_and_name() =>
        OnBridge(
            (bridge, port, _, _) =>
            {
                bridge.Host.SetMtu(port, 1400);
                bridge.Host.SetGroup(port, 77);
                Says("ip -d link show v-c1", "mtu 1400", "group 77");
                bridge.Host.Rename(bridge.Index, "br-renamed");
                Says("ip link show br-renamed", "br-renamed");
                Link link = bridge.Host.FindLink(port)!;
                Assert.Equal((1400, 77u), (link.Mtu, link.Group));
            }
        );

    [Fact]
    public void Addresses_come_and_go() =>
        OnBridge(
            (_, _, _, inside) =>
            {
                int eth0 = inside.FindLink("eth0")!.Index;
                IPAddress v4 = IPAddress.Parse("10.91.0.5"),
                    v6 = IPAddress.Parse("2001:db8:91::5");
                inside.RemoveAddress(eth0, v4, 24);
                Assert.DoesNotContain(inside.GetAddresses(AddressFamily.InterNetwork), address => address.Address.Equals(v4));
                inside.RemoveAddress(eth0, v4, 24);
                inside.RemoveAddress(eth0, v6, 64);
                Assert.DoesNotContain(inside.GetAddresses(AddressFamily.InterNetworkV6), address => address.Address.Equals(v6));
                inside.RemoveAddress(eth0, v6, 64);
                inside.RemoveAddress(4711, v6, 64);
            }
        );

    [Fact]
    public void An_IPv6_address_is_usable_at_once() =>
        OnBridge(
            (_, _, space, inside) =>
            {
                int eth0 = inside.FindLink("eth0")!.Index;
                inside.AddAddress(eth0, IPAddress.Parse("2001:db8:91::6"), 64, noDad: true);
                inside.AddAddress(eth0, IPAddress.Parse("2001:db8:91::7"), 64);
                string shown = space.Run(() => AdminRule.Run("ip -6 address show dev eth0"));
                Assert.Matches(@"2001:db8:91::6/64 scope global nodad", shown);
                Assert.Matches(@"2001:db8:91::7/64 scope global tentative", shown);
            }
        );

    [Fact]
    public void The_default_routes_of_both_families() =>
        OnBridge(
            (_, _, space, inside) =>
            {
                int eth0 = inside.FindLink("eth0")!.Index;
                inside.ReplaceDefaultRoute(eth0, IPAddress.Parse("2001:db8:91::1"));
                inside.ReplaceDefaultRoute(eth0, IPAddress.Parse("2001:db8:91::2"));
                Assert.StartsWith("default via 2001:db8:91::2 dev eth0", space.Run(() => AdminRule.Run("ip -6 route show default")));
                Assert.Single(inside.GetRoutes(AddressFamily.InterNetworkV6), route => route.Destination.PrefixLength == 0);
                inside.DeleteDefaultRoute(AddressFamily.InterNetworkV6);
                Assert.Equal("", space.Run(() => AdminRule.Run("ip -6 route show default")));
                inside.DeleteDefaultRoute(AddressFamily.InterNetworkV6);

                Assert.StartsWith("default via 10.91.0.1 dev eth0", space.Run(() => AdminRule.Run("ip route show default")));
                inside.DeleteDefaultRoute(AddressFamily.InterNetwork);
                Assert.Equal("", space.Run(() => AdminRule.Run("ip route show default")));
                inside.DeleteDefaultRoute(AddressFamily.InterNetwork);
                Assert.NotEmpty(inside.GetRoutes(AddressFamily.InterNetwork));
            }
        );

    private static void Says(string command, params string[] expected)
    {
        string output = AdminRule.Run(command);
        Assert.All(expected, words => Assert.Contains(words, output));
    }

    private void OnBridge(Action<TestBridge, int, NetworkNamespace, RtnetlinkConnection> test)
    {
        sandbox.Run(() =>
        {
            using TestBridge bridge = new();
            NetworkNamespace space = bridge.Connect("c1", 5, MacAddress.Random());
            using RtnetlinkConnection inside = space.OpenRtnetlink();
            test(bridge, bridge.PortOf("c1"), space, inside);
        });
        sandbox.AssertNothingRemains();
    }
}
