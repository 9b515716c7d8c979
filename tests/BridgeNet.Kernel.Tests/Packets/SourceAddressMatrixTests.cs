using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Which address the world sees of a container.</summary>
public sealed class SourceAddressMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_own_without_masquerading(string backend, string bridged) => Matrix.Check(space, backend, bridged, new Dictionary<string, string> { [NetworkOptions.EnableMasquerade] = "false" }, isInternal: false,
        """
        server     remote:90               server     server
        server     remote:90/udp           server     server
        server     simple:90               -          -
        remote     wan:8080                remote     remote
        remote     server:80               -          -
        host       loopback:8080           gateway    -
        server     wan:8080                gateway    gateway
        """);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_one_that_was_chosen(string backend, string bridged) => Matrix.Check(space, backend, bridged,
        new Dictionary<string, string> { [NetworkOptions.HostIPv4] = Roles.IPv4.Text("lan"), [NetworkOptions.HostIPv6] = Roles.IPv6.Text("lan") }, isInternal: false,
        """
        server     remote:90               lan        lan
        server     remote:90/udp           lan        lan
        server     remote:ping             ok         ok
        server     simple:90               lan        lan
        remote     wan:8080                remote     remote
        host       loopback:8080           gateway    -
        server     wan:8080                gateway    gateway
        """);
}
