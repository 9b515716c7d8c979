using BridgeNet.Changes;
using BridgeNet.Requests;
using BridgeNet.Services;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Nothing that is not ours is ever changed: no link, address, route, policy rule, setting or rule.</summary>
public sealed class ForeignTests
{
    private static readonly ChangeContext s_context = new();

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_whole_life_leaves_everything_foreign_as_it_was(string backend)
    {
        using PrivateNamespace space = new();
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Run(Foreign.Rich);
                string[] before = Foreign.Take();
                void Same(string after)
                {
                    string[] now = Foreign.Take();
                    Assert.True(
                        before.SequenceEqual(now),
                        $"after {after}:\n- {string.Join("\n- ", before.Except(now))}\n+ {string.Join("\n+ ", now.Except(before))}"
                    );
                }
                engine.CreateNetwork(new NetworkRequest("web") { Subnets = ["10.50.0.0/24", "2001:db8:50::/64"] }, s_context);
                engine.CreateNetwork(new NetworkRequest("inner") { Internal = true }, s_context);
                Same("making networks");
                engine.CreateContainer(
                    new ContainerRequest("c1") { Network = new EndpointRequest("web") { Publish = ["8080:80", "127.0.0.1:8081:81"] } },
                    s_context
                );
                engine.CreateContainer(new ContainerRequest("c2") { Network = new EndpointRequest("bridge") }, s_context);
                engine.Connect(new EndpointRequest("inner"), new ContainerReference { Name = "c1" }, s_context);
                Same("making containers");
                engine.Publish("c2", null, ["5353:53/udp"], s_context);
                engine.SetNetwork(
                    new NetworkSettings("web")
                    {
                        Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" },
                    },
                    s_context
                );
                engine.RenameContainer("c2", "c3", s_context);
                Same("changes");
                string bridge = engine.FindNetwork("web").BridgeName!;
                Admin.Run(
                    backend == "iptables"
                        ? "iptables -F BRIDGENET-FORWARD; iptables -D FORWARD -j BRIDGENET-FORWARD; ip6tables -t nat -F BRIDGENET-NAT"
                        : "nft delete table inet bridgenet"
                );
                Admin.Run($"ip link delete {bridge}; ip link delete {engine.FindContainer("c3").Endpoints[0].HostInterface}");
                engine.FindDrift(null);
                engine.DescribeRepair(null);
                Same("looking for drift");
                Assert.Empty(engine.Repair(null, s_context).Problems);
                Assert.DoesNotContain(engine.FindDrift(null), drift => drift.Repairable);
                Same("a repair");
                engine.Disconnect([new Membership("inner", "c1")], s_context);
                Assert.Empty(engine.RemoveContainers(["c1", "c3"], s_context));
                Assert.Empty(engine.RemoveNetworks(["web", "inner"], force: false, s_context));
                Same("removing everything");
                Admin.Run("ip link delete lan; ip link delete docker0; nft flush ruleset; ip rule del from 10.8.0.0/16 table 77");
            }
        );
    }

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void Additions_of_an_admin_are_left_alone(string backend)
    {
        using PrivateNamespace space = new();
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                // Further addresses, a default route of somebody else's, routes, a bridge's other settings, and files of the admin's own.
                lab.Break(
                    "ip address add 192.0.2.77/24 dev {br:web}; ip address add 10.50.0.200/24 dev {br:web}; ip route add 203.0.113.0/24 dev {br:web}; ip link set {br:web} type bridge ageing_time 1000"
                );
                lab.Break(
                    "{in:client} ip address add 192.0.2.78/24 dev eth0; {in:client} ip route replace default via 10.50.0.77; {in:client} ip -6 route replace default via 2001:db8:50::77"
                );
                lab.Break("{in:client} ip link add mine type bridge; {in:client} sysctl -qw net.ipv4.conf.eth0.rp_filter=2");
                lab.Break(
                    "rm {files:client}/hosts {files:client}/resolv.conf; echo '192.0.2.1 mine' > {files:client}/hosts; ln -s /dev/null {files:client}/resolv.conf"
                );
                IReadOnlyList<string> before = Snapshot.Take(lab.Engine);
                DriftLab.AssertSame([], lab.Drift());
                lab.CheckIdle();
                DriftLab.AssertSame(before, Snapshot.Take(lab.Engine));
                lab.AssertWorks();
                lab.Break("rm {files:client}/hosts {files:client}/resolv.conf");
            }
        );
    }
}
