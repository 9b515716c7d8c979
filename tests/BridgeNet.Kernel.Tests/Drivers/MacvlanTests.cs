using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>Containers on the network of a host's interface, whose other end is the wire: a namespace of its own with a machine in it.</summary>
public sealed class MacvlanTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly NetworkRequest s_lan = On("lan");

    private readonly WireLab _lab = new(space, "macvlan");

    [Fact]
    public void Containers_are_on_the_wire_and_the_host_is_not() =>
        _lab.In(engine =>
        {
            Make(engine);
            Assert.True(engine.Pings("c1", "192.168.7.3"));
            Assert.True(engine.Pings("c1", "192.168.7.1"), "the machine on the wire");
            Assert.True(engine.Pings("c1", "fd00:7::1"), "the machine on the wire");
            // The parent's own address is the host's, and macvlan keeps a host from its own children.
            Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
            Assert.True(engine.Misses("c1", "192.168.7.9"));
            const string Apart =
                "the containers of network 'lan' (macvlan) and the host of their parent do not reach each other; on a network with the option bridgenet.host_access, the host has an address for them";
            Assert.Equal(Apart, Reason(engine, "c1", "192.168.7.9"));
            // Nor is it reached by way of the host.
            engine.Make(new NetworkRequest("web"));
            engine.Start("w1", new EndpointRequest("web"));
            Assert.Equal(Apart, Reason(engine, "w1", "c1"));
            Assert.NotEqual(Apart, Reason(engine, "c1", "192.168.7.77"));
            Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        });

    [Theory]
    [InlineData("private", false)]
    [InlineData("private", true)]
    [InlineData("vepa", false)]
    [InlineData("vepa", true)]
    [InlineData("bridge", false)]
    public void A_mode_says_how_containers_reach_each_other(string mode, bool reflects) =>
        _lab.In(engine =>
        {
            Make(engine, mode);
            if (reflects)
                WireLab.Reflect();
            bool reaches = mode == "bridge" || (mode == "vepa" && reflects);
            Assert.True(engine.Pings("c1", "192.168.7.1"));
            Assert.True(reaches ? engine.Pings("c1", "192.168.7.3") : engine.Misses("c1", "192.168.7.3"));
        });

    [Fact]
    public void With_passthru_there_is_one_container_and_it_has_the_address_of_the_parent() =>
        _lab.In(engine =>
        {
            engine.Make(On("lan", "passthru"));
            Assert.Contains(
                "of their parent",
                Making.Refused(() => engine.Start("c1", new EndpointRequest("lan") { MacAddress = "02:00:00:00:00:07" })).Message
            );
            engine.Start("c1", new EndpointRequest("lan"));
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            string parent = $"{links.FindLink(WireLab.Parent)!.Mac}";
            Assert.Null(engine.FindContainer("c1").Endpoints[0].MacAddress);
            Assert.Contains(parent, Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip link show eth0"), StringComparison.Ordinal);
            Assert.True(engine.Pings("c1", "192.168.7.1"));
            Assert.Contains("passthru", Making.Refused(() => engine.Start("c2", new EndpointRequest("lan"))).Message);
            Assert.Contains(
                "passthru",
                Making.Refused(() => engine.Make(On("other") with { Subnets = ["10.8.0.0/24"], Gateways = [] })).Message
            );
            Assert.Empty(engine.FindDrift(null));
        });

    [Fact]
    public void Without_a_parent_containers_reach_each_other_alone() =>
        _lab.In(engine =>
        {
            engine.Make(
                new NetworkRequest("dark")
                {
                    Driver = "macvlan",
                    Internal = true,
                    EnableIPv6 = true,
                }
            );
            engine.Start("c1", new EndpointRequest("dark"));
            EndpointRow second = engine.Start("c2", new EndpointRequest("dark")).Endpoints[0];
            Assert.True(engine.Pings("c1", second.IPAddress!));
            Assert.True(engine.Pings("c1", second.IPv6Address!));
            // The gateway's address is of nobody, and the host does not answer for its others.
            Admin.Run("ip address add 10.200.0.1/32 dev lo; ip link set lo up");
            Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip route add 10.200.0.1 dev eth0");
            Assert.True(engine.Misses("c1", "10.200.0.1"));
            Admin.Run("ip address delete 10.200.0.1/32 dev lo");
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            EngineSpace.Clean(engine);
            Assert.DoesNotContain("dm-", Admin.Run("ip -o link"), StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("nsenter --net={inside} ip link delete eth0")]
    [InlineData("nsenter --net={inside} ip link set eth0 type macvlan mode private")]
    [InlineData("nsenter --net={inside} ip link set eth0 mtu 1200")]
    [InlineData("nsenter --net={inside} ip link set eth0 alias other")]
    [InlineData("nsenter --net={inside} ip link set eth0 address 02:00:00:00:00:77")]
    [InlineData("nsenter --net={inside} ip link set eth0 down")]
    [InlineData("nsenter --net={inside} sh -c 'ip link set eth0 down; ip link set eth0 name other'")]
    [InlineData("nsenter --net={inside} ip address flush dev eth0")]
    [InlineData("nsenter --net={inside} ip route delete default")]
    [InlineData("ip link delete {parent}; {wire}")]
    [InlineData("umount {inside}; rm {inside}")]
    public void Foreign_changes_are_reported_and_repaired(string damage) =>
        _lab.In(engine =>
        {
            Make(engine);
            IReadOnlyList<string> before = Snapshot.Take(engine);
            string[] steps = damage
                .Replace("{inside}", WireLab.Inside(engine, "c1"), StringComparison.Ordinal)
                .Replace("{parent}", WireLab.Parent, StringComparison.Ordinal)
                .Split("; {wire}");
            Admin.Run(steps[0]);
            Assert.NotEmpty(engine.FindDrift(["lan"]));
            // The parent came back by its owner's hand.
            if (steps.Length > 1)
            {
                Assert.NotEmpty(engine.Repair(null, new ChangeContext()).Found);
                WireLab.Lay();
            }
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            if (steps.Length == 1)
                Assert.Equal(before, Snapshot.Take(engine));
            Assert.True(engine.Pings("c1", "192.168.7.3"));
            Assert.True(engine.Pings("c1", "192.168.7.1"));
        });

    [Theory]
    [InlineData("link set eth0 down alias x address 02:00:00:00:00:99 group 0", true)]
    [InlineData("link set eth0 netns other", false)]
    public void An_interface_that_root_inside_disguised_is_removed_and_one_that_is_gone_is_said(string disguise, bool removed) =>
        _lab.In(engine =>
        {
            Make(engine);
            Admin.Run("touch /run/netns/other; unshare --net=/run/netns/other true");
            Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip {disguise}");
            List<string> warnings = [];
            Assert.Empty(engine.Disconnect([new("lan", "c1")], new ChangeContext { Warning = warnings.Add }));
            Assert.DoesNotContain(
                "macvlan",
                Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip -d link"),
                StringComparison.Ordinal
            );
            Assert.Equal(removed, warnings.Count == 0);
            Admin.Run("umount /run/netns/other; rm /run/netns/other");
        });

    [Fact]
    public void A_link_of_ours_that_was_renamed_is_renamed_back_and_removed() =>
        _lab.In(engine =>
        {
            NetworkRow dark = engine.Make(new NetworkRequest("dark") { Driver = "macvlan", Internal = true });
            engine.Start("d1", new EndpointRequest("dark"));
            // Before 6.2, a link that is up keeps its name.
            string rename = $"ip link set dm-{dark.ShortId} down; ip link set dm-{dark.ShortId} name foo; ip link set foo up";
            Admin.Run(rename);
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            Admin.Run(rename);
            EngineSpace.Clean(engine);
            Assert.DoesNotContain("foo", Admin.Run("ip -o link"), StringComparison.Ordinal);
        });

    [Fact]
    public void A_parent_that_is_down_is_reported_and_left_to_its_owner() =>
        _lab.In(engine =>
        {
            Make(engine);
            Admin.Run($"ip link set {WireLab.Parent} down");
            DriftItem drift = Assert.Single(engine.FindDrift(null), static item => item.Object == WireLab.Parent);
            Assert.Equal(("down", false, $"ip link set {WireLab.Parent} up"), (drift.Actual, drift.Repairable, drift.Repair));
            engine.Repair(null, new ChangeContext());
            Assert.Contains("state DOWN", Admin.Run($"ip link show {WireLab.Parent}"), StringComparison.Ordinal);
            Admin.Run(drift.Repair);
            engine.Repair(null, new ChangeContext());
            Assert.Empty(engine.FindDrift(null));
        });

    [Fact]
    public void A_parent_with_too_small_an_MTU_is_reported_and_left_to_its_owner() =>
        _lab.In(engine =>
        {
            Make(engine);
            // The kernel lowers the interfaces on it, too.
            Admin.Run($"ip link set {WireLab.Parent} mtu 1400");
            DriftItem drift = Assert.Single(engine.FindDrift(null));
            Assert.Equal((WireLab.Parent, "an MTU of 1400", false), (drift.Object, drift.Actual, drift.Repairable));
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Admin.Run(drift.Repair);
            Assert.Equal(2, engine.FindDrift(null).Count);
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Empty(engine.FindDrift(null));
        });

    [Fact]
    public void Exported_and_imported_it_is_as_before() =>
        _lab.In(engine =>
        {
            Make(engine);
            engine.Make(new NetworkRequest("dark") { Driver = "macvlan", Internal = true });
            engine.Start("d1", new EndpointRequest("dark"));
            Snapshot.AssertSurvivesExport(engine);
        });

    [Theory]
    [InlineData("", "", "give its parent")]
    [InlineData("nosuch0", "", "does not exist")]
    [InlineData("lo", "", "loopback")]
    [InlineData("port0", "", "is a port of a bridge")]
    [InlineData("shim0", "", "is a macvlan interface itself")]
    [InlineData("a b", "", "is not an interface name")]
    [InlineData(WireLab.Parent, "source", "is not bridge, private, vepa or passthru")]
    public void A_request_that_cannot_be_met_is_refused(string parent, string mode, string why) =>
        _lab.In(engine =>
        {
            Admin.Run("ip link add sw0 type bridge; ip link add port0 type veth peer name port1; ip link set port0 master sw0");
            Admin.Run($"ip link add link {WireLab.Parent} name shim0 type macvlan mode bridge");
            BridgeNetException refused = Assert.Throws<BridgeNetException>(() => engine.Make(On("lan", mode, parent)));
            Admin.Run("ip link delete sw0; ip link delete port0; ip link delete shim0");
            Assert.Contains(why, Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
        });

    [Fact]
    public void What_belongs_to_the_wire_is_not_chosen_here() =>
        _lab.In(engine =>
        {
            Assert.Contains(
                "give the subnet",
                Assert.Throws<BridgeNetException>(() => engine.Make(s_lan with { Subnets = [], Gateways = [] })).Message
            );
            Assert.Contains(
                "larger than that of the parent",
                Making.Refused(() => engine.Make(On("lan", options: new() { [NetworkOptions.Mtu] = "9000" }))).Message
            );
            engine.Make(s_lan);
            List<string> warnings = [];
            engine.CreateContainer(
                new ContainerRequest("c1") { Network = new EndpointRequest("lan") { Publish = ["80"] } },
                new ChangeContext { Warning = warnings.Add }
            );
            Assert.Contains(warnings, static warning => warning.Contains("no port of 'c1' is published", StringComparison.Ordinal));
            engine.Change("lan", NetworkOptions.Mtu, "1300");
            Assert.Contains(
                "mtu 1300",
                Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip link show eth0"),
                StringComparison.Ordinal
            );
            BridgeNetException refused = Assert.Throws<BridgeNetException>(() => engine.Change("lan", NetworkOptions.Mtu, "1600"));
            Assert.Contains("larger", Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_subnet_of_another_network_is_refused_and_one_of_the_host_is_not() =>
        _lab.In(engine =>
        {
            Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
            engine.Make(s_lan);
            engine.Make(new NetworkRequest("web") { Subnets = ["10.8.0.0/16"] });
            foreach ((string subnet, string other) in (ReadOnlySpan<(string, string)>)[("192.168.7.0/24", "lan"), ("10.8.9.0/24", "web")])
            {
                Problem problem = Making.Refused(() => engine.Make(On("other") with { Subnets = [subnet], Gateways = [] }));
                Assert.Equal(ErrorIds.SubnetOverlaps, problem.ErrorId);
                Assert.Contains($"'{other}'", problem.Message, StringComparison.Ordinal);
            }
            string document = engine.Export(["lan"]);
            engine.Remove("lan");
            engine.Make(On("other"));
            BridgeNetException refused = Assert.Throws<BridgeNetException>(() => engine.Import(document, new ChangeContext()));
            Assert.All(refused.Problems, static problem => Assert.Equal(ErrorIds.SubnetOverlaps, problem.ErrorId));
            Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
        });

    [Fact]
    public void What_another_tool_has_on_the_parent_is_said_and_nothing_is_left() =>
        _lab.In(engine =>
        {
            engine.Make(s_lan);
            IReadOnlyList<string> before = Snapshot.Take(engine);
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            string parent = $"{links.FindLink(WireLab.Parent)!.Mac}";
            Problem taken = Making.Refused(() => engine.Start("c1", new EndpointRequest("lan") { MacAddress = parent }));
            Assert.Equal(ErrorIds.AddressInUse, taken.ErrorId);
            Assert.Contains(parent, taken.Message, StringComparison.Ordinal);
            Admin.Run($"ip link add link {WireLab.Parent} name other type macvlan mode passthru");
            Problem busy = Making.Refused(() => engine.Start("c1", new EndpointRequest("lan")));
            Assert.Contains($"The interface {WireLab.Parent} cannot carry", busy.Message, StringComparison.Ordinal);
            Admin.Run("ip link delete other");
            Assert.Equal(before, Snapshot.Take(engine));
            engine.Start("c1", new EndpointRequest("lan"));
        });

    [Fact]
    public void An_option_of_another_driver_is_warned_about() =>
        _lab.In(engine =>
        {
            List<string> warnings = [];
            engine.CreateNetwork(
                On("lan", options: new() { [NetworkOptions.EnableIcc] = "false" }),
                new ChangeContext { Warning = warnings.Add }
            );
            Assert.Equal([$"The driver 'macvlan' has no option '{NetworkOptions.EnableIcc}': it is stored, but has no effect."], warnings);
        });

    [Fact]
    public void An_option_of_another_driver_has_no_effect() =>
        _lab.In(engine =>
        {
            engine.Make(On("lan", options: new() { [NetworkOptions.AntiSpoof] = "true" }));
            engine.Start("c1", new EndpointRequest("lan"));
            engine.Make(new NetworkRequest("guarded") { Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" } });
            // The table of senders goes with the last network that has any.
            engine.Remove("guarded");
            Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip link delete eth0");
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            using NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
            Assert.False(NftTable.Exists(netfilter, NftConstants.NFPROTO_BRIDGE, "bridgenet"));
        });

    [Fact]
    public void An_internal_network_on_a_parent_has_the_subnet_of_the_wire_and_no_way_out() =>
        _lab.In(engine =>
        {
            Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
            engine.Make(s_lan with { Internal = true });
            engine.Start("c1", new EndpointRequest("lan"));
            Assert.True(engine.Pings("c1", "192.168.7.1"));
            Assert.DoesNotContain("default", Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip route"), StringComparison.Ordinal);
            Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
        });

    [Fact]
    public void Two_hundred_containers_share_a_parent() =>
        _lab.In(engine =>
        {
            engine.Make(s_lan);
            for (int i = 0; i < 200; i++)
                engine.Start($"c{i}", new EndpointRequest("lan"));
            Assert.Empty(engine.FindDrift(null));
            Assert.True(engine.Pings("c0", engine.FindContainer("c199").Endpoints[0].IPAddress!));
            Assert.True(engine.Pings("c199", "192.168.7.1"));
        });

    private static NetworkRequest On(
        string name,
        string mode = "",
        string parent = WireLab.Parent,
        Dictionary<string, string>? options = null
    )
    {
        options ??= [];
        if (mode.Length > 0)
            options[NetworkOptions.MacvlanMode] = mode;
        return new WireLab(null!, "macvlan").On(name, options, parent);
    }

    private static string Reason(Session engine, string source, string destination) =>
        engine.TestConnection(source, destination, 0, 1, TimeSpan.FromMilliseconds(300), CancellationToken.None).Reason;

    private static void Make(Session engine, string mode = "")
    {
        engine.Make(On("lan", mode));
        engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.2" });
        engine.Start("c2", new EndpointRequest("lan") { IPAddress = "192.168.7.3" });
    }
}
