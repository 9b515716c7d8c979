using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Rtnetlink;

/// <summary>What the kernel made of our requests, as it lists it.</summary>
public sealed class LinkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly MacAddress s_outside = MacAddress.Parse("02:00:00:00:00:09"),
        s_mac = MacAddress.Parse("02:42:0a:01:02:03"),
        s_inside = MacAddress.Parse("02:42:0a:01:00:02");

    [Fact]
    public void A_bridge_has_all_that_was_asked_for_and_is_down() =>
        In(
            (links, _) =>
            {
                int index = links.CreateBridge("br-0123456789ab", s_mac, 1400, 0xb41d, "bridgenet network test_net");
                Assert.Equal(
                    new Link(index, "br-0123456789ab")
                    {
                        Kind = "bridge",
                        Group = 0xb41d,
                        Alias = "bridgenet network test_net",
                        Mtu = 1400,
                        Mac = s_mac,
                    },
                    links.FindLink(index)
                );
                links.SetUp(index);
                Assert.True(links.FindLink("br-0123456789ab")!.Up);
            }
        );

    [Fact]
    public void A_veth_is_up_in_its_bridge_and_its_peer_is_down_in_the_other_namespace() =>
        In(
            (links, other) =>
            {
                int bridge = links.CreateBridge("br-0123456789ab", s_mac, 1400, 0xb41d, "bridgenet network test_net");
                int host = links.CreateVeth(
                    "veth0123456",
                    s_outside,
                    1400,
                    bridge,
                    "bridgenet endpoint c1",
                    other.Handle,
                    "eth0",
                    s_inside
                );
                using RtnetlinkConnection inside = other.OpenRtnetlink();
                Link peer = inside.FindLink("eth0")!,
                    end = links.FindLink(host)!;
                Assert.Equal(
                    new Link(host, "veth0123456")
                    {
                        Kind = "veth",
                        Alias = "bridgenet endpoint c1",
                        Mtu = 1400,
                        Mac = s_outside,
                        Master = bridge,
                        Up = true,
                        LinkedIndex = peer.Index,
                        IsolatedPort = false,
                        HairpinPort = false,
                        LearningPort = true,
                        PortState = end.PortState,
                    },
                    end
                );
                Assert.Equal(
                    new Link(peer.Index, "eth0")
                    {
                        Kind = "veth",
                        Mtu = 1400,
                        Mac = s_inside,
                        LinkedIndex = host,
                    },
                    peer
                );
            }
        );

    private void In(Action<RtnetlinkConnection, NetworkNamespace> work)
    {
        space.Run(() =>
        {
            const string Path = "/run/peer";
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            try
            {
                using NetworkNamespace other = NetworkNamespace.Create(Path);
                work(links, other);
            }
            finally
            {
                NetworkNamespace.Delete(Path);
                links.DeleteLinks([.. links.GetLinks().Where(link => link.Name != "lo").Select(link => link.Index)]);
            }
        });
        space.AssertNothingRemains();
    }
}
