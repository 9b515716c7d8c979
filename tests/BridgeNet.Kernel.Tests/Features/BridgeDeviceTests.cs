using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>The bridge of a network: its name, its MTU, its addresses, and one that somebody else made.</summary>
public sealed class BridgeDeviceTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_MTU_is_that_of_the_bridge_and_of_both_ends_of_every_wire(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(Named("n", NetworkOptions.Mtu, "1342"));
                string host = engine.Start("a", new EndpointRequest("n")).Endpoints[0].HostInterface;
                IReadOnlyList<string> all = Snapshot.Take(engine);
                foreach (string link in (string[])[$"host link {network.BridgeName} ", $"host link {host} ", "a link eth0 "])
                    Assert.Contains(
                        all,
                        line => line.StartsWith(link, StringComparison.Ordinal) && line.Contains(" mtu 1342 ", StringComparison.Ordinal)
                    );
                engine.Leave("a", "n");
                Assert.Equal(1342, Find(network.BridgeName!).Mtu);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void By_default_the_MTU_is_that_of_the_way_out_of_the_host(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Machine remote = new(
                    Path.Combine(state, "remote"),
                    "wan",
                    [Roles.IPv4.Of("wan")],
                    [Roles.IPv4.Of("remote")],
                    routes: false
                );
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                Link wan = links.FindLink("wan")!;
                links.SetMtu(wan.Index, 1404);
                Assert.Equal(1500, engine.Make(new NetworkRequest("without")).Mtu);
                links.ReplaceDefaultRoute(wan.Index, Roles.IPv4.Of("remote"));
                NetworkRow network = engine.Make(new NetworkRequest("n"));
                Assert.Equal(1404, network.Mtu);
                Assert.Equal(1404, links.FindLink(network.BridgeName!)!.Mtu);
                engine.Start("a", new EndpointRequest("bridge"));
                Assert.Equal(1404, engine.FindNetwork("bridge").Mtu);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_has_the_name_that_was_chosen(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Assert.Equal("my-bridge_0.1", engine.Make(Named("n", NetworkOptions.BridgeName, "my-bridge_0.1")).BridgeName);
                Assert.Contains("my-bridge_0.1", space.Links());
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Make(Named("m", NetworkOptions.BridgeName, "my-bridge_0.1"))).ErrorId
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Make(Named("m", NetworkOptions.BridgeName, "sixteen-letters-"))).ErrorId
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Make(Named("m", NetworkOptions.BridgeName, "lo"))).ErrorId
                );
                engine.Remove("n");
                Assert.DoesNotContain("my-bridge_0.1", space.Links());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Without_a_host_address_containers_keep_their_gateway(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(
                    Named("n", NetworkOptions.InhibitIPv4, "true") with
                    {
                        Subnets = ["10.20.0.0/24", "2001:db8:20::/64"],
                    }
                );
                engine.Start("a", new EndpointRequest("n"));
                IReadOnlyList<string> all = Snapshot.Take(engine);
                Assert.DoesNotContain($"host address 10.20.0.1/24 {network.BridgeName}", all);
                Assert.Contains($"host address 2001:db8:20::1/64 {network.BridgeName}", all);
                Assert.Contains("a route 0.0.0.0/0 10.20.0.1 eth0", all);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Interfaces_inside_begin_with_the_prefix_that_was_chosen(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(Named("n", NetworkOptions.InterfacePrefix, "net"));
                engine.Make(new NetworkRequest("m"));
                Assert.Equal("net0", engine.Start("a", new EndpointRequest("n")).Endpoints[0].InterfaceName);
                Assert.Equal("eth0", engine.Join("a", new EndpointRequest("m")).InterfaceName);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_existing_bridge_is_adopted_and_released(string backend) =>
        WithForeignBridge(
            backend,
            (engine, bridge) =>
            {
                string[] before = Of(bridge);
                NetworkRow network = engine.Make(Adopting());
                Assert.NotNull(network.Adopted);
                Assert.Equal(
                    (InterfaceGroup.Ours | InterfaceGroup.HasIPv4 | InterfaceGroup.HasIPv6, 1410),
                    (Find(bridge).Group, network.Mtu)
                );
                engine.Make(new NetworkRequest("other"));
                engine.Start("a", new EndpointRequest("n"));
                engine.Start("b", new EndpointRequest("n"));
                engine.Start("c", new EndpointRequest("other"));
                Assert.True(engine.Pings("a", engine.FindContainer("b").Endpoints[0].IPAddress!));
                Assert.True(engine.Pings("a", "10.20.0.1"));
                Assert.True(engine.Pings("a", "2001:db8:20::1"));
                Assert.True(engine.Misses("c", engine.FindContainer("b").Endpoints[0].IPAddress!));
                engine.Remove("n");
                Assert.Equal(before, Of(bridge));
            }
        );

    [Theory]
    [InlineData("nftables", "0")]
    [InlineData("nftables", "1")]
    [InlineData("iptables", "1")]
    public void Changes_by_ports_and_settings_are_restored_too(string backend, string routed) =>
        WithForeignBridge(
            backend,
            (engine, bridge) =>
            {
                string loopback = $"/proc/sys/net/ipv4/conf/{bridge}/route_localnet";
                File.WriteAllText(loopback, routed);
                string[] before = Of(bridge);
                engine.Make(Adopting());
                engine.Start("a", new EndpointRequest("n") { Publish = ["8080:80"] });
                Assert.Equal("1", File.ReadAllText(loopback).Trim());
                engine.Unpublish(engine.GetPorts(), new ChangeContext());
                Assert.Equal(routed, File.ReadAllText(loopback).Trim());
                engine.Publish("a", null, ["8080:80"], new ChangeContext());
                engine.SetNetwork(
                    new NetworkSettings("n") { Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = "1300" } },
                    new ChangeContext()
                );
                Assert.Equal(1300, Find(bridge).Mtu);
                Assert.Empty(engine.FindDrift(null));
                engine.Remove("n");
                Assert.Equal(before, Of(bridge));
                Assert.Equal(routed, File.ReadAllText(loopback).Trim());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_adopted_bridge_that_was_down_is_set_down_again(string backend) =>
        WithForeignBridge(
            backend,
            (engine, bridge) =>
            {
                using (RtnetlinkConnection links = RtnetlinkConnection.Open())
                    links.SetDown(Find(bridge).Index);
                string[] before = Of(bridge);
                engine.Make(Adopting());
                Assert.True(Find(bridge).Up);
                engine.Remove("n");
                Assert.Equal(before, Of(bridge));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_is_released_after_a_failure_at_any_step(string backend) =>
        WithForeignBridge(
            backend,
            (engine, bridge) =>
            {
                string[] before = Of(bridge);
                for (int failing = 0; ; failing++)
                {
                    ChangeContext context = new()
                    {
                        BeforeStep = (step, _) =>
                        {
                            if (step == failing)
                                throw new IOException("injected");
                        },
                    };
                    if (Record.Exception(() => engine.CreateNetwork(Adopting(), context)) is null)
                    {
                        Assert.True(failing >= 4);
                        break;
                    }
                    Assert.Equal(before, Of(bridge));
                }
                engine.Remove("n");
                Assert.Equal(before, Of(bridge));
            }
        );

    private static NetworkRequest Named(string name, string key, string value) =>
        new(name) { Options = new Dictionary<string, string> { [key] = value } };

    // The bridge has the IPv4 gateway's address already, and another one; the IPv6 gateway's comes with the network.
    private static NetworkRequest Adopting() =>
        Named("n", NetworkOptions.BridgeName, "foreign0") with
        {
            Subnets = ["10.20.0.0/24", "2001:db8:20::/64"],
        };

    private static Link Find(string name)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        return links.FindLink(name)!;
    }

    private static string[] Of(string bridge)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        Link link = links.FindLink(bridge)!;
        return
        [
            $"{link.Mac} {link.Mtu} {link.Group} {link.Alias} {link.Up} {Sysctl.Read($"net/ipv4/conf/{bridge}/route_localnet")}",
            .. links
                .GetAddresses(AddressFamily.InterNetwork)
                .Concat(links.GetAddresses(AddressFamily.InterNetworkV6))
                .Where(address => address.LinkIndex == link.Index && !address.Address.IsIPv6LinkLocal)
                .Select(address => $"{address.Address}/{address.PrefixLength}"),
        ];
    }

    private void WithForeignBridge(string backend, Action<Session, string> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                int index = links.CreateBridge("foreign0", MacAddress.Random(), 1500, 7, "somebody else's");
                try
                {
                    links.SetMtu(index, 1410);
                    links.AddAddress(index, IPAddress.Parse("10.20.0.1"), 24);
                    links.AddAddress(index, IPAddress.Parse("10.99.0.1"), 24);
                    links.SetUp(index);
                    work(engine, "foreign0");
                    Assert.NotNull(links.FindLink("foreign0"));
                }
                finally
                {
                    // Containers and networks that a failed test left would else be on a bridge that is gone.
                    engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], new ChangeContext());
                    engine.RemoveNetworks(
                        [.. engine.GetNetworks().Where(network => network.BridgeName is not null).Select(network => network.Name)],
                        force: true,
                        new ChangeContext()
                    );
                    links.DeleteLinks([index]);
                }
            }
        );
}
