using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Engine;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>What root in a container tells its neighbours and asks the host on their link.</summary>
public sealed class LinkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_neighbour_is_no_router(string backend) => EngineSpace.In(space, backend, (engine, _) =>
    {
        // A host that believes routers although it forwards.
        Sysctl.Write("net/ipv6/conf/default/accept_ra", "2");
        engine.Make(new NetworkRequest("n") { Internal = true, EnableIPv6 = true });
        MacAddress attacker = engine.Start("attacker", new EndpointRequest("n")).Endpoints[0].MacAddress;
        engine.Start("victim", new EndpointRequest("n"));
        engine.Start("asked", new EndpointRequest("n") { Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.IFNAME.accept_ra"] = "1" } });
        engine.Start("configured", new EndpointRequest("n") { Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.IFNAME.autoconf"] = "1" } });
        // Who asked for routers has one in the end, so the word was heard.
        for (Stopwatch clock = Stopwatch.StartNew(); !(HasRouter(engine, "asked") && HasRouter(engine, "configured")) && clock.Elapsed < TimeSpan.FromSeconds(10);)
            Send(engine, "attacker", LinkFrames.RouterAdvertisement(attacker, IPAddress.Parse("fe80::9")));
        Assert.True(HasRouter(engine, "asked"));
        Assert.True(HasRouter(engine, "configured"));
        Assert.False(HasRouter(engine, "victim"));
        Assert.False(HasRouter(engine, null));
        Sysctl.Write("net/ipv6/conf/default/accept_ra", "1");
    });

    [Theory]
    [InlineData("nftables", false, false)]
    [InlineData("nftables", true, true)]
    [InlineData("iptables", false, false)]
    [InlineData("iptables", true, true)]
    public void Of_the_hosts_addresses_an_isolated_network_hears_nothing(string backend, bool isolated, bool silent) => EngineSpace.In(space, backend, (engine, state) =>
    {
        using Machine remote = new(Path.Combine(state, "remote"), "wan", [Roles.IPv4.Of("wan")], [Roles.IPv4.Of("remote")], routes: true);
        NetworkRow network = engine.Make(new NetworkRequest("n")
        {
            Subnets = ["10.50.0.0/24", "2001:db8:50::/64"],
            Internal = isolated,
            Options = isolated ? new Dictionary<string, string> { [NetworkOptions.GatewayModeIPv4] = "isolated", [NetworkOptions.GatewayModeIPv6] = "isolated" } : [],
        });
        MacAddress attacker = engine.Start("attacker", new EndpointRequest("n")).Endpoints[0].MacAddress;
        Assert.Equal(isolated ? "1" : "0", Sysctl.Read($"net/ipv6/conf/{network.BridgeName}/disable_ipv6"));
        using NetworkNamespace inside = NetworkNamespace.Open(engine.FindContainer("attacker").NetNSPath);
        using Socket ear = inside.Run(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0x0300)); // ETH_P_ALL
        foreach (string wanted in (string[])["198.51.100.1", "127.0.0.1", "10.50.0.1"])
            Send(engine, "attacker", LinkFrames.WhoHas(attacker, IPAddress.Parse("10.50.0.9"), IPAddress.Parse(wanted)));
        bool heard = false;
        byte[] frame = new byte[2048];
        for (Stopwatch clock = Stopwatch.StartNew(); !heard && clock.ElapsedMilliseconds < (silent ? 300 : 5000);)
            heard = ear.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead) && LinkFrames.Has(frame.AsSpan(0, ear.Receive(frame)), IPAddress.Parse("198.51.100.1"));
        Assert.Equal(silent, !heard);
    });

    private static void Send(BridgeNetEngine engine, string container, byte[] frame)
    {
        using NetworkNamespace inside = NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        using PacketSocket socket = inside.Run(() => new PacketSocket());
        socket.Send(socket.IndexOf("eth0"), frame);
    }

    private static bool HasRouter(BridgeNetEngine engine, string? container)
    {
        using NetworkNamespace where = container is null ? NetworkNamespace.Current() : NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        using RtnetlinkConnection links = where.OpenRtnetlink();
        return links.GetRoutes(AddressFamily.InterNetworkV6).Any(static route => route.Destination.PrefixLength == 0 && route.Gateway is not null);
    }
}
