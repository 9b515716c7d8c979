using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

/// <summary>Two containers on a bridge with an address of the host's: 10.90.0.1, .2 (c1) and .3 (c2); 10.90.0.9 is nobody.</summary>
public sealed class EchoTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private static readonly IPAddress s_host = IPAddress.Parse("10.90.0.1");
    private static readonly IPAddress s_second = IPAddress.Parse("10.90.0.3");
    private static readonly IPAddress s_nobody = IPAddress.Parse("10.90.0.9");
    private static readonly IPAddress s_elsewhere = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void Neighbours_and_the_host_answer() =>
        OnBridge(
            (c1, _) =>
            {
                foreach (IPAddress address in (IPAddress[])[s_second, s_host])
                {
                    ProbeResult result = Ping(c1, address, 3);
                    Assert.Equal(
                        ("c1", "peer", "icmp", 3, 3),
                        (result.Source, result.Destination, result.Protocol, result.Sent, result.Received)
                    );
                    Assert.Equal(address, result.Address);
                    Assert.True(result.Reachable);
                    Assert.Equal("", result.Reason);
                    Assert.InRange(result.MinimumMs!.Value, 0.001, 5000);
                    Assert.InRange(result.AverageMs!.Value, result.MinimumMs.Value, result.MaximumMs!.Value);
                }
            }
        );

    [Fact]
    public void Loopback_answers_although_it_hears_its_own_requests() =>
        OnBridge(
            (c1, _) =>
            {
                ProbeResult result = Ping(c1, IPAddress.Loopback, 2);
                Assert.Equal((2, 2), (result.Sent, result.Received));
                result = Ping(c1, IPAddress.IPv6Loopback, 2);
                Assert.Equal((2, 2), (result.Sent, result.Received));
            }
        );

    [Fact]
    public void Without_a_route_it_says_so_at_once() =>
        OnBridge(
            (c1, _) =>
            {
                ProbeResult result = Ping(c1, s_elsewhere, 3);
                Assert.Equal((1, 0), (result.Sent, result.Received));
                Assert.False(result.Reachable);
                Assert.Equal("no route from c1 to 192.0.2.1", result.Reason);

                result = Tcp(c1, s_elsewhere, 80);
                Assert.Equal("no route from c1 to 192.0.2.1", result.Reason);
            }
        );

    [Fact]
    public void Silence_is_lost_after_the_timeout() =>
        OnBridge(
            (c1, c2) =>
            {
                IgnoreEcho(c2, true);
                var clock = Stopwatch.StartNew();
                ProbeResult result = Ping(c1, s_second, 3, timeout: 300);
                Assert.InRange(clock.Elapsed.TotalMilliseconds, 300, 3000);
                Assert.Equal((3, 0, 100.0), (result.Sent, result.Received, result.LossPercent));
                Assert.Null(result.AverageMs);
                Assert.Equal("no reply within 0.3 s", result.Reason);
            }
        );

    [Fact]
    public void Some_replies_are_enough_to_be_reachable() =>
        OnBridge(
            (c1, c2) =>
            {
                IgnoreEcho(c2, true);
                using var timer = new Timer(_ => IgnoreEcho(c2, false), null, 300, Timeout.Infinite);
                ProbeResult result = Echo.Ping(
                    c1,
                    "c1",
                    "peer",
                    s_second,
                    6,
                    TimeSpan.FromMilliseconds(150),
                    TimeSpan.FromMilliseconds(200),
                    TestContext.Current.CancellationToken
                );
                Assert.Equal(6, result.Sent);
                Assert.InRange(result.Received, 1, 5);
                Assert.True(result.Reachable);
                Assert.Equal("", result.Reason);
            }
        );

    [Fact]
    public void The_kernel_reports_that_no_host_has_the_address() =>
        OnBridge(
            (c1, _) =>
            {
                // It gives up asking for the hardware address after about three seconds.
                ProbeResult result = Ping(c1, s_nobody, 1, timeout: 8000);
                Assert.Equal("10.90.0.2 answers: host unreachable (no host has this address)", result.Reason);
            }
        );

    [Fact]
    public void A_ping_can_be_stopped() =>
        OnBridge(
            (c1, c2) =>
            {
                IgnoreEcho(c2, true);
                using var stop = new CancellationTokenSource(200);
                var clock = Stopwatch.StartNew();
                Assert.ThrowsAny<OperationCanceledException>(() =>
                    Echo.Ping(c1, "c1", "peer", s_second, 1, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), stop.Token)
                );
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
            }
        );

    [Fact]
    public void Tcp_reaches_a_listener() =>
        OnBridge(
            (c1, c2) =>
            {
                using var listener = c2.Run(() =>
                {
                    var made = new TcpListener(IPAddress.Any, 8080);
                    made.Start();
                    return made;
                });
                ProbeResult result = Tcp(c1, s_second, 8080);
                Assert.Equal(("tcp/8080", 2, 2, ""), (result.Protocol, result.Sent, result.Received, result.Reason));
                Assert.NotNull(result.AverageMs);
            }
        );

    [Fact]
    public void Tcp_refused_means_that_nothing_listens() =>
        OnBridge(
            (c1, _) =>
            {
                foreach (IPAddress address in (IPAddress[])[s_second, IPAddress.Loopback])
                {
                    ProbeResult result = Tcp(c1, address, 81);
                    Assert.False(result.Reachable);
                    Assert.StartsWith($"connection refused: {address} answers, but nothing listens on port 81", result.Reason);
                }
            }
        );

    [Fact]
    public void Tcp_into_silence_times_out() =>
        OnBridge(
            (c1, _) =>
            {
                ProbeResult result = Tcp(c1, s_nobody, 80, timeout: 300);
                Assert.Equal((2, 0, "no reply within 0.3 s"), (result.Sent, result.Received, result.Reason));
            }
        );

    private static ProbeResult Ping(NetworkNamespace from, IPAddress address, int count, int timeout = 5000) =>
        Echo.Ping(
            from,
            "c1",
            "peer",
            address,
            count,
            TimeSpan.FromMilliseconds(timeout),
            TimeSpan.FromMilliseconds(20),
            TestContext.Current.CancellationToken
        );

    private static ProbeResult Tcp(NetworkNamespace from, IPAddress address, int port, int timeout = 5000) =>
        Echo.Tcp(
            from,
            "c1",
            "peer",
            address,
            port,
            2,
            TimeSpan.FromMilliseconds(timeout),
            TimeSpan.FromMilliseconds(20),
            TestContext.Current.CancellationToken
        );

    private static void IgnoreEcho(NetworkNamespace ns, bool on) =>
        ns.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/icmp_echo_ignore_all", on ? "1" : "0");
            return true;
        });

    private void OnBridge(Action<NetworkNamespace, NetworkNamespace> test)
    {
        sandbox.Run(() =>
        {
            using RtnetlinkConnection host = RtnetlinkConnection.Open();
            int bridge = host.CreateBridge("br-echo", MacAddress.Parse("02:42:00:00:00:01"), 1500, 0, "test");
            host.AddAddress(bridge, s_host, 24);
            host.SetUp(bridge);
            using NetworkNamespace c1 = Connect(host, bridge, "c1", IPAddress.Parse("10.90.0.2"));
            using NetworkNamespace c2 = Connect(host, bridge, "c2", s_second);
            try
            {
                test(c1, c2);
            }
            finally
            {
                host.DeleteLinks([host.FindLink("v-c1")!.Index, host.FindLink("v-c2")!.Index, bridge]);
                NetworkNamespace.Delete("/run/netns/c1");
                NetworkNamespace.Delete("/run/netns/c2");
            }
        });
        sandbox.AssertNothingRemains();
    }

    private static NetworkNamespace Connect(RtnetlinkConnection host, int bridge, string name, IPAddress address)
    {
        NetworkNamespace ns = NetworkNamespace.Create($"/run/netns/{name}");
        int port = host.CreateVeth($"v-{name}", MacAddress.Random(), 1500, bridge, "test", ns.Handle, "eth0", MacAddress.FromIPv4(address));
        using RtnetlinkConnection inside = ns.OpenRtnetlink();
        int index = inside.FindLink("eth0")!.Index;
        inside.AddAddress(index, address, 24);
        inside.SetUp(index);
        Assert.True(host.WaitForForwarding(port, TimeSpan.FromSeconds(5)));
        return ns;
    }
}
