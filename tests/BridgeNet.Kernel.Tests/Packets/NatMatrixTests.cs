using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Who reaches whom on a network of the default mode: outside, only what is published, and only by way of the host.</summary>
public sealed class NatMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outside_only_published_ports_are_reached(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>(),
            isInternal: false,
            // Neighbours of the server are translated by the bridge or by the host (bridge-nf-call-iptables), and so seen in one way or the
            // other. Linux routes nothing from ::1 to another interface, so [::1]:8080 leads nowhere.
            """
            host       server:80               gateway    gateway
            host       server:81               gateway    gateway
            host       server:ping             ok         ok
            host       loopback:8080           gateway    -
            host       loopback:8080/udp       gateway    -
            host       gateway:8080            gateway    gateway
            host       wan:8080                gateway    gateway
            host       wan:8080/udp            gateway    gateway

            remote     wan:8080                remote     remote
            remote     wan:8080/udp            remote     remote
            remote     wan:81                  -          -
            remote     server:80               -          -
            remote     server:80/udp           -          -
            remote     server:81               -          -
            remote     server:ping             -          -
            simple     lan:8080                simple     simple
            simple     lan:8080/udp            simple     simple
            simple     server:80               -          -

            stranger   server:80               -          -
            stranger   server:80/udp           -          -
            stranger   server:81               -          -
            stranger   server:ping             -          -
            stranger   other-gateway:8080      gateway    gateway
            stranger   wan:8080                gateway    gateway
            stranger   wan:8080/udp            gateway    gateway

            neighbour  server:80               neighbour  neighbour
            neighbour  server:81               neighbour  neighbour
            neighbour  server:81/udp           neighbour  neighbour
            neighbour  server:ping             ok         ok
            neighbour  gateway:8080            ok         ok
            neighbour  wan:8080                ok         ok
            neighbour  wan:8080/udp            ok         ok

            server     gateway:8080            gateway    gateway
            server     wan:8080                gateway    gateway
            server     wan:8080/udp            gateway    gateway
            server     remote:90               wan        wan
            server     remote:90/udp           wan        wan
            server     remote:ping             ok         ok
            server     simple:90               lan        lan
            server     gateway:91              server     server
            server     gateway:ping            ok         ok
            server     other-gateway:91        server     server
            server     other-gateway:ping      ok         ok
            server     stranger:ping           -          -
            """
        );
}
