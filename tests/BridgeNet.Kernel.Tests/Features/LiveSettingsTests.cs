using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>What can be set while containers are on a network, and what of packets becomes of it.</summary>
public sealed class LiveSettingsTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Nat = """
        server     remote:90     wan        wan
        remote     wan:8080      remote     remote
        remote     server:80     -          -
        remote     server:81     -          -
        remote     server:ping   -          -
        neighbour  server:81     neighbour  neighbour
        """;

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Whether_containers_reach_each_other(string backend) =>
        InLab(
            backend,
            lab =>
            {
                Matrix.Check(lab, "neighbour  server:81  neighbour  neighbour");
                lab.Engine.Change("net", NetworkOptions.EnableIcc, "false");
                Matrix.Check(
                    lab,
                    """
                    neighbour  server:81  -       -
                    neighbour  wan:8080   -       -
                    remote     wan:8080   remote  remote
                    """
                );
                lab.Engine.Change("net", NetworkOptions.EnableIcc, "true");
                Matrix.Check(lab, Nat);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Whether_what_leaves_is_masqueraded_and_as_what(string backend) =>
        InLab(
            backend,
            lab =>
            {
                Matrix.Check(lab, Nat);
                lab.Engine.Change("net", NetworkOptions.EnableMasquerade, "false");
                Matrix.Check(lab, "server  remote:90  server  server");
                lab.Engine.Change(
                    new NetworkSettings("net")
                    {
                        Options = new Dictionary<string, string>
                        {
                            [NetworkOptions.EnableMasquerade] = "true",
                            [NetworkOptions.HostIPv4] = Roles.IPv4.Text("lan"),
                            [NetworkOptions.HostIPv6] = Roles.IPv6.Text("lan"),
                        },
                    }
                );
                Matrix.Check(lab, "server  remote:90  lan  lan");
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_gateway_mode(string backend) =>
        InLab(
            backend,
            lab =>
            {
                SetMode(lab, "nat-unprotected");
                Matrix.Check(
                    lab,
                    """
                    server     remote:90     wan        wan
                    remote     wan:8080      remote     remote
                    remote     server:81     remote     remote
                    remote     server:ping   ok         ok
                    """
                );
                SetMode(lab, "nat");
                Matrix.Check(lab, Nat);
                SetMode(lab, "routed");
                Matrix.Check(
                    lab,
                    """
                    server     remote:90     server     server
                    remote     wan:8080      -          -
                    host       wan:8080      -          -
                    server     wan:8080      -          -
                    remote     server:80     remote     remote
                    remote     server:81     -          -
                    remote     server:ping   ok         ok
                    """
                );
                Assert.All(lab.Engine.GetPorts(), port => Assert.Equal(0, port.HostPort));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_connection_that_may_not_begin_any_more_is_cut(string backend) =>
        InLab(
            backend,
            lab =>
            {
                foreach (Roles roles in Roles.Both)
                {
                    SetMode(lab, "nat-unprotected");
                    using Conversation open = new(lab["remote"], lab["server"], roles.Of("server"), 82, 82);
                    Assert.True(open.GoesOn() && open.IsAnswered());
                    SetMode(lab, "nat");
                    Assert.True(open.IsCut());
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Ports_that_a_gateway_mode_unpublishes_are_reported(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                List<string> warnings = [];
                void Set(string mode) =>
                    engine.SetNetwork(
                        new NetworkSettings("n") { Options = new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv4] = mode } },
                        new ChangeContext { Warning = warnings.Add }
                    );
                engine.Make(new NetworkRequest("n"));
                engine.Start("a", new EndpointRequest("n") { Publish = ["8080:80"] });
                Set("nat-unprotected");
                Assert.Empty(warnings);
                Set("routed");
                Assert.Contains("0.0.0.0:8080->80/tcp", Assert.Single(warnings));
                Set("nat");
                Assert.Contains("80/tcp", warnings[1]);
                Assert.Empty(engine.GetPorts());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_MTU_of_the_bridge_and_of_both_ends_of_every_wire(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(new NetworkRequest("n"));
                engine.Start("a", new EndpointRequest("n"));
                engine.Change("n", NetworkOptions.Mtu, "1400");
                string host = engine.FindContainer("a").Endpoints[0].HostInterface;
                string[] links =
                [
                    .. Snapshot
                        .Take(engine)
                        .Where(line =>
                            line.Contains(" link ", StringComparison.Ordinal) && line.Contains(" mtu 1400 ", StringComparison.Ordinal)
                        ),
                ];
                foreach (string link in (string[])[$"host link {network.BridgeName} ", $"host link {host} ", "a link eth0 "])
                    Assert.Contains(links, line => line.StartsWith(link, StringComparison.Ordinal));
                engine.Start("b", new EndpointRequest("n"));
                Assert.Contains(
                    Snapshot.Take(engine),
                    line =>
                        line.StartsWith("b link eth0 ", StringComparison.Ordinal) && line.Contains(" mtu 1400 ", StringComparison.Ordinal)
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Labels(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Labels = new Dictionary<string, string> { ["old"] = "1", ["kept"] = "2" },
                    }
                );
                engine.Change(
                    new NetworkSettings("n")
                    {
                        RemoveLabels = ["old"],
                        Labels = new Dictionary<string, string> { ["new"] = "3" },
                    }
                );
                Assert.Equal(["kept=2", "new=3"], engine.FindNetwork("n").Labels.Select(label => $"{label.Key}={label.Value}").Order());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_fixed_property_is_refused_with_the_reason_and_nothing_changes(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                IReadOnlyList<string> before = Snapshot.Take(engine);
                Problem problem = Making.Refused(() =>
                    engine.SetNetwork(
                        new NetworkSettings("n")
                        {
                            Internal = true,
                            Options = new Dictionary<string, string> { [NetworkOptions.BridgeName] = "other0" },
                        },
                        new ChangeContext()
                    )
                );
                Assert.Equal(ErrorIds.InvalidOption, problem.ErrorId);
                Assert.Contains("fixed", problem.Message);
                Assert.Equal(before, Snapshot.Take(engine));
            }
        );

    private static void SetMode(Lab lab, string mode) =>
        lab.Engine.Change(
            new NetworkSettings("net")
            {
                Options = new Dictionary<string, string>
                {
                    [NetworkOptions.GatewayModeIPv4] = mode,
                    [NetworkOptions.GatewayModeIPv6] = mode,
                },
            }
        );

    private void InLab(string backend, Action<Lab> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                work(lab);
            }
        );
}
