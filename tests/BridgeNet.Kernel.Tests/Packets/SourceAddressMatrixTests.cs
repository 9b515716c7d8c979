using System.Net;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Which address the world sees of a container.</summary>
public sealed class SourceAddressMatrixTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_own_without_masquerading(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string> { [NetworkOptions.EnableMasquerade] = "false" },
            isInternal: false,
            """
            server     remote:90               server     server
            server     remote:90/udp           server     server
            server     simple:90               -          -
            remote     wan:8080                remote     remote
            remote     server:80               -          -
            host       loopback:8080           gateway    -
            server     wan:8080                gateway    gateway
            """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_one_that_was_chosen(string backend, string bridged) =>
        Matrix.Check(
            space,
            backend,
            bridged,
            new Dictionary<string, string>
            {
                [NetworkOptions.HostIPv4] = Roles.IPv4.Text("lan"),
                [NetworkOptions.HostIPv6] = Roles.IPv6.Text("lan"),
            },
            isInternal: false,
            """
            server     remote:90               lan        lan
            server     remote:90/udp           lan        lan
            server     remote:ping             ok         ok
            server     simple:90               lan        lan
            remote     wan:8080                remote     remote
            host       loopback:8080           gateway    -
            server     wan:8080                gateway    gateway
            """
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void Its_own_outside_the_subnet_too(string backend, string bridged) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using BridgeNetfilter _ = new(bridged);
                using Lab lab = new(engine, state);
                Admin.Needs("ip");
                string path = engine.FindContainer("server").NetNSPath;
                // A container that others are behind of, such as a VPN's: the host knows the way to them.
                Admin.Run(
                    $"nsenter --net={path} ip address add 10.51.0.9/32 dev eth0; nsenter --net={path} ip address add 2001:db8:51::9/128 dev eth0 nodad; "
                        + "ip route add 10.51.0.9 via 10.50.0.2; ip -6 route add 2001:db8:51::9 via 2001:db8:50::2"
                );
                using Traffic traffic = lab.Serve();
                foreach (Roles roles in Roles.Both)
                {
                    IPAddress own = IPAddress.Parse(roles == Roles.IPv4 ? "10.51.0.9" : "2001:db8:51::9");
                    traffic.Try($"{roles.Name} from behind", lab["server"], "udp", roles.Of("remote"), 90, $"{own}", from: own);
                    traffic.Try(
                        $"{roles.Name} from its own",
                        lab["server"],
                        "udp",
                        roles.Of("remote"),
                        90,
                        roles.Text("wan"),
                        from: roles.Of("server")
                    );
                }
                traffic.Check();
            }
        );
}
