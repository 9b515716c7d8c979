using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>What root in a container tells its neighbours and asks the host on their link.</summary>
public sealed class LinkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_neighbour_is_no_router(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                // A host that believes routers although it forwards.
                Sysctl.Write("net/ipv6/conf/default/accept_ra", "2");
                engine.Make(new NetworkRequest("n") { Internal = true, EnableIPv6 = true });
                MacAddress attacker = engine.Start("attacker", new EndpointRequest("n")).Endpoints[0].MacAddress!.Value;
                engine.Start("victim", new EndpointRequest("n"));
                engine.Start(
                    "asked",
                    new EndpointRequest("n") { Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.IFNAME.accept_ra"] = "1" } }
                );
                engine.Start(
                    "configured",
                    new EndpointRequest("n") { Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.IFNAME.autoconf"] = "1" } }
                );
                // Who asked for routers has one in the end, so the word was heard.
                for (
                    Stopwatch clock = Stopwatch.StartNew();
                    !(HasRouter(engine, "asked") && HasRouter(engine, "configured")) && clock.Elapsed < TimeSpan.FromSeconds(10);

                )
                    Send(engine, "attacker", LinkFrames.RouterAdvertisement(attacker, IPAddress.Parse("fe80::9")));
                Assert.True(HasRouter(engine, "asked"));
                Assert.True(HasRouter(engine, "configured"));
                Assert.False(HasRouter(engine, "victim"));
                Assert.False(HasRouter(engine, null));
                Sysctl.Write("net/ipv6/conf/default/accept_ra", "1");
            }
        );

    [Theory]
    [InlineData("nftables", false, false)]
    [InlineData("nftables", true, true)]
    [InlineData("iptables", false, false)]
    [InlineData("iptables", true, true)]
    public void An_isolated_network_gets_no_ARP_reply_for_the_hosts_addresses(string backend, bool isolated, bool silent) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Machine remote = new(
                    Path.Combine(state, "remote"),
                    "wan",
                    [Roles.IPv4.Of("wan")],
                    [Roles.IPv4.Of("remote")],
                    routes: true
                );
                NetworkRow network = engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["10.50.0.0/24", "2001:db8:50::/64"],
                        Internal = isolated,
                        Options = isolated
                            ? new Dictionary<string, string>
                            {
                                [NetworkOptions.GatewayModeIPv4] = "isolated",
                                [NetworkOptions.GatewayModeIPv6] = "isolated",
                            }
                            : [],
                    }
                );
                MacAddress attacker = engine.Start("attacker", new EndpointRequest("n")).Endpoints[0].MacAddress!.Value;
                Assert.Equal(isolated ? "1" : "0", Sysctl.Read($"net/ipv6/conf/{network.BridgeName}/disable_ipv6"));
                using Socket ear = EarOf(engine, "attacker");
                Assert.Equal(
                    silent,
                    !HearsOf(
                        IPAddress.Parse("198.51.100.1"),
                        ear,
                        wait: !silent,
                        () =>
                        {
                            foreach (string wanted in (string[])["198.51.100.1", "127.0.0.1", "10.50.0.1"])
                                Send(
                                    engine,
                                    "attacker",
                                    LinkFrames.WhoHas(attacker, IPAddress.Parse("10.50.0.9"), IPAddress.Parse(wanted))
                                );
                        }
                    )
                );
            }
        );

    /// <summary>
    /// Frames to a bridge's own protocols are no business of the bridge: the kernel gives them to the host as what came in by
    /// the port, which no rule about the bridge is asked of.
    /// </summary>
    [Theory]
    [InlineData("nftables", false)]
    [InlineData("nftables", true)]
    [InlineData("iptables", false)]
    [InlineData("iptables", true)]
    public void The_host_accepts_no_packet_from_a_port_of_a_bridge(string backend, bool antiSpoof) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Machine remote = new(
                    Path.Combine(state, "remote"),
                    "wan",
                    [Roles.IPv4.Of("wan"), Roles.IPv6.Of("wan")],
                    [Roles.IPv4.Of("remote"), Roles.IPv6.Of("remote")],
                    routes: true
                );
                using Watch watch = new();
                watch.Service("host");
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                Dictionary<string, string> options = antiSpoof ? new() { [NetworkOptions.AntiSpoof] = "true" } : [];
                Dictionary<string, string> isolated = new(options)
                {
                    [NetworkOptions.GatewayModeIPv4] = "isolated",
                    [NetworkOptions.GatewayModeIPv6] = "isolated",
                };
                int number = 0;
                foreach (
                    NetworkRequest request in (NetworkRequest[])
                        [
                            new("both") { EnableIPv6 = true, Options = options },
                            new("four") { Options = options },
                            new("alone")
                            {
                                EnableIPv6 = true,
                                Internal = true,
                                Options = isolated,
                            },
                        ]
                )
                {
                    MacAddress bridge = engine.Make(request).BridgeMacAddress!.Value;
                    EndpointRow attacker = engine.Start($"on-{request.Name}", new EndpointRequest(request.Name)).Endpoints[0];
                    int port = links.FindLink(attacker.HostInterface)!.Index;
                    bool[] Reach(MacAddress to, bool wait)
                    {
                        int first = number;
                        foreach (
                            (IPAddress source, Roles roles) in ((IPAddress, Roles)[])
                                [
                                    (attacker.IPAddress!, Roles.IPv4),
                                    (IPAddress.Parse("10.77.0.9"), Roles.IPv4),
                                    (IPAddress.Parse("fe80::9"), Roles.IPv6),
                                    (IPAddress.Parse("2001:db8:77::9"), Roles.IPv6),
                                ]
                        )
                            Send(
                                engine,
                                attacker.ContainerName,
                                new Craft(attacker.MacAddress!.Value, to, source, roles.Of("wan")).Datagram(number++, Watch.HostPort)
                            );
                        watch.Until(() => !wait || watch.Has("host", first));
                        return [.. Enumerable.Range(first, number - first).Select(sent => watch.Has("host", sent))];
                    }
                    foreach (string group in (string[])["01:80:c2:00:00:0e", "01:80:c2:00:00:03"])
                        Assert.DoesNotContain(true, Reach(MacAddress.Parse(group), wait: false));
                    // What is for the bridge is as ever.
                    Assert.Equal(request.Name != "alone", Reach(bridge, wait: request.Name != "alone")[0]);
                    // Without what keeps it away all of it is heard; link-local is no answerable source there.
                    links.SetGroup(port, 0);
                    Sysctl.TryWrite($"net/ipv6/conf/{attacker.HostInterface}/disable_ipv6", "0");
                    Assert.Contains(true, Reach(MacAddress.Parse("01:80:c2:00:00:0e"), wait: true));
                    Assert.NotEmpty(engine.FindDrift(null));
                    Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                    Assert.DoesNotContain(true, Reach(MacAddress.Parse("01:80:c2:00:00:0e"), wait: false));
                }
            }
        );

    /// <summary>Nor is it asked for an address there, or told of a router.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void The_host_neither_answers_nor_believes_a_frame_from_a_port(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Machine remote = new(
                    Path.Combine(state, "remote"),
                    "wan",
                    [Roles.IPv4.Of("wan")],
                    [Roles.IPv4.Of("remote")],
                    routes: true
                );
                engine.Make(new NetworkRequest("n"));
                EndpointRow attacker = engine.Start("attacker", new EndpointRequest("n")).Endpoints[0];
                using Socket ear = EarOf(engine, "attacker");
                byte[] group = MacAddress.Parse("01:80:c2:00:00:0e").GetBytes();
                byte[] asked = LinkFrames.WhoHas(attacker.MacAddress!.Value, attacker.IPAddress!, Roles.IPv4.Of("wan")),
                    told = LinkFrames.RouterAdvertisement(attacker.MacAddress!.Value, IPAddress.Parse("fe80::9"));
                bool Answers(bool wait) =>
                    HearsOf(Roles.IPv4.Of("wan"), ear, wait, () => Send(engine, "attacker", [.. group, .. asked[6..]]));
                bool Believes(bool wait)
                {
                    for (Stopwatch clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < (wait ? 10000 : 300); )
                    {
                        Send(engine, "attacker", [.. group, .. told[6..]]);
                        if (HasRouter(engine, null))
                            return true;
                    }
                    return false;
                }
                Assert.False(Answers(wait: false));
                Assert.False(Believes(wait: false));
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                links.SetGroup(links.FindLink(attacker.HostInterface)!.Index, 0);
                Assert.False(Answers(wait: false));
                Assert.False(Believes(wait: false));
                Sysctl.Write($"net/ipv4/conf/{attacker.HostInterface}/arp_ignore", "0");
                Sysctl.Write("net/ipv6/conf/all/forwarding", "0");
                foreach ((string key, string value) in ((string, string)[])[("accept_dad", "0"), ("accept_ra", "1"), ("disable_ipv6", "0")])
                    Sysctl.Write($"net/ipv6/conf/{attacker.HostInterface}/{key}", value);
                Assert.True(Answers(wait: true));
                Assert.True(Believes(wait: true));
            }
        );

    /// <summary>All that a container receives.</summary>
    private static Socket EarOf(Session engine, string container)
    {
        using NetworkNamespace inside = NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        return inside.Run(static () => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0x0300)); // ETH_P_ALL
    }

    /// <summary>Whether the answer for an address is heard; who answers does so soon.</summary>
    private static bool HearsOf(IPAddress wanted, Socket ear, bool wait, Action ask)
    {
        byte[] frame = new byte[2048];
        for (Stopwatch clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < (wait ? 5000 : 300); )
        {
            ask();
            if (
                ear.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead)
                && LinkFrames.Has(frame.AsSpan(0, ear.Receive(frame)), wanted)
            )
                return true;
        }
        return false;
    }

    private static void Send(Session engine, string container, byte[] frame)
    {
        using NetworkNamespace inside = NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        using Hand hand = new(inside);
        hand.Send(frame);
    }

    private static bool HasRouter(Session engine, string? container)
    {
        using NetworkNamespace where = container is null
            ? NetworkNamespace.Current()
            : NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        using RtnetlinkConnection links = where.OpenRtnetlink();
        return links
            .GetRoutes(AddressFamily.InterNetworkV6)
            .Any(static route => route.Destination.PrefixLength == 0 && route.Gateway is not null);
    }
}
