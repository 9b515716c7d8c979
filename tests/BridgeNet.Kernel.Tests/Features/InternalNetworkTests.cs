using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

public sealed class InternalNetworkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_leads_nowhere_and_its_gateway_answers(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(new NetworkRequest("n") { Internal = true, EnableIPv6 = true });
                engine.Start("a", new EndpointRequest("n"));
                Assert.DoesNotContain(
                    Snapshot.Take(engine),
                    line =>
                        line.StartsWith("a route 0.0.0.0/0", StringComparison.Ordinal)
                        || line.StartsWith("a route ::/0", StringComparison.Ordinal)
                );
                Assert.True(engine.Pings("a", network.Gateway!));
                Assert.True(engine.Pings("a", network.IPv6Gateway!));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Its_default_route_goes_and_comes_with_the_setting(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24", "2001:db8:20::/64"] });
                engine.Start("a", new EndpointRequest("n"));
                string[] Routes() =>
                    [
                        .. Snapshot
                            .Take(engine)
                            .Where(line =>
                                line.StartsWith("a route 0.0.0.0/0", StringComparison.Ordinal)
                                || line.StartsWith("a route ::/0", StringComparison.Ordinal)
                            ),
                    ];
                string[] before = Routes();
                Assert.Equal(2, before.Length);
                engine.Change(new NetworkSettings("n") { Internal = true });
                Assert.Empty(Routes());
                engine.Change(new NetworkSettings("n") { Internal = false });
                Assert.Equal(before, Routes());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Connections_that_were_open_stop_when_it_becomes_internal(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                foreach (Roles roles in Roles.Both)
                {
                    using Conversation outwards = new(lab["server"], lab["remote"], roles.Of("remote"), 95, 95);
                    using Conversation inwards = new(lab["remote"], lab["server"], roles.Of("wan"), 8080, 80);
                    Assert.True(outwards.GoesOn());
                    Assert.True(inwards.GoesOn());
                    engine.Change(new NetworkSettings("net") { Internal = true });
                    // With a route out, so that only the rules can have stopped it.
                    lab.RouteThroughTheBridge("server");
                    Assert.True(outwards.IsCut());
                    Assert.True(inwards.IsCut());
                    Assert.Empty(engine.GetPorts());
                    engine.Change(new NetworkSettings("net") { Internal = false });
                    engine.Publish("server", null, ["8080:80"], new ChangeContext());
                }
                Matrix.Check(
                    lab,
                    """
                    server  remote:90  wan     wan
                    remote  wan:8080   remote  remote
                    """
                );
            }
        );
}
