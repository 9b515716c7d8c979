using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>Networks on which the host has an interface of its own beside those of the containers.</summary>
public sealed class HostAccessTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    /// <summary>A driver with its mode, and the network of it.</summary>
    public static TheoryData<string, string> Networks =>
        new()
        {
            { "macvlan", "" },
            { "macvlan", "vepa" },
            { "ipvlan", "" },
            { "ipvlan", "l3" },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Host_and_containers_reach_each_other_by_it_alone(string driver, string mode) =>
        In(
            driver,
            engine =>
            {
                // A host with an address on the wire, as hosts are.
                Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}; ip address add fd00:7::9/64 dev {WireLab.Parent} nodad");
                if (mode == "vepa")
                    WireLab.Reflect();
                NetworkRow network = Make(engine, driver, mode);
                foreach (string address in Hosts(network))
                    Assert.True(engine.Pings("c1", address), address);
                if (mode != "vepa")
                {
                    Assert.True(engine.Misses("c1", "192.168.7.9"), "the host's address on the parent");
                    Assert.Contains(
                        $"by this address; the host's address for them is {Hosts(network)[0]}",
                        engine.TestConnection("c1", "192.168.7.9", 0, 1, TimeSpan.FromMilliseconds(300), CancellationToken.None).Reason
                    );
                }
                // The host still has its own way to everybody else on the wire.
                Assert.Contains($"dev {WireLab.Parent}", Admin.Run("ip route get 192.168.7.1"), StringComparison.Ordinal);
                Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
                EndpointRow second = engine.Start("c2", new EndpointRequest("lan")).Endpoints[0];
                Assert.Contains($"dev {Interface(network)}", Admin.Run($"ip route get {second.IPAddress}"), StringComparison.Ordinal);
                engine.Disconnect([new("lan", "c2")], new ChangeContext());
                Assert.DoesNotContain($"{second.IPAddress} ", Admin.Run("ip route"), StringComparison.Ordinal);
                Assert.DoesNotContain($"{second.IPv6Address} ", Admin.Run("ip -6 route"), StringComparison.Ordinal);
                engine.RemoveNetworks(["lan"], force: true, new ChangeContext());
                Assert.DoesNotContain("bn-", Admin.Run("ip -o link; ip route; ip -6 route"), StringComparison.Ordinal);
                Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}; ip address delete fd00:7::9/64 dev {WireLab.Parent}");
            }
        );

    [Fact]
    public void Without_it_they_do_not() =>
        In(
            "macvlan",
            engine =>
            {
                engine.Make(On("macvlan", "", access: false));
                engine.Start("c1", new EndpointRequest("lan"));
                Admin.Run($"ip address add 192.168.7.9/24 dev {WireLab.Parent}");
                Assert.True(engine.Misses("c1", "192.168.7.9"));
                Assert.DoesNotContain("bn-", Admin.Run("ip -o link"), StringComparison.Ordinal);
                Admin.Run($"ip address delete 192.168.7.9/24 dev {WireLab.Parent}");
            }
        );

    [Theory]
    [InlineData("ip link delete {host}")]
    [InlineData("ip link set {host} down")]
    [InlineData("ip link set {host} down; ip link set {host} name other; ip link set other up")]
    [InlineData("ip link set {host} type macvlan mode private")]
    [InlineData("ip link set {host} mtu 1300")]
    [InlineData("ip link set {host} group 9")]
    [InlineData("ip link set {host} alias other")]
    [InlineData("ip address flush dev {host} scope global")]
    [InlineData("ip route delete 192.168.7.2 dev {host}; ip -6 route delete fd00:7::2 dev {host}")]
    [InlineData(
        "sysctl -qw net.ipv4.conf.{host}.arp_ignore=0 net.ipv4.conf.{host}.arp_filter=0 net.ipv4.conf.{host}.rp_filter=0 net.ipv6.conf.{host}.accept_ra=1"
    )]
    public void Foreign_changes_are_reported_and_repaired(string damage) =>
        In(
            "macvlan",
            engine =>
            {
                NetworkRow network = Make(engine, "macvlan", "");
                IReadOnlyList<string> before = Snapshot.Take(engine);
                Admin.Run(damage.Replace("{host}", Interface(network), StringComparison.Ordinal));
                Assert.NotEmpty(engine.FindDrift(["lan"]));
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
                Assert.Equal(before, Snapshot.Take(engine));
                foreach (string address in Hosts(network))
                    Assert.True(engine.Pings("c1", address), address);
            }
        );

    [Fact]
    public void A_route_of_another_tool_stays_and_is_said() =>
        In(
            "macvlan",
            engine =>
            {
                NetworkRow network = engine.Make(On("macvlan", ""));
                Admin.Run($"ip route add 192.168.7.2 dev {WireLab.Parent}");
                List<string> warnings = [];
                engine.CreateContainer(
                    new ContainerRequest("c1") { Network = new EndpointRequest("lan") { IPAddress = "192.168.7.2" } },
                    new ChangeContext { Warning = warnings.Add }
                );
                Assert.Contains(warnings, static warning => warning.Contains("another route to 192.168.7.2", StringComparison.Ordinal));
                Assert.Contains(engine.FindDrift(null), static drift => drift.Object == "192.168.7.2/32");
                engine.RemoveContainers(["c1"], new ChangeContext());
                Assert.Contains("192.168.7.2 dev", Admin.Run("ip route"), StringComparison.Ordinal);
                Admin.Run($"ip route delete 192.168.7.2 dev {WireLab.Parent}");
                engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.2" });
                Assert.True(engine.Pings("c1", Hosts(network)[0]));
            }
        );

    [Fact]
    public void The_address_is_the_last_of_the_range_or_the_given_one_and_no_container_gets_it() =>
        In(
            "macvlan",
            engine =>
            {
                NetworkRow network = engine.Make(On("macvlan", "") with { IPRanges = ["192.168.7.192/30"] });
                Assert.Equal(["192.168.7.195", "fd00:7::ffff:ffff:ffff:ffff"], Hosts(network));
                Assert.Contains(
                    "HostAccessIPv4",
                    Making.Refused(() => engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.195" })).Message
                );
                Snapshot.AssertSurvivesExport(engine);
                engine.Remove("lan");
                network = engine.Make(
                    On("macvlan", "") with
                    {
                        AuxAddresses = new Dictionary<string, string>
                        {
                            [NetworkOptions.HostAccessIPv4] = "192.168.7.77",
                            [NetworkOptions.HostAccessIPv6] = "fd00:7::77",
                        },
                    }
                );
                Assert.Equal(["192.168.7.77", "fd00:7::77"], Hosts(network));
                engine.Remove("lan");
                // An address of the parent is the host's already.
                Admin.Run($"ip address add 192.168.7.254/24 dev {WireLab.Parent}");
                Assert.Equal("192.168.7.253", Hosts(engine.Make(On("macvlan", "")))[0]);
                Admin.Run($"ip address delete 192.168.7.254/24 dev {WireLab.Parent}");
            }
        );

    [Theory]
    [InlineData("private", false, "'private'")]
    [InlineData("passthru", false, "'passthru'")]
    [InlineData("", true, "internal")]
    public void Where_there_can_be_none_it_is_refused(string mode, bool isInternal, string why) =>
        In(
            "macvlan",
            engine =>
            {
                Assert.Contains(why, Making.Refused(() => engine.Make(On("macvlan", mode) with { Internal = isInternal })).Message);
                Make(engine, "macvlan", "");
                Assert.Contains("internal", Record.Exception(() => engine.Change(new NetworkSettings("lan") { Internal = true }))?.Message);
            }
        );

    private static NetworkRow Make(Session engine, string driver, string mode)
    {
        NetworkRow network = engine.Make(On(driver, mode));
        engine.Start("c1", new EndpointRequest("lan") { IPAddress = "192.168.7.2" });
        return network;
    }

    private static NetworkRequest On(string driver, string mode, bool access = true)
    {
        Dictionary<string, string> options = [];
        if (mode.Length > 0)
            options[driver == "macvlan" ? NetworkOptions.MacvlanMode : NetworkOptions.IpvlanMode] = mode;
        if (access)
            options[NetworkOptions.HostAccess] = "true";
        NetworkRequest network = new WireLab(null!, driver).On("lan", options);
        return mode == "l3" ? network with { Gateways = [] } : network;
    }

    private static string Interface(NetworkRow network) => $"bn-{network.ShortId}";

    private static string[] Hosts(NetworkRow network) =>
        [
            .. network
                .IPAM.Config.SelectMany(static config => config.AuxiliaryAddresses)
                .Where(static aux => aux.Key.StartsWith("HostAccess", StringComparison.Ordinal))
                .Select(static aux => $"{aux.Value}"),
        ];

    private void In(string driver, Action<Session> work)
    {
        if (driver == "ipvlan")
            space.Run(static () => WireLab.Needs(new Ipvlan(IpvlanMode.L2)));
        new WireLab(space, driver).In(work);
    }
}
