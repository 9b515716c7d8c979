using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>What is exported can be imported: the same again, in the kernel too, or nothing of it.</summary>
public sealed partial class TopologyTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void Removed_and_imported_everything_is_as_before(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Make(engine);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                string document = engine.Export(null);

                Clear(engine);
                IReadOnlyList<NetworkRow> made = engine.Import(document, new ChangeContext());

                Assert.Equal(["base", "bridge", "config", "db", "web"], made.Select(network => network.Name).Order(StringComparer.Ordinal));
                Assert.Equal(before, Snapshot.Take(engine));
                Assert.Equal(document, engine.Export(null));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_failure_at_any_step_leaves_nothing(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Make(engine);
                string document = engine.Export(null);
                Clear(engine);
                IReadOnlyList<string> empty = Snapshot.Take(engine);
                int steps = engine.DescribeImport(document, new ChangeContext()).Count;
                Assert.True(steps > 20);
                for (int failing = 0; failing < steps; failing++)
                {
                    ChangeContext context = new() { BeforeStep = (number, _) => Throw(number == failing) };
                    Assert.ThrowsAny<Exception>(() => engine.Import(document, context));
                    Assert.Equal(empty, Snapshot.Take(engine));
                }
            }
        );

    [Fact]
    public void One_network_is_exported_with_its_configuration_and_only_its_containers() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                JsonNode document = JsonNode.Parse(engine.Export(["base"]))!;
                Assert.Equal(["base", "config"], document["Networks"]!.AsArray().Select(network => (string)network!["Name"]!));
                Assert.Equal(["c2"], document["Containers"]!.AsArray().Select(container => (string)container!["Name"]!));
            }
        );

    [Fact]
    public void All_conflicts_are_reported_together_and_nothing_is_created() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                // The same by other ids and names.
                string document = HexId().Replace(engine.Export(null), static id => new string([.. id.Value.Reverse()]));
                foreach (
                    string name in engine
                        .GetNetworks()
                        .Select(static network => network.Name)
                        .Concat(engine.GetContainers().Select(static container => container.Name))
                )
                    document = document
                        .Replace($"Name\": \"{name}\"", $"Name\": \"{name}x\"", StringComparison.Ordinal)
                        .Replace($"ConfigFrom\": \"{name}\"", $"ConfigFrom\": \"{name}x\"", StringComparison.Ordinal);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                BridgeNetException refused = Assert.Throws<BridgeNetException>(() => engine.Import(document, new ChangeContext()));
                Assert.Equal(
                    [ErrorIds.AlreadyConnected, ErrorIds.InvalidOption, ErrorIds.PortInUse, ErrorIds.SubnetOverlaps],
                    refused.Problems.Select(static problem => problem.ErrorId).Distinct().Order()
                );
                Assert.Equal(before, Snapshot.Take(engine));
            }
        );

    [Fact]
    public void Each_existing_object_is_reported_once() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                BridgeNetException refused = Assert.Throws<BridgeNetException>(() =>
                    engine.Import(engine.Export(null), new ChangeContext())
                );
                Assert.Equal(
                    [
                        .. engine
                            .GetContainers()
                            .Select(static container => $"{ErrorIds.ContainerExists} {container.Name}")
                            .Concat(
                                engine
                                    .GetNetworks()
                                    .Where(static network => network.BridgeName is not null || network.ConfigOnly)
                                    .Select(static network => $"{ErrorIds.NetworkExists} {network.Name}")
                            )
                            .Order(),
                    ],
                    refused.Problems.Select(static problem => $"{problem.ErrorId} {problem.Target}").Order()
                );
            }
        );

    [Fact]
    public void A_container_without_its_namespace_is_left_out_with_a_warning() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                JsonNode document = JsonNode.Parse(engine.Export(null))!;
                Clear(engine);
                JsonNode container = document["Containers"]!.AsArray().Single(container => (string)container!["Name"]! == "c1")!;
                container["Kind"] = (int)ContainerKind.Path;
                container["NetNSPath"] = "/nowhere/at/all";
                List<string> warnings = [];
                engine.Import(document.ToJsonString(), new ChangeContext { Warning = warnings.Add });
                Assert.Contains(warnings, warning => warning.Contains("'c1' is left out", StringComparison.Ordinal));
                Assert.DoesNotContain(engine.GetContainers(), row => row.Name == "c1");
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [InlineData("Networks", "BridgeName", "../../etc")]
    [InlineData("Networks", "BridgeName", "br0\" ; flush ruleset")]
    [InlineData("Networks", "Id", "../../../tmp/x")]
    [InlineData("Networks", "Name", "-o\nx")]
    [InlineData("Containers", "Name", "../../x")]
    [InlineData("Containers", "NetNSPath", "relative")]
    [InlineData("Containers", "Id", "")]
    [InlineData("Containers", "Hostname", "a b")]
    [InlineData("Endpoints", "HostInterface", "eth0")]
    [InlineData("Endpoints", "InterfaceName", "lo")]
    [InlineData("Endpoints", "InterfaceName", "a/b")]
    [InlineData("Endpoints", "MacAddress", "01:00:5e:00:00:01")]
    [InlineData("Endpoints", "MacAddress", "nonsense")]
    [InlineData("Endpoints", "IPAddress", "192.0.2.1")]
    [InlineData("Endpoints", "NetworkId", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Endpoints", "Gateway", "198.51.100.1")]
    [InlineData("Ports", "Protocol", "icmp")]
    [InlineData("Ports", "HostAddress", "x")]
    public void Hostile_values_are_refused_before_anything_is_touched(string list, string member, string value) =>
        Refuses(list, member, JsonValue.Create(value));

    [Theory]
    [InlineData("Endpoints", "Aliases", """["localhost"]""")]
    [InlineData("Endpoints", "LinkLocalAddresses", """["10.0.0.1"]""")]
    [InlineData("Endpoints", "Sysctls", """{"kernel.core_pattern":"1"}""")]
    [InlineData("Endpoints", "Sysctls", """{"net.ipv4.conf.IFNAME.log_martians":"1\nx"}""")]
    [InlineData("Endpoints", "Sysctls", """{"net.ipv4.conf.IFNAME.log_martians":null}""")]
    [InlineData("Containers", "AddHost", """["localhost:10.0.0.1"]""")]
    [InlineData("Containers", "DnsOption", """["x\nnameserver 10.0.0.1"]""")]
    public void So_are_those_in_lists(string list, string member, string value) => Refuses(list, member, JsonNode.Parse(value)!);

    private void Refuses(string list, string member, JsonNode value) =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                JsonNode document = JsonNode.Parse(engine.Export(null))!;
                Clear(engine);
                IReadOnlyList<string> empty = Snapshot.Take(engine);
                document[list]!.AsArray().First(item => item![member] is not null || member == "Hostname")![member] = value;
                BridgeNetException refused = Assert.Throws<BridgeNetException>(() =>
                    engine.Import(document.ToJsonString(), new ChangeContext())
                );
                Assert.All(
                    refused.Problems,
                    problem => Assert.True(problem.Category is ProblemCategory.InvalidData or ProblemCategory.InvalidArgument, $"{problem}")
                );
                Assert.Equal(empty, Snapshot.Take(engine));
            }
        );

    [Fact]
    public void Ten_thousand_broken_documents_are_refused_with_an_id() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Make(engine);
                string document = engine.Export(null);
                Random random = new(20261124);
                const string Letters = "{}[]\",:0123456789.abcdefnulltrue/\\ \n-e\u0000\u00e9";
                int refused = 0;
                for (int i = 0; i < 10_000; i++)
                {
                    char[] text = document.ToCharArray();
                    for (int changes = random.Next(1, 6); changes > 0; changes--)
                        text[random.Next(text.Length)] = Letters[random.Next(Letters.Length)];
                    string broken = new string(text)[..(random.Next(4) == 0 ? random.Next(text.Length) : text.Length)];
                    // Everything it holds is there already, so all are refused, for that or for what is wrong in them.
                    BridgeNetException failure = Assert.Throws<BridgeNetException>(() =>
                        engine.DescribeImport(broken, new ChangeContext())
                    );
                    Assert.DoesNotContain(failure.Problems, static problem => problem.ErrorId == "Unexpected");
                    refused++;
                }
                Assert.Equal(10_000, refused);
            }
        );

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HexId();

    private static void Make(Session engine)
    {
        ChangeContext context = new();
        engine.CreateNetwork(
            new NetworkRequest("config")
            {
                ConfigOnly = true,
                Subnets = ["10.81.0.0/24"],
                Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = "1400" },
            },
            context
        );
        engine.CreateNetwork(new NetworkRequest("base") { ConfigFrom = "config" }, context);
        engine.CreateNetwork(
            new NetworkRequest("web")
            {
                Subnets = ["10.80.0.0/24", "fd00:80::/64"],
                IPRanges = ["10.80.0.128/25"],
                AuxAddresses = new Dictionary<string, string> { ["router"] = "10.80.0.9" },
                Labels = new Dictionary<string, string> { ["purpose"] = "a \"test\" <é>" },
            },
            context
        );
        engine.CreateNetwork(new NetworkRequest("db") { Internal = true }, context);
        engine.CreateContainer(
            new ContainerRequest("c1")
            {
                Network = new EndpointRequest("web")
                {
                    IPAddress = "10.80.0.20",
                    MacAddress = "02:42:0a:50:00:99",
                    Aliases = ["www"],
                    Publish = ["127.0.0.1:18080:80", "53:53/udp"],
                },
                Names = new NameRequest { Dns = ["10.80.0.9"] },
            },
            context
        );
        engine.Connect(new EndpointRequest("db"), new ContainerReference { Name = "c1" }, context);
        engine.CreateContainer(new ContainerRequest("c2") { Network = new EndpointRequest("base") { GatewayPriority = 5 } }, context);
        engine.Connect(
            new EndpointRequest("web") { LinkLocalAddresses = ["169.254.3.4"] },
            new ContainerReference { Name = "c2" },
            context
        );
        engine.CreateContainer(new ContainerRequest("c3") { Network = new EndpointRequest("bridge") }, context);
        engine.CreateContainer(new ContainerRequest("c4") { Network = new EndpointRequest("none") }, context);
        engine.CreateContainer(new ContainerRequest("c5") { Network = new EndpointRequest("host") }, context);
    }

    private static void Clear(Session engine)
    {
        Assert.Empty(engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], new ChangeContext()));
        Assert.Empty(
            engine.RemoveNetworks(
                [
                    .. engine
                        .GetNetworks()
                        .Where(network => network.Name is not ("bridge" or "host" or "none"))
                        .Select(network => network.Id),
                ],
                force: true,
                new ChangeContext()
            )
        );
    }

    private static void Throw(bool now)
    {
        if (now)
            throw new InvalidOperationException("as the test wants");
    }
}
