using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>Containers that share the MAC address of a host's interface.</summary>
public sealed class IpvlanTests : IClassFixture<PrivateNamespace>
{
    private readonly WireLab _lab;

    public IpvlanTests(PrivateNamespace space)
    {
        _lab = new(space, "ipvlan");
        space.Run(static () => WireLab.Needs(new Ipvlan(IpvlanMode.L2)));
    }

    [Fact]
    public void Containers_are_on_the_wire_with_the_address_of_the_parent_and_the_host_is_not() =>
        _lab.In(engine =>
        {
            Make(engine);
            Assert.True(engine.Pings("c1", "192.168.7.3"));
            Assert.True(engine.Pings("c1", "192.168.7.1"), "the machine on the wire");
            Assert.True(engine.Pings("c1", "fd00:7::1"), "the machine on the wire");
            Assert.True(engine.Pings("c1", engine.FindContainer("c2").Endpoints[0].IPv6Address!));
            Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
            Assert.True(engine.Misses("c1", "192.168.7.9"));
            Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            string parent = $"{links.FindLink(WireLab.Parent)!.Mac}";
            Assert.Contains(parent, Admin.Run($"nsenter --net={WireLab.Inside(engine, "c1")} ip link show eth0"), StringComparison.Ordinal);
            Assert.Null(engine.FindContainer("c1").Endpoints[0].MacAddress);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        });

    [Theory]
    [InlineData("bridge", false)]
    [InlineData("private", false)]
    [InlineData("private", true)]
    [InlineData("vepa", false)]
    public void A_flag_says_how_containers_reach_each_other(string flag, bool reflects) =>
        _lab.In(engine =>
        {
            Make(engine, flag: flag);
            if (reflects)
                WireLab.Reflect();
            Assert.True(engine.Pings("c1", "192.168.7.1"));
            Assert.True(flag == "bridge" ? engine.Pings("c1", "192.168.7.3") : engine.Misses("c1", "192.168.7.3"));
        });

    [Theory]
    [InlineData("l3")]
    [InlineData("l3s")]
    public void By_routes_there_is_no_gateway_and_no_question_for_addresses(string mode) =>
        _lab.In(engine =>
        {
            engine.Make(
                _lab.On("lan", new() { [NetworkOptions.IpvlanMode] = mode }) with
                {
                    Subnets = ["10.60.0.0/24", "fd00:60::/64"],
                    Gateways = [],
                }
            );
            EndpointRow one = engine.Start("c1", new EndpointRequest("lan")).Endpoints[0],
                two = engine.Start("c2", new EndpointRequest("lan")).Endpoints[0];
            Assert.Equal("10.60.0.1", $"{one.IPAddress}");
            string inside = $"nsenter --net={WireLab.Inside(engine, "c1")}";
            Assert.Contains("default dev eth0 scope link", Admin.Run($"{inside} ip route"), StringComparison.Ordinal);
            Assert.Contains("default dev eth0", Admin.Run($"{inside} ip -6 route"), StringComparison.Ordinal);
            Assert.Contains("NOARP", Admin.Run($"{inside} ip link show eth0"), StringComparison.Ordinal);
            Assert.True(engine.Pings("c1", two.IPAddress!));
            Assert.True(engine.Pings("c1", two.IPv6Address!));
            // Whoever wants to reach them has a route to this host, which has one to the wire.
            Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
            Assert.True(engine.Misses("c1", "192.168.7.1"), "without a route back");
            WireLab.OnTheWire("ip route add 10.60.0.0/24 via 192.168.7.9");
            Assert.True(engine.Pings("c1", "192.168.7.1"));
            Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            Admin.Run($"{inside} ip route delete default");
            DriftItem missing = Assert.Single(engine.FindDrift(null));
            Assert.Equal(("dev eth0", "missing"), (missing.Expected, missing.Actual));
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Empty(engine.FindDrift(null));
            engine.Change(new NetworkSettings("lan") { Internal = true });
            Assert.DoesNotContain("default", Admin.Run($"{inside} ip route; {inside} ip -6 route"), StringComparison.Ordinal);
            engine.Change(new NetworkSettings("lan") { Internal = false });
            Assert.Contains("default dev eth0", Admin.Run($"{inside} ip route"), StringComparison.Ordinal);
            Assert.Empty(engine.FindDrift(null));
        });

    [Fact]
    public void A_parent_has_one_mode_and_one_kind() =>
        _lab.In(engine =>
        {
            Make(engine);
            NetworkRequest other = _lab.On("other") with { Subnets = ["10.8.0.0/24"], Gateways = [] };
            Problem mode = Making.Refused(() => engine.Make(other with { Options = With(other, NetworkOptions.IpvlanMode, "l3") }));
            Assert.Contains("the same mode and flag, here 'mode l2 bridge'", mode.Message, StringComparison.Ordinal);
            Problem kind = Making.Refused(() => engine.Make(other with { Driver = "macvlan" }));
            Assert.Contains("carries either macvlan or ipvlan", kind.Message, StringComparison.Ordinal);
            engine.Make(other);
            engine.Start("c3", new EndpointRequest("other"));
            Assert.Contains(
                "of their parent",
                Making.Refused(() => engine.Start("c4", new EndpointRequest("other") { MacAddress = "02:00:00:00:00:07" })).Message
            );
        });

    [Theory]
    [InlineData("nsenter --net={inside} ip link delete eth0")]
    [InlineData("nsenter --net={inside} ip link set eth0 type ipvlan mode l3")]
    [InlineData("nsenter --net={inside} ip link set eth0 type ipvlan mode l2 private")]
    [InlineData("nsenter --net={inside} ip link set eth0 mtu 1300")]
    [InlineData("nsenter --net={inside} ip link set eth0 alias other")]
    [InlineData("nsenter --net={inside} ip link set eth0 group 7")]
    [InlineData("nsenter --net={inside} ip link set eth0 down")]
    [InlineData("nsenter --net={inside} sh -c 'ip link set eth0 down; ip link set eth0 name other'")]
    [InlineData("nsenter --net={inside} ip address flush dev eth0")]
    [InlineData("nsenter --net={inside} ip route delete default")]
    [InlineData("ip link add link {parent} name other type ipvlan mode l3")]
    [InlineData("umount {inside}; rm {inside}")]
    [InlineData("ip link delete {parent}; {wire}")]
    public void Foreign_changes_are_reported_and_repaired(string damage) =>
        _lab.In(engine =>
        {
            Make(engine);
            engine.Make(_lab.On("second") with { Subnets = ["10.8.0.0/24"], Gateways = [] });
            engine.Join("c1", new EndpointRequest("second"));
            IReadOnlyList<string> before = Snapshot.Take(engine);
            string[] steps = damage
                .Replace("{inside}", WireLab.Inside(engine, "c1"), StringComparison.Ordinal)
                .Replace("{parent}", WireLab.Parent, StringComparison.Ordinal)
                .Split("; {wire}");
            Admin.Run(steps[0]);
            Assert.NotEmpty(engine.FindDrift(["lan"]));
            Admin.Run("ip link delete other 2>&1 || true");
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
    [InlineData("")]
    [InlineData("l3")]
    public void Without_a_parent_containers_reach_each_other_alone(string mode) =>
        _lab.In(engine =>
        {
            Dictionary<string, string> options = mode.Length > 0 ? new() { [NetworkOptions.IpvlanMode] = mode } : [];
            engine.Make(
                new NetworkRequest("dark")
                {
                    Driver = "ipvlan",
                    Internal = true,
                    EnableIPv6 = true,
                    Options = options,
                }
            );
            engine.Start("c1", new EndpointRequest("dark"));
            EndpointRow second = engine.Start("c2", new EndpointRequest("dark")).Endpoints[0];
            Assert.True(engine.Pings("c1", second.IPAddress!));
            // IPv6 begins when the link watch has seen the carrier of the new link below, which kernels before 6.8 do within a second.
            Assert.True(SpinWait.SpinUntil(() => engine.Pings("c1", second.IPv6Address!), TimeSpan.FromSeconds(10)));
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            EngineSpace.Clean(engine);
            Assert.DoesNotContain("di-", Admin.Run("ip -o link"), StringComparison.Ordinal);
        });

    [Fact]
    public void Exported_and_imported_it_is_as_before() =>
        _lab.In(engine =>
        {
            Make(engine);
            engine.Make(new NetworkRequest("dark") { Driver = "ipvlan", Internal = true });
            engine.Start("d1", new EndpointRequest("dark"));
            Snapshot.AssertSurvivesExport(engine);
        });

    [Fact]
    public void A_renamed_container_and_another_MTU_reach_the_interface() =>
        _lab.In(engine =>
        {
            Make(engine);
            engine.RenameContainer("c1", "renamed", new ChangeContext());
            engine.Change("lan", NetworkOptions.Mtu, "1300");
            string link = Admin.Run($"nsenter --net={WireLab.Inside(engine, "renamed")} ip link show eth0");
            Assert.Contains("mtu 1300", link, StringComparison.Ordinal);
            Assert.Contains("endpoint renamed ", link, StringComparison.Ordinal);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        });

    private static Dictionary<string, string> With(NetworkRequest request, string key, string value) =>
        new(request.Options) { [key] = value };

    private void Make(Session engine, string mode = "l2", string flag = "bridge")
    {
        engine.Make(_lab.On("lan", new() { [NetworkOptions.IpvlanMode] = mode, [NetworkOptions.IpvlanFlag] = flag }));
        engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.2" });
        engine.Start("c2", new EndpointRequest("lan") { IPAddress = "192.168.7.3" });
    }
}
