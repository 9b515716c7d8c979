using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// Who reaches whom on a routed network: no address is translated, and published ports are open at the container's own address.
/// </summary>
public sealed class RoutedMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly Dictionary<string, string> s_routed = new()
    {
        [NetworkOptions.GatewayModeIPv4] = "routed",
        [NetworkOptions.GatewayModeIPv6] = "routed",
    };

    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_ports_are_reached_at_the_containers_own_address(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            s_routed,
            isInternal: false,
            // "simple" knows no way back to the container, whose address it sees. The stranger's own network masquerades.
            """
            host       server:80               gateway    gateway
            host       server:81               gateway    gateway
            host       server:ping             ok         ok
            host       loopback:8080           -          -
            host       gateway:8080            -          -
            host       wan:8080                -          -

            remote     wan:8080                -          -
            remote     wan:8080/udp            -          -
            remote     wan:80                  -          -
            remote     server:80               remote     remote
            remote     server:80/udp           remote     remote
            remote     server:81               -          -
            remote     server:81/udp           -          -
            remote     server:ping             ok         ok
            simple     lan:8080                -          -

            stranger   server:80               gateway    gateway
            stranger   server:80/udp           gateway    gateway
            stranger   server:81               -          -
            stranger   server:ping             ok         ok
            stranger   other-gateway:8080      -          -
            stranger   wan:8080                -          -

            neighbour  server:80               neighbour  neighbour
            neighbour  server:81               neighbour  neighbour
            neighbour  server:81/udp           neighbour  neighbour
            neighbour  gateway:8080            -          -
            neighbour  wan:8080                -          -

            server     gateway:8080            -          -
            server     wan:8080                -          -
            server     remote:90               server     server
            server     remote:90/udp           server     server
            server     remote:ping             ok         ok
            server     simple:90               -          -
            server     gateway:91              server     server
            server     other-gateway:91        server     server
            server     stranger:ping           -          -
            """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_family_may_be_routed_and_the_other_not(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv6] = "routed" },
            isInternal: false,
            """
            host       wan:8080                gateway    -
            remote     wan:8080                remote     -
            remote     server:80               -          remote
            remote     server:81               -          -
            remote     server:ping             -          ok
            stranger   server:80               -          gateway
            stranger   wan:8080                gateway    -
            server     wan:8080                gateway    -
            server     remote:90               wan        server
            server     simple:90               lan        -
            """
        );
}
