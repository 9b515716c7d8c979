using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// Who reaches whom on internal networks: the host and the network itself. An intruder in a container, who sets default routes, gets no
/// further.
/// </summary>
public sealed class InternalMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Outside = """

        host       loopback:8080           -          -
        host       wan:8080                -          -
        remote     wan:8080                -          -
        remote     wan:8080/udp            -          -
        remote     server:80               -          -
        remote     server:80/udp           -          -
        remote     server:81               -          -
        remote     server:ping             -          -
        simple     lan:8080                -          -
        stranger   server:80               -          -
        stranger   server:80/udp           -          -
        stranger   server:81               -          -
        stranger   server:ping             -          -
        stranger   wan:8080                -          -
        neighbour  wan:8080                -          -
        server     wan:8080                -          -
        server     remote:90               -          -
        server     remote:90/udp           -          -
        server     remote:ping             -          -
        server     simple:90               -          -
        server     stranger:ping           -          -
        """;

    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_gets_out_or_in(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>(),
            isInternal: true,
            // The host does not filter what is for itself.
            Outside
                + """

                host       server:80               gateway    gateway
                host       server:81               gateway    gateway
                host       server:ping             ok         ok
                host       gateway:8080            -          -
                neighbour  server:80               neighbour  neighbour
                neighbour  server:81               neighbour  neighbour
                neighbour  server:81/udp           neighbour  neighbour
                neighbour  server:ping             ok         ok
                neighbour  gateway:8080            -          -
                server     gateway:8080            -          -
                server     gateway:91              server     server
                server     gateway:ping            ok         ok
                server     other-gateway:91        server     server
                server     other-gateway:ping      ok         ok
                """,
            static lab =>
            {
                lab.RouteThroughTheBridge("server");
                lab.RouteThroughTheBridge("neighbour");
            }
        );

    /// <summary>Neither from one that is internal too, nor where all ports of containers are open to others.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Another_internal_network_is_not_reached_whatever_its_mode(string backend, string bridged) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using BridgeNetfilter nf = new(bridged);
                engine.Make(new NetworkRequest("from") { EnableIPv6 = true, Internal = true });
                Dictionary<string, string> open = new()
                {
                    [NetworkOptions.GatewayModeIPv4] = "nat-unprotected",
                    [NetworkOptions.GatewayModeIPv6] = "routed",
                };
                engine.Make(
                    new NetworkRequest("to")
                    {
                        EnableIPv6 = true,
                        Internal = true,
                        Options = open,
                    }
                );
                engine.Make(new NetworkRequest("ordinary") { EnableIPv6 = true });
                EndpointRow from = engine.Start("from", new EndpointRequest("from")).Endpoints[0],
                    to = engine.Start("to", new EndpointRequest("to")).Endpoints[0];
                engine.Start("third", new EndpointRequest("ordinary"));
                foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
                {
                    // An intruder sets the routes.
                    foreach ((string container, EndpointRow endpoint) in ((string, EndpointRow)[])[("from", from), ("to", to)])
                    {
                        using NetworkNamespace inside = NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
                        using RtnetlinkConnection links = inside.OpenRtnetlink();
                        links.ReplaceDefaultRoute(links.FindLink("eth0")!.Index, engine.FindNetwork(container).Config(family)!.Gateway!);
                    }
                    Assert.True(engine.Misses("from", to.Address(family)!));
                    Assert.True(engine.Misses("third", to.Address(family)!));
                    // Outside of internal networks these modes let a ping through.
                    engine.Change(new NetworkSettings("to") { Internal = false });
                    Assert.True(engine.Pings("third", to.Address(family)!));
                    Assert.True(engine.Misses("from", to.Address(family)!));
                    engine.Change(new NetworkSettings("to") { Internal = true });
                }
            }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_container_has_no_route_to_elsewhere(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>(),
            isInternal: true,
            """
            server     gateway:91              server     server
            server     other-gateway:91        -          -
            server     remote:90               -          -
            """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_isolated_network_is_without_the_host_too(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv4] = "isolated", [NetworkOptions.GatewayModeIPv6] = "isolated" },
            isInternal: true,
            Outside
                + """

                host       server:80               -          -
                host       server:ping             -          -
                neighbour  server:80               neighbour  neighbour
                neighbour  server:81               neighbour  neighbour
                neighbour  server:81/udp           neighbour  neighbour
                neighbour  server:ping             ok         ok
                server     gateway:91              -          -
                server     other-gateway:91        -          -
                """
        );
}
