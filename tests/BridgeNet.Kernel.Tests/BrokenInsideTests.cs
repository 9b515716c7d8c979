using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Root in a container breaks what it has there: that keeps nobody else from being changed, and the host from no recovery.
/// </summary>
public sealed class BrokenInsideTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly Dictionary<string, string> s_ways = new()
    {
        ["down"] = "for each in eth0 eth1; do ip link set $each down; done",
        ["no addresses"] = "for each in eth0 eth1; do ip address flush dev $each; done",
        ["an MTU that no address lives on"] = "for each in eth0 eth1; do ip link set $each mtu 68; done",
        ["a rule that leads nowhere"] = "ip rule add pref 0 blackhole; ip -6 rule add pref 0 blackhole",
        ["without IPv6"] = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
        ["without interfaces"] = "ip link delete eth0; ip link delete eth1",
        ["interfaces of other names"] = "ip link set eth0 down; ip link set eth1 down; ip link set eth0 name a; ip link set eth1 name b",
        ["bridges in the place of interfaces"] =
            "ip link set eth0 down; ip link set eth0 name a; ip link add eth0 type bridge; ip link set eth1 down; ip link set eth1 name b; ip link add eth1 type bridge",
    };

    public static TheoryData<string, string> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from way in s_ways.Keys select (backend, way)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_disconnected_and_the_network_changes(string backend, string way) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Broken(engine, way);
                engine.SetNetwork(new NetworkSettings("a") { Internal = true }, new ChangeContext());
                Assert.True(engine.FindNetwork("a").Internal);
                engine.SetNetwork(
                    new NetworkSettings("a")
                    {
                        Internal = false,
                        Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = "1400" },
                    },
                    new ChangeContext()
                );
                Assert.Empty(engine.Disconnect([new Membership("a", "c")], new ChangeContext()));
                Assert.Empty(engine.RemoveNetworks(["b"], force: true, new ChangeContext()));
                Assert.Empty(engine.RemoveContainers(["c"], new ChangeContext()));
            }
        );

    [Theory]
    [InlineData("nftables", "down")]
    [InlineData("nftables", "an MTU that no address lives on")]
    [InlineData("iptables", "without interfaces")]
    [InlineData("iptables", "bridges in the place of interfaces")]
    public void A_command_that_died_beside_it_is_no_obstacle_to_the_next(string backend, string way) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                Broken(engine, way);
                int kills = 0;
                for (int step = 0; Probe.Start(state, backend, "die", step.ToString(), "set-published").WaitForEnd() != 0; step++, kills++)
                {
                    engine.CreateNetwork(new NetworkRequest("next"), new ChangeContext());
                    Assert.Empty(engine.RemoveNetworks(["next"], force: false, new ChangeContext()));
                    Assert.Empty(Directory.GetFiles(state, "intent*"));
                }
                Assert.True(kills >= 2);
                for (int step = 0; Probe.Start(state, backend, "die", step.ToString(), "disconnect").WaitForEnd() != 0; step++)
                {
                    engine.CreateNetwork(new NetworkRequest("next"), new ChangeContext());
                    Assert.Empty(engine.RemoveNetworks(["next"], force: false, new ChangeContext()));
                    // A removal is carried to its end.
                    if (engine.FindContainer("c").Endpoints.Count < 2)
                        break;
                }
                Assert.Empty(Directory.GetFiles(state, "intent*"));
            }
        );

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void A_repair_reports_failed_steps_and_completes_the_rest(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Broken(engine, "an MTU that no address lives on");
                engine.CreateContainer(new ContainerRequest("other") { Network = new EndpointRequest("a") }, new ChangeContext());
                Admin.Run($"ip link set {engine.FindContainer("other").Endpoints[0].HostInterface} down");
                engine.Repair(null, new ChangeContext());
                engine.Repair(null, new ChangeContext());
                Assert.Empty(engine.FindDrift(null));
            }
        );

    private static void Broken(Session engine, string way)
    {
        ChangeContext context = new();
        foreach (string name in (string[])["a", "b"])
            engine.CreateNetwork(new NetworkRequest(name) { EnableIPv6 = true }, context);
        engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("a") { Publish = ["8080:80"] } }, context);
        engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context);
        Admin.Run($"nsenter --net={engine.FindContainer("c").NetNSPath} sh -c '{s_ways[way]}'");
    }
}
