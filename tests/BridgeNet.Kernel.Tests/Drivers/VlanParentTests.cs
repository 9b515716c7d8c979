using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>Networks on VLAN interfaces, which come and go with them.</summary>
public sealed class VlanParentTests : IClassFixture<PrivateNamespace>
{
    private const string Vlan = $"{WireLab.Parent}.50";

    private readonly WireLab _lab;

    public VlanParentTests(PrivateNamespace space)
    {
        _lab = new(space, "macvlan");
        space.Run(static () => WireLab.Needs(new Vlan(50)));
    }

    [Theory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public void It_is_created_with_the_first_network_and_removed_with_the_last(string driver) =>
        _lab.In(engine =>
        {
            // The machine on the wire has an address on the VLAN alone.
            WireLab.OnTheWire(
                "sh -c 'ip link add link sw name sw.50 type vlan id 50; ip address add 10.50.0.1/24 dev sw.50; ip link set sw.50 up'"
            );
            engine.Make(On("first", "10.50.0.0/24") with { Driver = driver, Gateways = ["10.50.0.1"] });
            engine.Make(On("second", "10.51.0.0/24") with { Driver = driver });
            engine.Start("c1", new EndpointRequest("first"));
            EndpointRow two = engine.Start("c2", new EndpointRequest("first")).Endpoints[0];
            engine.Start("c3", new EndpointRequest("second"));
            Assert.Contains("vlan protocol 802.1Q id 50", Admin.Run($"ip -d link show {Vlan}"), StringComparison.Ordinal);
            Assert.True(engine.Pings("c1", two.IPAddress!));
            Assert.True(engine.Pings("c1", "10.50.0.1"), "the machine on the VLAN");
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            engine.Remove("first");
            Assert.Contains(Vlan, Admin.Run("ip -o link"), StringComparison.Ordinal);
            Assert.Equal("", string.Join('\n', engine.FindDrift(["second"])));
            engine.Remove("second");
            Assert.DoesNotContain(Vlan, Admin.Run("ip -o link"), StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public void The_host_has_an_interface_on_it_on_request(string driver) =>
        _lab.In(engine =>
        {
            WireLab.Needs(new Ipvlan(IpvlanMode.L2));
            NetworkRequest first = On("first", "10.50.0.0/24");
            NetworkRow network = engine.Make(
                first with
                {
                    Driver = driver,
                    Options = new Dictionary<string, string>(first.Options) { [NetworkOptions.HostAccess] = "true" },
                }
            );
            engine.Make(On("second", "10.51.0.0/24") with { Driver = driver });
            engine.Start("c1", new EndpointRequest("first"));
            Assert.True(engine.Pings("c1", "10.50.0.254"));
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            // With the interface below it, all are gone.
            Admin.Run($"ip link delete {Vlan}");
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            Assert.True(engine.Pings("c1", "10.50.0.254"));
            engine.RemoveNetworks(["first"], force: true, new ChangeContext());
            Assert.DoesNotContain(network.ShortId, Admin.Run("ip -o link; ip route"), StringComparison.Ordinal);
            Assert.Contains(Vlan, Admin.Run("ip -o link"), StringComparison.Ordinal);
        });

    [Fact]
    public void One_that_existed_before_is_used_and_stays() =>
        _lab.In(engine =>
        {
            Admin.Run($"ip link add link {WireLab.Parent} name {Vlan} type vlan id 50; ip link set {Vlan} up");
            engine.Make(On("lan", "10.50.0.0/24"));
            engine.Start("c1", new EndpointRequest("lan"));
            engine.Start("c2", new EndpointRequest("lan"));
            Assert.True(engine.Pings("c1", engine.FindContainer("c2").Endpoints[0].IPAddress!));
            EngineSpace.Clean(engine);
            string after = Admin.Run($"ip link show {Vlan}");
            Assert.Contains("group default", after, StringComparison.Ordinal);
            Assert.DoesNotContain("alias", after, StringComparison.Ordinal);
            Admin.Run($"ip link delete {Vlan}");
        });

    [Theory]
    [InlineData(WireLab.Parent + ".0", "0 is no VLAN id")]
    [InlineData(WireLab.Parent + ".4095", "4095 is no VLAN id")]
    [InlineData("nosuch0.50", "nor does nosuch0")]
    [InlineData("lo.50", "The loopback interface has no VLANs")]
    [InlineData("tagged.50", "is a VLAN interface itself")]
    [InlineData(WireLab.Parent + ".x", "does not exist on this host")]
    public void One_that_cannot_be_created_is_refused(string parent, string why) =>
        _lab.In(engine =>
        {
            Admin.Run($"ip link add link {WireLab.Parent} name tagged type vlan id 7; ip link set tagged up");
            Problem problem = Making.Refused(() => engine.Make(On("lan", "10.50.0.0/24", parent)));
            Admin.Run("ip link delete tagged");
            Assert.Contains(why, problem.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_tag_that_another_interface_has_is_refused_and_nothing_is_left() =>
        _lab.In(engine =>
        {
            Admin.Run($"ip link add link {WireLab.Parent} name fifty type vlan id 50");
            Problem problem = Making.Refused(() => engine.Make(On("lan", "10.50.0.0/24")));
            Assert.Contains("has an interface with id 50 already", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Vlan, Admin.Run("ip -o link"), StringComparison.Ordinal);
            Assert.Empty(engine.FindDrift(null));
            Admin.Run("ip link delete fifty");
        });

    [Theory]
    [InlineData($"ip link delete {Vlan}")]
    [InlineData($"ip link set {Vlan} down")]
    [InlineData($"ip link set {Vlan} down; ip link set {Vlan} name other; ip link set other up")]
    [InlineData($"ip link set {Vlan} alias other")]
    [InlineData($"ip link set {Vlan} group 7")]
    [InlineData($"ip link set {Vlan} mtu 1300")]
    [InlineData($"ip link delete {WireLab.Parent}; {{wire}}")]
    public void Foreign_changes_are_reported_and_repaired(string damage) =>
        _lab.In(engine =>
        {
            engine.Make(On("first", "10.50.0.0/24"));
            engine.Make(On("second", "10.51.0.0/24"));
            engine.Start("c1", new EndpointRequest("first"));
            engine.Start("c2", new EndpointRequest("first"));
            engine.Start("c3", new EndpointRequest("second"));
            string[] steps = damage.Split("; {wire}");
            Admin.Run(steps[0]);
            Assert.NotEmpty(engine.FindDrift(["first"]));
            Assert.NotEmpty(engine.FindDrift(["second"]));
            if (steps.Length > 1)
            {
                Assert.NotEmpty(engine.Repair(null, new ChangeContext()).Found);
                WireLab.Lay();
            }
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            Assert.True(engine.Pings("c1", engine.FindContainer("c2").Endpoints[0].IPAddress!));
        });

    [Fact]
    public void A_second_network_on_a_missing_one_creates_it() =>
        _lab.In(engine =>
        {
            engine.Make(On("first", "10.50.0.0/24"));
            engine.Start("c1", new EndpointRequest("first"));
            Admin.Run($"ip link delete {Vlan}");
            Assert.Contains("Repair the network", Making.Refused(() => engine.Start("c2", new EndpointRequest("first"))).Message);
            engine.Make(On("second", "10.51.0.0/24"));
            Assert.Contains("UP,LOWER_UP", Admin.Run($"ip link show {Vlan}"), StringComparison.Ordinal);
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            engine.Remove("first");
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        });

    [Fact]
    public void One_of_an_admin_that_is_missing_is_not_created_for_another_network() =>
        _lab.In(engine =>
        {
            Admin.Run($"ip link add link {WireLab.Parent} name {Vlan} type vlan id 50; ip link set {Vlan} up");
            engine.Make(On("first", "10.50.0.0/24"));
            Admin.Run($"ip link delete {Vlan}");
            Problem problem = Making.Refused(() => engine.Make(On("second", "10.51.0.0/24")));
            Assert.Contains("the parent of network 'first', is missing", problem.Message, StringComparison.Ordinal);
        });

    [Fact]
    public void The_host_is_no_neighbour_on_one_that_is_ours() =>
        _lab.In(engine =>
        {
            engine.Make(On("first", "10.50.0.0/24"));
            engine.Start("c1", new EndpointRequest("first"));
            Admin.Run("ip link set lo up; ip address add 10.50.0.99/32 dev lo");
            Assert.True(engine.Misses("c1", "10.50.0.99"));
            Assert.DoesNotContain("fe80", Admin.Run($"ip address show {Vlan}"), StringComparison.Ordinal);
            Admin.Run("ip address delete 10.50.0.99/32 dev lo");
        });

    [Theory]
    [InlineData("down", "up", "down")]
    [InlineData("mtu 1400", "mtu 1500", "an MTU of 1400")]
    public void What_is_wrong_below_is_reported_and_left_to_its_owner(string damage, string cure, string what) =>
        _lab.In(engine =>
        {
            engine.Make(On("first", "10.50.0.0/24"));
            engine.Start("c1", new EndpointRequest("first"));
            Admin.Run($"ip link set {WireLab.Parent} {damage}");
            DriftItem drift = Assert.Single(engine.FindDrift(null), static item => !item.Repairable);
            Assert.Equal((WireLab.Parent, what, $"ip link set {WireLab.Parent} {cure}"), (drift.Object, drift.Actual, drift.Repair));
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Admin.Run(drift.Repair);
            Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        });

    [Fact]
    public void Imported_on_a_host_without_it_it_is_created_again() =>
        _lab.In(engine =>
        {
            engine.Make(On("first", "10.50.0.0/24"));
            engine.Make(On("second", "10.51.0.0/24"));
            engine.Start("c1", new EndpointRequest("first"));
            string document = engine.Export(null);
            EngineSpace.Clean(engine);
            Assert.DoesNotContain(Vlan, Admin.Run("ip -o link"), StringComparison.Ordinal);
            engine.Import(document, new ChangeContext());
            Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
            Assert.Equal(document, engine.Export(null));
        });

    [Fact]
    public void The_MTU_is_that_of_the_interface_below() =>
        _lab.In(engine =>
        {
            Problem problem = Making.Refused(() => engine.Make(On("lan", "10.50.0.0/24", mtu: "9000")));
            Assert.Contains("larger than that of the parent", problem.Message, StringComparison.Ordinal);
            Admin.Run($"ip link set {WireLab.Parent} mtu 1400");
            Assert.Equal(1400, engine.Make(On("lan", "10.50.0.0/24")).Mtu);
        });

    private NetworkRequest On(string name, string subnet, string parent = Vlan, string? mtu = null) =>
        _lab.On(name, mtu is null ? [] : new() { [NetworkOptions.Mtu] = mtu }, parent) with
        {
            Subnets = [subnet],
            Gateways = [],
        };
}
