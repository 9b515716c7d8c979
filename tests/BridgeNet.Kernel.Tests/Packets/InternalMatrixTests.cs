using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Who reaches whom on internal networks: the host and the network itself. An intruder in a container, who sets default routes, gets no further.</summary>
public sealed class InternalMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Outside =
        """

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
    public void Nothing_gets_out_or_in(string backend, string bridged) => Matrix.Check(space, backend, bridged, new Dictionary<string, string>(), isInternal: true,
        // The host does not filter what is for itself.
        Outside + """

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
        });

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_container_has_no_route_to_elsewhere(string backend, string bridged) => Matrix.Check(space, backend, bridged, new Dictionary<string, string>(), isInternal: true,
        """
        server     gateway:91              server     server
        server     other-gateway:91        -          -
        server     remote:90               -          -
        """);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_isolated_network_is_without_the_host_too(string backend, string bridged) => Matrix.Check(space, backend, bridged,
        new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv4] = "isolated", [NetworkOptions.GatewayModeIPv6] = "isolated" }, isInternal: true,
        Outside + """

        host       server:80               -          -
        host       server:ping             -          -
        neighbour  server:80               neighbour  neighbour
        neighbour  server:81               neighbour  neighbour
        neighbour  server:81/udp           neighbour  neighbour
        neighbour  server:ping             ok         ok
        server     gateway:91              -          -
        server     other-gateway:91        -          -
        """);
}
