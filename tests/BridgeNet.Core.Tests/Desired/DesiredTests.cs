using System.Net;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Drivers.Bridge;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Desired;

/// <summary>What the rows of networks and endpoints say that the kernel should have; no kernel is asked.</summary>
public sealed class DesiredTests
{
    private static readonly SubnetRow s_four = new() { Subnet = IPNetwork.Parse("10.1.0.0/16"), Gateway = IPAddress.Parse("10.1.0.1") };
    private static readonly SubnetRow s_six = new() { Subnet = IPNetwork.Parse("fd00:1::/64"), Gateway = IPAddress.Parse("fd00:1::1") };

    private static readonly EndpointRow s_endpoint = new()
    {
        NetworkName = "n",
        NetworkId = new string('a', 64),
        ContainerName = "c",
        ContainerId = new string('b', 64),
        EndpointId = new string('c', 64),
        InterfaceName = "eth0",
        HostInterface = "vethccccccc",
        MacAddress = MacAddress.Parse("02:42:0a:01:00:02"),
        IPAddress = IPAddress.Parse("10.1.0.2"),
        PrefixLength = 16,
    };

    [Fact]
    public void The_host_has_the_gateways_addresses_on_a_bridge()
    {
        Assert.Equal(["10.1.0.1/16", "fd00:1::1/64"], Addresses(Network([], s_four, s_six)));
        Assert.Equal(["fd00:1::1/64"], Addresses(Network(new() { [NetworkOptions.InhibitIPv4] = "true" }, s_four, s_six)));
        Assert.Equal([], Addresses(Network([], s_four with { Gateway = null })));
    }

    [Theory]
    [InlineData("", "", "accept_ra=0 accept_dad=0")]
    [InlineData("isolated", "", "accept_ra=0 accept_dad=0 arp_ignore=8")]
    [InlineData("", "isolated", "accept_ra=0 accept_dad=0 disable_ipv6=1")]
    [InlineData("isolated", "isolated", "accept_ra=0 accept_dad=0 disable_ipv6=1 arp_ignore=8")]
    [InlineData("routed", "nat-unprotected", "accept_ra=0 accept_dad=0")]
    public void The_hosts_side_of_an_unused_family_is_disabled(string four, string six, string settings)
    {
        NetworkRow network = Network(
            new() { [NetworkOptions.GatewayModeIPv4] = four, [NetworkOptions.GatewayModeIPv6] = six },
            s_four,
            s_six
        );
        Assert.Equal(
            settings,
            string.Join(' ', BridgeObjects.Settings(network, "br0").Select(static one => $"{one.Key.Split('/')[^1]}={one.Value}"))
        );
    }

    [Fact]
    public void The_host_has_no_address_of_a_missing_family()
    {
        Assert.Contains(new Setting("net/ipv6/conf/br0/disable_ipv6", "1"), BridgeObjects.Settings(Network([], s_four), "br0"));
        Assert.Contains(new Setting("net/ipv4/conf/br0/arp_ignore", "8"), BridgeObjects.Settings(Network([], s_six), "br0"));
    }

    [Theory]
    [InlineData("0.0.0.0", 8080, false, true)]
    [InlineData("127.0.0.1", 8080, false, true)]
    [InlineData("::", 8080, false, false)]
    [InlineData("0.0.0.0", 0, false, false)]
    [InlineData("::", 8080, true, true)]
    public void A_bridge_routes_the_loopback_range_for_published_ports_of_IPv4(string host, int port, bool routed, bool wanted)
    {
        NetworkRow network = Network([], s_four) with { Adopted = routed ? new AdoptedBridge(0, [], RoutedLoopback: true) : null };
        Assert.Equal(wanted, BridgeObjects.RoutesLoopback(network, [Port(host, port)]));
    }

    [Fact]
    public void An_interface_without_IPv6_has_it_off() =>
        Assert.Equal(
            [new("net/ipv6/conf/eth0/accept_ra", "0"), new("net/ipv6/conf/eth0/disable_ipv6", "1")],
            DesiredEndpoint.Settings(s_endpoint)
        );

    [Fact]
    public void An_interface_with_IPv6_has_its_addresses_at_once_and_believes_no_router() =>
        Assert.Equal(
            [
                new("net/ipv6/conf/eth0/accept_ra", "0"),
                new("net/ipv6/conf/eth0/accept_dad", "0"),
                new("net/ipv4/conf/eth0/log_martians", "1") { Asked = true },
            ],
            DesiredEndpoint.Settings(
                s_endpoint with
                {
                    IPv6Address = IPAddress.Parse("fd00:1::2"),
                    Sysctls = new Dictionary<string, string> { ["net.ipv4.conf.IFNAME.log_martians"] = "1" },
                }
            )
        );

    [Fact]
    public void Requested_router_advertisements_are_enabled() =>
        Assert.DoesNotContain(
            "net/ipv6/conf/eth0/accept_ra",
            DesiredEndpoint
                .Settings(s_endpoint with { Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.IFNAME.autoconf"] = "1" } })
                .Select(static one => one.Key)
        );

    [Fact]
    public void An_endpoint_sends_from_all_its_addresses()
    {
        EndpointRow both = s_endpoint with
        {
            IPv6Address = IPAddress.Parse("fd00:1::2"),
            IPv6PrefixLength = 64,
            LinkLocalAddresses = [IPAddress.Parse("169.254.7.7"), IPAddress.Parse("fe80::7")],
        };
        Assert.Equal(
            ["10.1.0.2/16", "fd00:1::2/64", "169.254.7.7/16", "fe80::7/64"],
            DesiredEndpoint.Addresses(both).Select(static one => $"{one.Address}/{one.PrefixLength}")
        );
        Assert.Equal(
            ["10.1.0.2", "fd00:1::2", "169.254.7.7", "fe80::7", "fe80::42:aff:fe01:2"],
            DesiredEndpoint.Sources(both).Select(static one => $"{one}")
        );
        Assert.Equal(["10.1.0.2"], DesiredEndpoint.Sources(s_endpoint).Select(static one => $"{one}"));
    }

    [Fact]
    public void The_way_out_is_the_gateway_or_the_one_that_was_named_and_none_from_an_internal_network()
    {
        SubnetRow other = s_four with
        {
            AuxiliaryAddresses = new Dictionary<string, IPAddress> { [NetworkOptions.DefaultGatewayIPv4] = IPAddress.Parse("10.1.0.254") },
        };
        static EndpointRow On(NetworkRow network) => GatewayChoice.Of(NetworkDrivers.Default.Of(network), network, s_endpoint);
        Assert.Equal("10.1.0.1", $"{On(Network([], s_four)).Gateway}");
        Assert.Equal("10.1.0.254", $"{On(Network([], other)).Gateway}");
        Assert.Null(On(Network([], s_four)).IPv6Gateway);
        Assert.Null(On(Network([], s_four) with { Internal = true }).Gateway);
    }

    [Fact]
    public void Rules_know_of_senders_only_where_they_are_asked_for()
    {
        EndpointRow published = s_endpoint with { Ports = [Port("0.0.0.0", 8080)] };
        FirewallNetwork plain = Rules(Network([], s_four), published),
            guarded = Rules(Network(new() { [NetworkOptions.AntiSpoof] = "true" }, s_four), published);
        Assert.Equal([new FirewallPort(IPAddress.Parse("10.1.0.2"), 80, "tcp", IPAddress.Any, 8080)], plain.Ports);
        Assert.Empty(plain.Senders);
        Assert.Equal(["vethccccccc"], guarded.Senders.Select(static sender => sender.Port));
        Assert.Equal(plain.Group, BridgeRules.Group(Network([], s_four)));
    }

    [Theory]
    [InlineData("nat", true)]
    [InlineData("nat-unprotected", true)]
    [InlineData("routed", false)]
    [InlineData("isolated", false)]
    public void Only_what_is_translated_is_masqueraded(string mode, bool masqueraded) =>
        Assert.Equal(
            masqueraded,
            BridgeRules.Of(Network(new() { [NetworkOptions.GatewayModeIPv4] = mode }, s_four), []).Subnets[0].Masquerade
        );

    private static FirewallNetwork Rules(NetworkRow network, EndpointRow endpoint) =>
        new DesiredState(NetworkDrivers.Default).Rules(network, DesiredPorts.Of([endpoint]), [endpoint])!;

    private static string[] Addresses(NetworkRow network) =>
        [.. BridgeObjects.Addresses(network).Select(static one => $"{one.Address}/{one.PrefixLength}")];

    private static NetworkRow Network(Dictionary<string, string> options, params SubnetRow[] subnets) =>
        new()
        {
            Name = "n",
            Id = new string('a', 64),
            Created = default,
            BridgeName = "br0",
            Options = options,
            IPAM = new IpamRow { Config = subnets },
        };

    private static PortRow Port(string host, int port) =>
        new()
        {
            ContainerName = "c",
            NetworkName = "n",
            EndpointId = new string('c', 64),
            HostAddress = IPAddress.Parse(host),
            HostPort = port,
            ContainerPort = 80,
            Protocol = "tcp",
        };
}
