using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Who reaches whom on a network of mode nat-unprotected: as nat, and every port at the container's own address besides.</summary>
public sealed class UnprotectedMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_port_is_reached_at_the_containers_address(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>
            {
                [NetworkOptions.GatewayModeIPv4] = "nat-unprotected",
                [NetworkOptions.GatewayModeIPv6] = "nat-unprotected",
            },
            isInternal: false,
            """
            host       server:80               gateway    gateway
            host       server:81               gateway    gateway
            host       loopback:8080           gateway    -
            host       wan:8080                gateway    gateway

            remote     wan:8080                remote     remote
            remote     wan:81                  -          -
            remote     server:80               remote     remote
            remote     server:81               remote     remote
            remote     server:81/udp           remote     remote
            remote     server:ping             ok         ok
            simple     lan:8080                simple     simple
            simple     server:80               -          -

            stranger   server:80               gateway    gateway
            stranger   server:81               gateway    gateway
            stranger   server:ping             ok         ok
            stranger   other-gateway:8080      gateway    gateway

            neighbour  server:81               neighbour  neighbour
            neighbour  wan:8080                ok         ok

            server     gateway:8080            gateway    gateway
            server     wan:8080                gateway    gateway
            server     remote:90               wan        wan
            server     simple:90               lan        lan
            server     gateway:91              server     server
            server     other-gateway:91        server     server
            server     stranger:ping           -          -
            """
        );
}
