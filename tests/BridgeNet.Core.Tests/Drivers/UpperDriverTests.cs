using System.Net;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Core.Tests.Drivers;

/// <summary>Which networks can be on an interface of the host, and what is desired of them.</summary>
public sealed class UpperDriverTests
{
    private const string Parent = "wan0";

    [Theory]
    [InlineData("macvlan", "", "macvlan", "", null)]
    [InlineData("macvlan", "private", "macvlan", "vepa", null)] // the mode is of each interface
    [InlineData("macvlan", "passthru", "macvlan", "", "'passthru' shares its parent with no other")]
    [InlineData("macvlan", "", "macvlan", "passthru", "'passthru' shares its parent with no other")]
    [InlineData("macvlan", "", "ipvlan", "", "carries either macvlan or ipvlan")]
    [InlineData("ipvlan", "", "macvlan", "", "carries either ipvlan or macvlan")]
    [InlineData("ipvlan", "", "ipvlan", "l2", null)]
    [InlineData("ipvlan", "l3", "ipvlan", "l3", null)]
    [InlineData("ipvlan", "l3", "ipvlan", "", "the same mode and flag, here 'mode l2 bridge'")]
    [InlineData("ipvlan", "l3", "ipvlan", "l3s", "the same mode and flag, here 'mode l3s bridge'")]
    public void Networks_share_a_parent_by_the_kernels_rules(string driver, string mode, string others, string itsMode, string? why)
    {
        NetworkRow other = Network("other", others, Options(others, itsMode));
        FakeHost host = new(new Link(2, Parent) { Mtu = 1500, Up = true }) { Others = [other] };
        List<Problem> problems = Check(driver, Options(driver, mode), host);
        if (why is null)
            Assert.Empty(problems);
        else
            Assert.Contains(why, Assert.Single(problems).Message, StringComparison.Ordinal);
        // It is no neighbour of itself.
        FakeHost alone = new(new Link(2, Parent) { Mtu = 1500 }) { Others = [other with { Name = "lan" }] };
        Assert.Empty(Check(driver, Options(driver, mode), alone));
    }

    [Theory]
    [InlineData("macvlan")]
    [InlineData("ipvlan")]
    public void A_kernel_without_the_kind_is_named(string driver)
    {
        FakeHost host = new(new Link(2, Parent) { Mtu = 1500 }) { Lacks = true };
        Problem problem = Assert.Single(Check(driver, Options(driver, ""), host));
        Assert.Equal((ErrorIds.DriverUnsupported, ProblemCategory.NotImplemented), (problem.ErrorId, problem.Category));
        Assert.Contains($"CONFIG_{driver.ToUpperInvariant()}", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("macvlan", "", "10.1.0.1", false, false)]
    [InlineData("macvlan", "passthru", "10.1.0.1", false, true)]
    [InlineData("ipvlan", "l2", "10.1.0.1", false, true)]
    [InlineData("ipvlan", "l3", "", true, true)]
    [InlineData("ipvlan", "l3s", "", true, true)]
    public void The_way_out_is_a_gateway_or_the_interface_itself(string driver, string mode, string gateway, bool device, bool sharesMac)
    {
        NetworkRow network = Network("lan", driver, Options(driver, mode));
        INetworkDriver its = NetworkDrivers.Default.Of(network);
        EndpointRow endpoint = GatewayChoice.Of(its, network, s_endpoint);
        Assert.Equal((gateway, device), ($"{endpoint.Gateway}", endpoint.RoutesByDevice));
        Assert.Equal(sharesMac, its.SharesMac(network));
        EndpointRow inside = GatewayChoice.Of(its, network with { Internal = true }, s_endpoint);
        Assert.Equal((null, false), (inside.Gateway, inside.RoutesByDevice));
    }

    [Fact]
    public void The_words_of_an_interface_create_it()
    {
        NetworkRow network = Network("lan", "ipvlan", Options("ipvlan", "l3"));
        ContainerRow container = new()
        {
            Name = "web",
            Id = new string('c', 64),
            Created = default,
            NetNSPath = "/run/netns/web",
        };
        KernelObject link = NetworkDrivers.Default.Of(network).Objects(network, s_endpoint, Place.Of(container)).First();
        Assert.Equal(
            "ip link add link wan0 name eth0 mtu 1500 group 11801600 netns /run/netns/web type ipvlan mode l3 bridge; "
                + "ip -n web link set eth0 alias 'bridgenet endpoint web eeeeeeeeeeee'",
            Assert.Single(link.Words(null))
        );
    }

    [Theory]
    [InlineData("macvlan", "", Parent, true)]
    [InlineData("macvlan", "", Parent + ".50", true)]
    [InlineData("macvlan", "passthru", Parent, false)] // with the MAC address of the parent
    [InlineData("ipvlan", "", Parent, false)]
    public void A_wireless_parent_is_explained(string driver, string mode, string parent, bool explained)
    {
        Dictionary<string, string> options = Options(driver, mode);
        options[NetworkOptions.Parent] = parent;
        NetworkRow network = Network("lan", driver, options);
        INetworkDriver its = NetworkDrivers.Default.Of(network);
        Link link = new(2, Parent) { Mtu = 1500, Up = true };
        Assert.Equal(
            explained,
            its.Advice(network, new FakeHost(link) { Wireless = Parent })
                .Any(text => text.Contains("is wireless", StringComparison.Ordinal))
        );
        Assert.Empty(its.Advice(network, new FakeHost(link)));
    }

    [Theory]
    [InlineData("macvlan", "", " address 02:00:00:00:00:05", "macvlan mode bridge")]
    [InlineData("ipvlan", "l3", "", "ipvlan mode l3 bridge")]
    public void The_host_has_an_interface_on_request(string driver, string mode, string mac, string type)
    {
        Dictionary<string, string> options = Options(driver, mode);
        INetworkDriver its = NetworkDrivers.Default.Find(driver)!;
        FakeHost host = new(new Link(2, Parent) { Mtu = 1500, Up = true });
        Assert.Empty(its.HostAddresses(its.Choose(Network("lan", driver, options), host)));
        options[NetworkOptions.HostAccess] = "true";
        NetworkRow network = its.Choose(Network("lan", driver, options), host);
        Assert.Null(its.WhyInvalid(network));
        Assert.Equal(["10.1.0.254"], its.HostAddresses(network).Select(static own => $"{own.Address}"));
        Assert.Equal(
            [
                $"ip link add link wan0 name bn-aaaaaaaaaaaa{mac} mtu 1500 group 11801600 type {type}; "
                    + "ip link set bn-aaaaaaaaaaaa alias 'bridgenet host lan aaaaaaaaaaaa'",
                "sysctl -w net.ipv4.conf.bn-aaaaaaaaaaaa.arp_ignore=1 net.ipv4.conf.bn-aaaaaaaaaaaa.arp_announce=2 "
                    + "net.ipv4.conf.bn-aaaaaaaaaaaa.arp_filter=1 net.ipv4.conf.bn-aaaaaaaaaaaa.rp_filter=1 "
                    + "net.ipv6.conf.bn-aaaaaaaaaaaa.accept_ra=0 net.ipv6.conf.bn-aaaaaaaaaaaa.disable_ipv6=1",
                "ip address add 10.1.0.254/32 dev bn-aaaaaaaaaaaa",
                "ip link set bn-aaaaaaaaaaaa up",
            ],
            its.Objects(network, []).SelectMany(static one => one.Words(null))
        );
        Place place = Place.Of(
            new()
            {
                Name = "web",
                Id = new string('c', 64),
                Created = default,
                NetNSPath = "/run/netns/web",
            }
        );
        KernelObject route = its.Objects(network, s_endpoint, place).Last();
        Assert.Equal(["ip route add 10.1.0.2 dev bn-aaaaaaaaaaaa src 10.1.0.254"], route.Words(null));
        Assert.Equal(["ip route delete 10.1.0.2 dev bn-aaaaaaaaaaaa"], route.RemovalWords());
        // A row of a document without what a new network gets.
        Assert.Contains("address for the host", its.WhyInvalid(Network("lan", driver, options)), StringComparison.Ordinal);
    }

    private static readonly EndpointRow s_endpoint = new()
    {
        NetworkName = "lan",
        NetworkId = new string('a', 64),
        ContainerName = "web",
        ContainerId = new string('c', 64),
        EndpointId = new string('e', 64),
        InterfaceName = "eth0",
        InterfaceKind = "ipvlan",
        HostInterface = "",
        IPAddress = IPAddress.Parse("10.1.0.2"),
        PrefixLength = 24,
    };

    private static Dictionary<string, string> Options(string driver, string mode) =>
        new() { [NetworkOptions.Parent] = Parent, [driver == "macvlan" ? NetworkOptions.MacvlanMode : NetworkOptions.IpvlanMode] = mode };

    private static List<Problem> Check(string driver, Dictionary<string, string> options, FakeHost host)
    {
        List<Problem> problems = [];
        NetworkDrivers.Default.Find(driver)!.Check(new NetworkRequest("lan") { Driver = driver, Options = options }, host, problems);
        return problems;
    }

    private static NetworkRow Network(string name, string driver, Dictionary<string, string> options) =>
        new()
        {
            Name = name,
            Id = new string('a', 64),
            Created = default,
            Driver = driver,
            Options = options,
            EnableIPv4 = true,
            Mtu = 1500,
            IPAM = new IpamRow
            {
                Config = [new SubnetRow { Subnet = IPNetwork.Parse("10.1.0.0/24"), Gateway = IPAddress.Parse("10.1.0.1") }],
            },
        };

    private sealed class FakeHost(Link link) : IHostView
    {
        public IReadOnlyList<NetworkRow> Others { get; init; } = [];

        public bool Lacks { get; init; }

        public string? Wireless { get; init; }

        public string Boot => "";

        public int? DefaultMtu => null;

        public Link? FindLink(string name) => name == link.Name ? link : null;

        public bool Has(UpperKind kind) => !Lacks;

        public bool IsWireless(string name) => name == Wireless;

        public IReadOnlySet<IPAddress> AddressesOf(Link link) => new HashSet<IPAddress>();

        public string? Setting(string key) => null;

        public MacAddress NewMacAddress() => MacAddress.Parse("02:00:00:00:00:05");

        public IEnumerable<(NetworkRow Network, UpperKind Kind)> OnParent(string parent) =>
            Others.Select(static other => (other, NetworkDrivers.Default.Of(other).OnParent(other)!));

        public string? OwnerOf(string bridge) => null;
    }
}
