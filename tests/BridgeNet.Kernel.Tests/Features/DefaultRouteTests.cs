using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>Which of its networks a container's default routes go through.</summary>
public sealed class DefaultRouteTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_highest_priority_has_it_and_ties_go_by_name(string backend) =>
        OnThreeNetworks(
            backend,
            engine =>
            {
                engine.Start("c", new EndpointRequest("b") { GatewayPriority = -1 });
                AssertThrough(engine, "b");
                engine.Join("c", new EndpointRequest("c") { GatewayPriority = -2 });
                AssertThrough(engine, "b");
                engine.Join("c", new EndpointRequest("a") { GatewayPriority = -1 });
                AssertThrough(engine, "a");
                engine.Leave("c", "c");
                engine.Join("c", new EndpointRequest("c") { GatewayPriority = 1 });
                AssertThrough(engine, "c");
                engine.Leave("c", "c");
                AssertThrough(engine, "a");
                engine.Leave("c", "a");
                AssertThrough(engine, "b");
                engine.Leave("c", "b");
                AssertThrough(engine, null);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_never_goes_through_one_that_is_not_to_have_it(string backend) =>
        OnThreeNetworks(
            backend,
            engine =>
            {
                engine.Start("c", new EndpointRequest("a") { NoDefaultRoute = true, GatewayPriority = 9 });
                AssertThrough(engine, null);
                engine.Join("c", new EndpointRequest("b"));
                AssertThrough(engine, "b");
                engine.Leave("c", "b");
                AssertThrough(engine, null);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Each_family_has_its_own(string backend) =>
        OnThreeNetworks(
            backend,
            engine =>
            {
                engine.Make(new NetworkRequest("four") { Subnets = ["10.23.0.0/24"] });
                engine.Make(new NetworkRequest("six") { Subnets = ["2001:db8:24::/64"], EnableIPv4 = false });
                engine.Start("c", new EndpointRequest("a"));
                engine.Join("c", new EndpointRequest("four") { GatewayPriority = 1 });
                engine.Join("c", new EndpointRequest("six") { GatewayPriority = 1 });
                Assert.Equal(["c route 0.0.0.0/0 10.23.0.1 eth1", "c route ::/0 2001:db8:24::1 eth2"], Routes(engine));
                engine.Leave("c", "four");
                Assert.Equal(["c route 0.0.0.0/0 10.20.0.1 eth0", "c route ::/0 2001:db8:24::1 eth2"], Routes(engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_moves_when_its_network_is_removed_or_becomes_internal(string backend) =>
        OnThreeNetworks(
            backend,
            engine =>
            {
                engine.Start("c", new EndpointRequest("a"));
                engine.Join("c", new EndpointRequest("b"));
                engine.Join("c", new EndpointRequest("c"));
                engine.Change(new NetworkSettings("a") { Internal = true });
                AssertThrough(engine, "b");
                engine.Remove("b");
                AssertThrough(engine, "c");
                engine.Change(new NetworkSettings("a") { Internal = false });
                AssertThrough(engine, "a");
            }
        );

    private void OnThreeNetworks(string backend, Action<Session> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                for (int i = 0; i < 3; i++)
                    engine.Make(new NetworkRequest($"{(char)('a' + i)}") { Subnets = [$"10.2{i}.0.0/24", $"2001:db8:2{i}::/64"] });
                work(engine);
            }
        );

    private static void AssertThrough(Session engine, string? network)
    {
        EndpointRow? endpoint = engine.FindContainer("c").Endpoints.FirstOrDefault(endpoint => endpoint.NetworkName == network);
        string[] expected = endpoint is null
            ? []
            :
            [
                $"c route 0.0.0.0/0 {endpoint.Gateway} {endpoint.InterfaceName}",
                $"c route ::/0 {endpoint.IPv6Gateway} {endpoint.InterfaceName}",
            ];
        Assert.Equal(expected, Routes(engine));
    }

    private static string[] Routes(Session engine) =>
        [
            .. Snapshot
                .Take(engine)
                .Where(line =>
                    line.StartsWith("c route 0.0.0.0/0", StringComparison.Ordinal)
                    || line.StartsWith("c route ::/0", StringComparison.Ordinal)
                ),
        ];
}
