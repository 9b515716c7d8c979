using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Probes;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>What closes a family that a network was not given, or the way to the host: told and repaired where somebody opens it.</summary>
public sealed class ClosedFamilyTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly Dictionary<string, string> s_isolated = new()
    {
        [NetworkOptions.GatewayModeIPv4] = "isolated",
        [NetworkOptions.GatewayModeIPv6] = "isolated",
    };

    private static readonly Dictionary<string, NetworkRequest> s_networks = new()
    {
        ["IPv4 alone"] = new("n"),
        ["IPv6 alone"] = new("n") { EnableIPv4 = false, EnableIPv6 = true },
        ["isolated"] = new("n")
        {
            EnableIPv6 = true,
            Internal = true,
            Options = s_isolated,
        },
        ["internal"] = new("n") { EnableIPv6 = true, Internal = true },
        ["apart"] = new("n") { Options = new Dictionary<string, string> { [NetworkOptions.EnableIcc] = "false" } },
    };

    public static TheoryData<string, string, string, string, string> Settings =>
        [
            .. from backend in (string[])["nftables", "iptables"]
            from one in ((string, string, string, string)[])
                [
                    ("IPv4 alone", "net.ipv6.conf.{0}.disable_ipv6", "1", "0"),
                    ("isolated", "net.ipv6.conf.{0}.disable_ipv6", "1", "0"),
                    ("IPv6 alone", "net.ipv4.conf.{0}.arp_ignore", "8", "0"),
                    ("isolated", "net.ipv4.conf.{0}.arp_ignore", "8", "1"),
                ]
            select (backend, one.Item1, one.Item2, one.Item3, one.Item4),
        ];

    public static TheoryData<string, string, uint> Groups =>
        [
            .. from backend in (string[])["nftables", "iptables"]
            from one in ((string, uint)[])
                [
                    ("IPv4 alone", InterfaceGroup.HasIPv4),
                    ("IPv6 alone", InterfaceGroup.HasIPv6),
                    ("isolated", InterfaceGroup.IsolatedIPv4),
                    ("isolated", InterfaceGroup.IsolatedIPv6),
                    ("internal", InterfaceGroup.Internal),
                    ("apart", InterfaceGroup.Separated),
                ]
            select (backend, one.Item1, one.Item2),
        ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_setting_of_the_bridge(string backend, string network, string key, string meant, string other) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow made = engine.Make(s_networks[network]);
                string name = string.Format(key, made.BridgeName),
                    path = name.Replace('.', '/');
                Assert.Equal(meant, Sysctl.Read(path));
                Assert.Empty(engine.FindDrift(null));
                Sysctl.Write(path, other);
                Repairs(engine, $"Sysctl n/ {name} | {meant} | {other} | sysctl -w {name}={meant}");
                Assert.Equal(meant, Sysctl.Read(path));
            }
        );

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_bit_of_the_bridges_group(string backend, string network, uint bit) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow made = engine.Make(s_networks[network]);
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                Link bridge = links.FindLink(made.BridgeName!)!;
                Assert.Equal(bit, bridge.Group & bit);
                links.SetGroup(bridge.Index, bridge.Group ^ bit);
                Repairs(
                    engine,
                    $"Link n/ {made.BridgeName} | group {bridge.Group} | group {bridge.Group ^ bit} | ip link set {made.BridgeName} group {bridge.Group}"
                );
                Assert.Equal(bridge.Group, links.FindLink(made.BridgeName!)!.Group);
            }
        );

    /// <summary>
    /// What was open when a family, or a network, is closed is known to the kernel as established; it ends all the same, in both
    /// directions.
    /// </summary>
    [Theory]
    [InlineData("nftables", "IPv4 alone", InterfaceGroup.HasIPv6, "2001:db8:9::1", "2001:db8:9::2")]
    [InlineData("iptables", "IPv4 alone", InterfaceGroup.HasIPv6, "2001:db8:9::1", "2001:db8:9::2")]
    [InlineData("nftables", "IPv6 alone", InterfaceGroup.HasIPv4, "10.99.0.1", "10.99.0.2")]
    [InlineData("iptables", "IPv6 alone", InterfaceGroup.HasIPv4, "10.99.0.1", "10.99.0.2")]
    [InlineData("nftables", "internal", InterfaceGroup.Internal, "10.99.0.1", "10.99.0.2")]
    [InlineData("iptables", "internal", InterfaceGroup.Internal, "10.99.0.1", "10.99.0.2")]
    [InlineData("nftables", "internal", InterfaceGroup.Internal, "2001:db8:9::1", "2001:db8:9::2")]
    [InlineData("iptables", "internal", InterfaceGroup.Internal, "2001:db8:9::1", "2001:db8:9::2")]
    public void A_connection_that_is_open_ends(string backend, string network, uint bit, string host, string container) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                IPAddress gateway = IPAddress.Parse(host),
                    address = IPAddress.Parse(container);
                Roles roles = Roles.Both[gateway.AddressFamily == AddressFamily.InterNetwork ? 0 : 1];
                int length = roles == Roles.IPv4 ? 24 : 64;
                using Machine remote = new(Path.Combine(state, "remote"), "wan", [roles.Of("wan")], [roles.Of("remote")], routes: true);
                NetworkRow made = engine.Make(s_networks[network]);
                using NetworkNamespace inside = NetworkNamespace.Open(engine.Start("c", new EndpointRequest("n")).NetNSPath);
                using RtnetlinkConnection links = RtnetlinkConnection.Open(),
                    within = inside.OpenRtnetlink();
                // Root in the container and the host's admin open it.
                Link bridge = links.FindLink(made.BridgeName!)!;
                Sysctl.TryWrite($"net/ipv6/conf/{bridge.Name}/disable_ipv6", "0");
                Sysctl.TryWrite($"net/ipv4/conf/{bridge.Name}/arp_ignore", "0");
                foreach (string key in (string[])["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"])
                    Sysctl.Write(key, "1");
                inside.Run(static () =>
                {
                    Sysctl.TryWrite("net/ipv6/conf/eth0/accept_dad", "0");
                    Sysctl.TryWrite("net/ipv6/conf/eth0/disable_ipv6", "0");
                    return true;
                });
                links.AddAddress(bridge.Index, gateway, length, noDad: true);
                int eth0 = within.FindLink("eth0")!.Index;
                within.AddAddress(eth0, address, length, noDad: true);
                within.ReplaceDefaultRoute(eth0, gateway);
                links.SetGroup(bridge.Index, bridge.Group ^ bit);
                using Conversation open = new(inside, remote.Space, roles.Of("remote"), 90, 90);
                Assert.True(open.GoesOn() && open.IsAnswered());
                links.SetGroup(bridge.Index, bridge.Group);
                Assert.True(open.IsUnanswered());
                Assert.True(open.IsCut());
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void Groups_of_an_earlier_version_are_replaced_with_the_rules(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow made = engine.Make(new NetworkRequest("n"));
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                Link bridge = links.FindLink(made.BridgeName!)!;
                links.SetGroup(bridge.Index, 0xb41c);
                using (IFirewallBackend rules = FirewallSelection.Open(backend))
                    rules.Rebuild([]);
                engine.Make(new NetworkRequest("m"));
                Assert.Equal(bridge.Group, links.FindLink(made.BridgeName!)!.Group);
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void An_adopted_bridge_keeps_working_in_the_other_family(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                Admin.Needs("ip", "nsenter");
                string path = Path.Combine(state, "outside");
                using Outside machine = new(path);
                Admin.Run(
                    $"ip address add 2001:db8:9::1/64 dev wan nodad; nsenter --net={path} ip address add 2001:db8:9::2/64 dev eth0 nodad"
                );
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["198.51.100.0/24"],
                        Gateways = ["198.51.100.1"],
                        Options = new Dictionary<string, string> { [NetworkOptions.BridgeName] = "wan" },
                    }
                );
                using NetworkNamespace outside = NetworkNamespace.Open(path);
                Assert.True(
                    Echo.Ping(
                        outside,
                        "outside",
                        "host",
                        IPAddress.Parse("2001:db8:9::1"),
                        1,
                        TimeSpan.FromSeconds(5),
                        TimeSpan.Zero,
                        TestContext.Current.CancellationToken
                    ).Reachable
                );
                Assert.Empty(engine.FindDrift(null));
            }
        );

    private static void Repairs(Session engine, string expected)
    {
        Assert.Equal([expected], engine.FindDrift(null).Select(DriftLab.InWords));
        Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
        Assert.Empty(engine.FindDrift(null));
    }
}
