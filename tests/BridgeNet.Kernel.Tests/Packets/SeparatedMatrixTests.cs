using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Networks whose containers do not reach each other (icc=false): neither in the bridge, nor by way of the host.</summary>
public sealed class SeparatedMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Apart = """
        neighbour  server:80               -          -
        neighbour  server:80/udp           -          -
        neighbour  server:81               -          -
        neighbour  server:ping             -          -
        neighbour  gateway:8080            -          -
        neighbour  wan:8080                -          -
        neighbour  wan:8080/udp            -          -
        server     wan:8080                -          -
        host       server:80               gateway    gateway
        server     gateway:91              server     server

        """;

    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Neighbours_are_apart_and_the_world_is_there(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            Options(),
            isInternal: false,
            Apart
                + """
                host       loopback:8080           gateway    -
                host       wan:8080                gateway    gateway
                remote     wan:8080                remote     remote
                remote     wan:8080/udp            remote     remote
                remote     server:80               -          -
                stranger   server:80               -          -
                stranger   wan:8080                gateway    gateway
                server     remote:90               wan        wan
                server     simple:90               lan        lan
                server     other-gateway:91        server     server
                """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_they_are_on_a_routed_one(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>(Options())
            {
                [NetworkOptions.GatewayModeIPv4] = "routed",
                [NetworkOptions.GatewayModeIPv6] = "routed",
            },
            isInternal: false,
            Apart
                + """
                remote     server:80               remote     remote
                remote     server:81               -          -
                stranger   server:80               gateway    gateway
                server     remote:90               server     server
                """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_they_are_on_an_internal_one(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            Options(),
            isInternal: true,
            Apart
                + """
                remote     server:80               -          -
                server     remote:90               -          -
                """,
            static lab => lab.RouteThroughTheBridge("neighbour")
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_route_through_the_gateway_is_no_way_round(string backend, string bridged)
    {
        Assert.SkipWhen(ProgramPath.Find("ip") is null, "ip is not installed");
        Matrix.Check(
            space,
            backend,
            bridged,
            Options(),
            isInternal: false,
            Apart,
            static lab =>
            {
                foreach (Roles roles in Roles.Both)
                {
                    foreach ((string from, string to) in (IEnumerable<(string, string)>)[("neighbour", "server"), ("server", "neighbour")])
                    {
                        string[] words = ["route", "add", roles.Text(to), "via", roles.Text("gateway"), "dev", "eth0"];
                        Assert.Equal(
                            0,
                            NamespaceProcess.Run(
                                lab[from],
                                "ip",
                                words,
                                static _ => { },
                                static _ => { },
                                TestContext.Current.CancellationToken
                            )
                        );
                    }
                }
            }
        );
    }

    private static Dictionary<string, string> Options() => new() { [NetworkOptions.EnableIcc] = "false" };
}
