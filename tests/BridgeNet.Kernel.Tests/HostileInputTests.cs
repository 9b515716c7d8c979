using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Hostile input that is accepted, made for real: it works, touches nothing else, and goes again without a trace. Plans alone are tested
/// far more often elsewhere.
/// </summary>
public sealed class HostileInputTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_accepted_request_is_created_and_removed_without_a_trace(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                ForeignObjects.Make();
                HostileText text = new(seed: 8);
                int made = 0,
                    refused = 0,
                    wanted = LongTests.Count(few: 30, many: 300);
                while (made < wanted)
                {
                    List<string> containers = [];
                    try
                    {
                        string name = engine
                            .CreateNetwork(
                                new NetworkRequest(text.Of("a", "web", "c.1-x"))
                                {
                                    Internal = text.Next(3) == 0,
                                    EnableIPv6 = text.Next(3) == 0,
                                    Options = text.Table(
                                        [
                                            NetworkOptions.Mtu,
                                            NetworkOptions.InterfacePrefix,
                                            NetworkOptions.BridgeName,
                                            NetworkOptions.HostIPv4,
                                            "unknown",
                                        ],
                                        ["1500", "wire", "br0", "10.1.2.3"]
                                    ),
                                    Labels = text.Table(["k"], ["v"]),
                                },
                                new ChangeContext()
                            )
                            .Name;
                        made++;
                        string container = engine
                            .CreateContainer(
                                new ContainerRequest(text.Of("c", "host", "a_b"))
                                {
                                    Network = new EndpointRequest(name)
                                    {
                                        Aliases = text.Some("other"),
                                        InterfaceName = text.Maybe("wire0", "eth7"),
                                        MacAddress = text.Maybe("02:42:0a:14:00:05"),
                                        Publish = text.Some("8080:80", ":81/udp"),
                                        Sysctls = text.Table(["net.ipv4.conf.IFNAME.log_martians"], ["1"]),
                                    },
                                    Names = new NameRequest
                                    {
                                        Hostname = text.Maybe("h1"),
                                        AddHost = text.Some("db:10.0.0.1"),
                                        Dns = text.Some("10.0.0.53"),
                                        DnsSearch = text.Some("example"),
                                        DnsOption = text.Some("ndots:2"),
                                    },
                                },
                                new ChangeContext()
                            )
                            .Name;
                        Remains.AssertNone(engine, state);
                        engine.RenameContainer(container, text.Of("renamed", "x.y"), new ChangeContext());
                    }
                    catch (BridgeNetException failure)
                    {
                        Assert.All(
                            failure.Problems,
                            problem =>
                                Assert.False(
                                    problem.ErrorId
                                        is "Unexpected"
                                            or ErrorIds.FirewallFailed
                                            or ErrorIds.StateUnusable
                                            or ErrorIds.NamespaceFailed,
                                    $"{problem.ErrorId}: {problem.Message}"
                                )
                        );
                        refused++;
                    }
                    Remains.AssertNone(engine, state);
                    EngineSpace.Clean(engine);
                    Remains.AssertNone(engine, state);
                }
                Counts.Print($"{made} networks over {backend} of hostile input, {refused} refusals");
            }
        );
}
