using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Probes;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

public sealed class IPv6NetworkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_automatic_subnet_is_a_unique_local_one_of_the_hosts(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow one = engine.Make(new NetworkRequest("one") { EnableIPv6 = true }),
                    two = engine.Make(new NetworkRequest("two") { EnableIPv6 = true });
                Assert.Equal(0xfd, one.IPv6Subnet!.Value.BaseAddress.GetAddressBytes()[0]);
                Assert.Equal((64, 64), (one.IPv6Subnet!.Value.PrefixLength, two.IPv6Subnet!.Value.PrefixLength));
                Assert.Equal(
                    one.IPv6Subnet!.Value.BaseAddress.GetAddressBytes()[..6],
                    two.IPv6Subnet!.Value.BaseAddress.GetAddressBytes()[..6]
                );
                Assert.NotEqual(one.IPv6Subnet, two.IPv6Subnet);
                engine.Start("a", new EndpointRequest("one"));
                EndpointRow b = engine.Start("b", new EndpointRequest("one")).Endpoints[0];
                Assert.True(one.IPv6Subnet!.Value.Contains(b.IPv6Address!));
                Assert.True(engine.Pings("a", b.IPv6Address!));
                Assert.True(engine.Pings("a", b.IPAddress!));
                Assert.True(engine.Pings("a", one.IPv6Gateway!));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_given_subnet_gives_addresses_in_order(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["2001:db8:7::/64"], Gateways = ["2001:db8:7::ff"] });
                Assert.Equal(IPAddress.Parse("2001:db8:7::1"), engine.Start("a", new EndpointRequest("n")).Endpoints[0].IPv6Address);
                Assert.Equal(
                    IPAddress.Parse("2001:db8:7::5"),
                    engine.Start("b", new EndpointRequest("n") { IPv6Address = "2001:db8:7::5" }).Endpoints[0].IPv6Address
                );
                Assert.True(engine.Pings("a", "2001:db8:7::5"));
                Assert.Contains("a route ::/0 2001:db8:7::ff eth0", Snapshot.Take(engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Without_IPv4_there_is_IPv6_alone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(new NetworkRequest("n") { EnableIPv4 = false, EnableIPv6 = true });
                engine.Start("a", new EndpointRequest("n"));
                EndpointRow b = engine.Start("b", new EndpointRequest("n")).Endpoints[0];
                Assert.Null(b.IPAddress);
                Assert.Null(network.Config(AddressFamily.InterNetwork));
                Assert.True(engine.Pings("a", b.IPv6Address!));
                IReadOnlyList<string> all = Snapshot.Take(engine);
                Assert.DoesNotContain(all, line => line.StartsWith("a route 0.0.0.0/0", StringComparison.Ordinal));
                Assert.DoesNotContain(
                    all,
                    line =>
                        line.StartsWith($"host address", StringComparison.Ordinal)
                        && line.EndsWith(network.BridgeName!, StringComparison.Ordinal)
                        && line.Contains('.', StringComparison.Ordinal)
                );
            }
        );

    [Fact]
    public void A_kernel_without_it_has_IPv4_networks_alone()
    {
        using PrivateNamespace own = new();
        EngineSpace.In(
            own,
            "nftables",
            (engine, _) =>
            {
                // As after ipv6.disable=1.
                PrivateMounts.MountDisk("/proc/sys/net/ipv6", 4096);
                try
                {
                    foreach (
                        NetworkRequest request in (NetworkRequest[])
                            [new("n") { EnableIPv6 = true }, new("n") { Subnets = ["2001:db8:7::/64"] }]
                    )
                    {
                        Problem problem = Making.Refused(() => engine.Make(request));
                        Assert.Equal((ErrorIds.InvalidOption, ProblemCategory.NotImplemented), (problem.ErrorId, problem.Category));
                    }
                    engine.Make(new NetworkRequest("n"));
                    Assert.True(
                        engine.Pings("a", engine.Start("a", new EndpointRequest("n")).Endpoints[0].Gateway!)
                            && engine.FindDrift(null).Count == 0
                    );
                    EngineSpace.Clean(engine);
                }
                finally
                {
                    PrivateMounts.Unmount("/proc/sys/net/ipv6");
                }
            }
        );
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Without_IPv6_an_interface_has_none(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                engine.Start("a", new EndpointRequest("n"));
                Assert.Equal("1", engine.SysctlIn("a", "net/ipv6/conf/eth0/disable_ipv6"));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_first_packet_from_outside_is_not_kept_waiting(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Machine remote = new(
                    Path.Combine(state, "remote"),
                    "wan",
                    [Roles.IPv6.Of("wan")],
                    [Roles.IPv6.Of("remote")],
                    routes: true
                );
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["2001:db8:7::/64"],
                        EnableIPv4 = false,
                        Options = new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv6] = "routed" },
                    }
                );
                engine.Start("a", new EndpointRequest("n") { IPv6Address = "2001:db8:7::5" });
                // The host asks who has the address from one of its bridge's: for one that is on trial (duplicate address detection) it
                // would wait.
                AssertReady(static () => File.ReadAllText("/proc/thread-self/net/if_inet6"), engine.FindNetwork("n").BridgeName!);
                AssertReady(() => engine.Output("a", "cat", "/proc/net/if_inet6"), "eth0");
                Assert.True(
                    Echo.Ping(
                        remote.Space,
                        "remote",
                        "a",
                        IPAddress.Parse("2001:db8:7::5"),
                        1,
                        TimeSpan.FromSeconds(5),
                        TimeSpan.Zero,
                        TestContext.Current.CancellationToken
                    ).Reachable
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Forwarding_is_switched_on_for_the_families_in_use(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Sysctl.Write("net/ipv4/ip_forward", "0");
                Sysctl.Write("net/ipv6/conf/all/forwarding", "0");
                engine.Make(new NetworkRequest("four"));
                Assert.Equal(("1", "0"), (Sysctl.Read("net/ipv4/ip_forward"), Sysctl.Read("net/ipv6/conf/all/forwarding")));
                engine.Make(new NetworkRequest("six") { EnableIPv6 = true });
                Assert.Equal("1", Sysctl.Read("net/ipv6/conf/all/forwarding"));
            }
        );

    // Address, index, prefix length, scope, flags (IFA_F_TENTATIVE 0x40) and name, in hexadecimal digits.
    private static void AssertReady(Func<string> read, string link)
    {
        // Also without a trial an address is ready only when a worker of the kernel has come to it; a trial lasts a second and more.
        long start = Stopwatch.GetTimestamp();
        string[][] Read() =>
            [
                .. read()
                    .Split('\n')
                    .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(fields => fields is [.., { } name] && name == link),
            ];
        static bool IsOnTrial(string[] fields) => (Convert.ToInt32(fields[4], 16) & 0x40) != 0;
        string[][] ofLink = Read();
        while (ofLink.Any(IsOnTrial) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(700))
            ofLink = Read();
        Assert.NotEmpty(ofLink);
        Assert.DoesNotContain(ofLink, static fields => IsOnTrial(fields));
    }
}
