using System.Text.Json.Nodes;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>
/// Whatever a driver says is created, changed, compared, repaired, exported, imported and removed by what is there for all.
/// </summary>
public sealed class DriverTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly NetworkDrivers s_drivers = new([.. NetworkDrivers.Default.All, new SwitchDriver()]);

    private static readonly NetworkRequest s_lan = new("lan") { Driver = "switch", Subnets = ["192.168.7.0/24"] };

    [Fact]
    public void Containers_reach_each_other_on_it_and_nothing_else() =>
        In(
            (engine, _) =>
            {
                Make(engine);
                engine.Make(new NetworkRequest("web") { Subnets = ["10.90.0.0/24"] });
                engine.Start("c3", new EndpointRequest("web"));
                Assert.True(engine.Pings("c1", "192.168.7.3"));
                // The host is no neighbour: no link of it has an address of the subnet.
                Assert.DoesNotContain("192.168.7.1", Admin.Run("ip -o address show"));
                Assert.True(engine.Misses("c1", engine.FindContainer("c3").Endpoints[0].IPAddress!));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Fact]
    public void A_setting_changes_while_it_is_in_use() =>
        In(
            (engine, _) =>
            {
                Make(engine);
                engine.Change("lan", "switch.isolated", "true");
                Assert.True(engine.Misses("c1", "192.168.7.3"));
                engine.Change("lan", "switch.isolated", "false");
                Assert.True(engine.Pings("c1", "192.168.7.3"));
                engine.Change("lan", NetworkOptions.Mtu, "1300");
                Assert.Contains("mtu 1300", Admin.Run($"ip link show {Switch(engine)}"), StringComparison.Ordinal);
            }
        );

    [Theory]
    [InlineData("ip link delete {switch}")]
    [InlineData("ip link set {switch} down")]
    [InlineData("ip link set {switch} down; ip link set {switch} name other")]
    [InlineData("ip link set {switch} mtu 1200")]
    [InlineData("ip link set {switch} alias ''")]
    [InlineData("sysctl -qw net.ipv6.conf.{switch}.disable_ipv6=0")]
    [InlineData("ip link delete {port}")]
    [InlineData("ip link set {port} nomaster")]
    [InlineData("ip link set {port} down")]
    [InlineData("bridge link set dev {port} isolated on")]
    [InlineData("nsenter --net={inside} ip address flush dev eth0")]
    [InlineData("umount {inside}; rm {inside}")]
    public void Foreign_changes_to_it_are_reported_and_repaired(string damage) =>
        In(
            (engine, _) =>
            {
                Make(engine);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                Admin.Run(
                    damage
                        .Replace("{switch}", Switch(engine), StringComparison.Ordinal)
                        .Replace("{port}", engine.FindContainer("c1").Endpoints[0].HostInterface, StringComparison.Ordinal)
                        .Replace("{inside}", engine.FindContainer("c1").NetNSPath, StringComparison.Ordinal)
                );
                Assert.NotEmpty(engine.FindDrift(["lan"]));
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(engine.FindDrift(null));
                Assert.Equal(before, Snapshot.Take(engine));
                Assert.True(engine.Pings("c1", "192.168.7.3"));
            }
        );

    [Fact]
    public void Exported_and_imported_it_is_as_before() =>
        In(
            (engine, _) =>
            {
                Make(engine);
                Snapshot.AssertSurvivesExport(engine);
            }
        );

    [Fact]
    public void A_document_that_it_finds_a_flaw_in_is_refused() =>
        In(
            (engine, _) =>
            {
                Make(engine);
                JsonNode document = JsonNode.Parse(engine.Export(null))!;
                EngineSpace.Clean(engine);
                document["Networks"]![0]!["Mtu"] = 1;
                document["Endpoints"]![0]!["HostInterface"] = "veth0123456";
                BridgeNetException refused = Assert.Throws<BridgeNetException>(() =>
                    engine.Import(document.ToJsonString(), new ChangeContext())
                );
                Assert.Contains(
                    refused.Problems,
                    static problem => problem.Message.Contains("not one of a switch", StringComparison.Ordinal)
                );
                Assert.Contains(refused.Problems, static problem => problem.Message.Contains("interface", StringComparison.Ordinal));
            }
        );

    [Fact]
    public void Unsupported_requests_are_refused_or_warned_about() =>
        In(
            (engine, _) =>
            {
                Assert.Contains(
                    "give the subnet",
                    Making.Refused(() => engine.Make(s_lan with { Subnets = [] })).Message,
                    StringComparison.Ordinal
                );
                Assert.Equal(ErrorIds.DriverUnknown, Making.Refused(() => engine.Make(s_lan with { Driver = "swich" })).ErrorId);
                Assert.Contains(
                    "'switch'",
                    Making.Refused(() => engine.Make(s_lan with { Driver = "null" })).Message,
                    StringComparison.Ordinal
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making
                        .Refused(() =>
                            engine.Make(s_lan with { Options = new Dictionary<string, string> { ["switch.isolated"] = "maybe" } })
                        )
                        .ErrorId
                );
                engine.Make(s_lan);
                List<string> warnings = [];
                engine.CreateContainer(
                    new ContainerRequest("c1") { Network = new EndpointRequest("lan") { Publish = ["80"] } },
                    new ChangeContext { Warning = warnings.Add }
                );
                Assert.Contains(warnings, static warning => warning.Contains("no port of 'c1' is published", StringComparison.Ordinal));
                for (int i = 2; i <= 4; i++)
                    engine.Start($"c{i}", new EndpointRequest("lan"));
                Assert.Equal(ErrorIds.BridgePortLimit, Making.Refused(() => engine.Start("c5", new EndpointRequest("lan"))).ErrorId);
            }
        );

    [Fact]
    public void A_killed_change_is_undone() =>
        In(
            (engine, _) =>
            {
                engine.Make(s_lan);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                int steps = engine
                    .DescribeCreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("lan") }, new ChangeContext())
                    .Count;
                for (int failing = 0; failing < steps; failing++)
                {
                    ChangeContext context = new() { BeforeStep = (number, _) => Fail(number == failing) };
                    Assert.ThrowsAny<Exception>(() =>
                        engine.CreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("lan") }, context)
                    );
                    Assert.Equal(before, Snapshot.Take(engine));
                }
            }
        );

    [Fact]
    public void A_module_without_the_driver_of_a_network_changes_nothing_and_says_why() =>
        In(
            (engine, state) =>
            {
                Make(engine);
                using Session without = Engine.Open(state, "nftables");
                Assert.Contains(without.GetNetworks(), static network => network.Driver == "switch");
                Assert.Equal(ErrorIds.DriverUnknown, Making.Refused(() => without.Join("c1", new EndpointRequest("lan"))).ErrorId);
            }
        );

    private static void Fail(bool now)
    {
        if (now)
            throw new InvalidOperationException("as if it failed");
    }

    private static void Make(Session engine)
    {
        engine.Make(s_lan);
        engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.2" });
        engine.Start("c2", new EndpointRequest("lan") { IPAddress = "192.168.7.3" });
    }

    private static string Switch(Session engine) => $"swit-{engine.FindNetwork("lan").Id[..8]}";

    private void In(Action<Session, string> work) => EngineSpace.In(space, "nftables", work, s_drivers);
}
