using System.Net;
using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Requests;
using BridgeNet.Services;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>The story on a real kernel over both backends.</summary>
public sealed class EngineTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly ChangeContext s_context = new();

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Networks_are_isolated_until_a_container_is_on_both(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                MakeStory(engine);
                Assert.True(engine.Pings("c2", "173.20.0.2"));
                Assert.Equal("1", Sysctl.Read("net/ipv4/ip_forward"));
                Assert.True(engine.Misses("c3", "173.20.0.2"));
                EndpointRow second = engine.Connect(new EndpointRequest("test_net2"), new ContainerReference { Name = "c3" }, s_context);
                Assert.Equal("eth1", second.InterfaceName);
                Assert.True(engine.Pings("c3", "173.20.0.2"));
                engine.Disconnect([new Membership("test_net2", "c3")], s_context);
                Assert.True(engine.Misses("c3", "173.20.0.2"));
            }
        );

    [Theory]
    [InlineData("nftables", "0")]
    [InlineData("nftables", "1")]
    [InlineData("iptables", "0")]
    [InlineData("iptables", "1")]
    public void Bridged_traffic_passes_whatever_bridge_nf_call_iptables_says(string backend, string value) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                const string Key = "net/bridge/bridge-nf-call-iptables";
                Assert.SkipWhen(
                    Sysctl.Read(Key) is null,
                    "br_netfilter is not loaded, and a test does not load modules into the machine's kernel"
                );
                string before = Sysctl.Read(Key)!;
                try
                {
                    Sysctl.Write(Key, value);
                    MakeStory(engine);
                    Assert.True(engine.Pings("c2", "173.20.0.2"));
                    Assert.True(engine.Misses("c3", "173.20.0.2"));
                }
                finally
                {
                    Sysctl.Write(Key, before);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Outgoing_packets_have_the_hosts_address(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                MakeStory(engine);
                // "outside" is a neighbour of the host that knows no way back to the networks: replies come only if the source was
                // masqueraded.
                using Outside outside = new(Path.Combine(state, "outside"));
                Assert.True(engine.Pings("c1", Outside.Address));
                Assert.True(engine.Pings("c3", Outside.Address));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Neighbours_of_the_host_do_not_get_in(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                MakeStory(engine);
                using Outside outside = new(Path.Combine(state, "outside"));
                outside.RouteEverythingThroughTheHost();
                Assert.True(outside.Loses("173.20.0.2"));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_admins_rules_come_first_and_stay(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                MakeStory(engine);
                (string add, string list, string remove) = AdminRule.For(backend);
                Assert.SkipWhen(ProgramPath.Find(add.Split(' ')[0]) is null, $"{add.Split(' ')[0]} is not installed");
                AdminRule.Run(add);
                try
                {
                    // Within one network, so that only the admin's rule can have let it through to the other.
                    Assert.True(engine.Pings("c3", "173.20.0.2"));
                    engine.RemoveContainers(["c3"], s_context);
                    engine.RemoveNetworks(["test_net1"], force: true, s_context);
                    Assert.Contains("accept", AdminRule.Run(list), StringComparison.OrdinalIgnoreCase);
                }
                finally
                {
                    AdminRule.Run(remove);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_default_route_goes_through_the_first_network_by_name(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.CreateNetwork(new NetworkRequest("b") { Subnets = ["10.30.0.0/24"] }, s_context);
                engine.CreateNetwork(new NetworkRequest("a") { Subnets = ["10.20.0.0/24"] }, s_context);
                engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("b") }, s_context);
                Assert.Contains("c route 0.0.0.0/0 10.30.0.1 eth0", Snapshot.Take(engine));
                engine.Connect(new EndpointRequest("a"), new ContainerReference { Name = "c" }, s_context);
                Assert.Contains("c route 0.0.0.0/0 10.20.0.1 eth1", Snapshot.Take(engine));
                engine.Disconnect([new Membership("a", "c")], s_context);
                Assert.Contains("c route 0.0.0.0/0 10.30.0.1 eth0", Snapshot.Take(engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Flushed_rules_are_restored_by_the_next_change(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                MakeStory(engine);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                Firewalls.Flush(backend);
                engine.CreateNetwork(new NetworkRequest("later"), s_context);
                Assert.True(engine.Misses("c3", "173.20.0.2"));
                engine.RemoveNetworks(["later"], force: false, s_context);
                Assert.Equal(before, Snapshot.Take(engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Removed_by_force_a_network_leaves_its_containers_the_other_one(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                MakeStory(engine);
                engine.Connect(new EndpointRequest("test_net2"), new ContainerReference { Name = "c3" }, s_context);
                engine.RemoveNetworks(["test_net1"], force: true, s_context);
                Assert.Equal(["test_net2"], engine.FindContainer("c3").Networks);
                Assert.Contains("c3 route 0.0.0.0/0 173.20.0.1 eth1", Snapshot.Take(engine));
            }
        );

    internal static void MakeStory(Session engine)
    {
        engine.CreateNetwork(new NetworkRequest("test_net1"), s_context);
        engine.CreateNetwork(new NetworkRequest("test_net2") { Subnets = ["173.20.0.0/16"], Gateways = ["173.20.0.1"] }, s_context);
        engine.CreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("test_net2") }, s_context);
        engine.CreateContainer(
            new ContainerRequest("c2") { Network = new EndpointRequest("test_net2") { IPAddress = "173.20.0.4" } },
            s_context
        );
        engine.CreateContainer(new ContainerRequest("c3") { Network = new EndpointRequest("test_net1") }, s_context);
        Assert.Equal(IPAddress.Parse("173.20.0.2"), engine.FindContainer("c1").Endpoints[0].IPAddress);
    }
}
