using System.Net;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Drivers.Bridge;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Changes;

/// <summary>What leads from rows to other rows, in words; no kernel is asked.</summary>
public sealed class DifferenceTests
{
    private static readonly DesiredState s_desired = new(NetworkDrivers.Default);
    private static readonly NetworkRow s_a = Network("a", "10.1.0"),
        s_b = Network("b", "10.2.0");
    private static readonly EndpointRow s_onA = Endpoint(s_a, "eth0"),
        s_onB = Endpoint(s_b, "eth1");
    private static readonly ContainerRow s_container = new()
    {
        Name = "c",
        Id = new string('c', 64),
        Created = default,
        NetNSPath = "/run/netns/c",
    };

    [Fact]
    public void A_network_comes_with_its_bridge_up_last() =>
        Assert.Equal(
            [
                "ip link add br-a address 02:42:00:00:00:0a mtu 1500 group 11803776 type bridge; ip link set br-a alias 'bridgenet network a'",
                "sysctl -w net.ipv6.conf.br-a.accept_ra=0 net.ipv6.conf.br-a.accept_dad=0 net.ipv6.conf.br-a.disable_ipv6=1",
                "ip address add 10.1.0.1/24 dev br-a",
                "sysctl -w net.ipv4.ip_forward=1",
                "ip link set br-a up",
            ],
            Words(new(), new() { Networks = [new(s_a, [])], Forwarding = [.. BridgeObjects.Forwarding(s_a)] })
        );

    [Fact]
    public void An_endpoint_comes_with_all_that_is_on_it_and_the_route() =>
        Assert.Equal(
            [
                $"ip link add {s_onA.HostInterface} address {LinkMark.Of(s_onA).Mac} mtu 1500 master br-a group 11802624 up type veth peer name eth0 address 02:42:0a:01:00:02 mtu 1500 netns /run/netns/c; "
                    + $"ip link set {s_onA.HostInterface} alias 'bridgenet endpoint c'",
                $"sysctl -w net.ipv6.conf.{s_onA.HostInterface}.disable_ipv6=1 net.ipv4.conf.{s_onA.HostInterface}.arp_ignore=8",
                "ip netns exec c sysctl -w net.ipv6.conf.eth0.accept_ra=0 net.ipv6.conf.eth0.disable_ipv6=1",
                "ip -n c address add 10.1.0.2/24 dev eth0",
                "ip -n c link set eth0 up",
                "ip -n c route replace default via 10.1.0.1 dev eth0",
            ],
            Words(Slice([s_a]), Slice([s_a], s_onA))
        );

    [Fact]
    public void Objects_on_a_link_are_removed_with_it_and_links_of_a_kind_together()
    {
        IReadOnlyList<Operation> plan = Plan(Slice([s_a, s_b], s_onA, s_onB), new());
        Assert.Equal(
            [
                $"ip link delete {s_onA.HostInterface}",
                $"ip link delete {s_onB.HostInterface}",
                "ip link delete br-a",
                "ip link delete br-b",
            ],
            plan.SelectMany(static operation => operation.Words())
        );
        Assert.Equal([typeof(RemoveLinks), typeof(RemoveLinks)], plan.Select(static operation => operation.GetType()));
        // So that it can come back with them.
        Assert.Equal(["10.1.0.2", "10.2.0.2"], ((RemoveLinks)plan[0]).On.OfType<LinkAddress>().Select(static one => $"{one.Address}"));
    }

    [Fact]
    public void A_route_leaves_a_link_before_that_goes() =>
        Assert.Equal(
            ["ip -n c route replace default via 10.2.0.1 dev eth1", $"ip link delete {s_onA.HostInterface}"],
            Words(Slice([s_a, s_b], s_onA, s_onB), Slice([s_a, s_b], s_onB))
        );

    [Fact]
    public void A_setting_that_changes_is_changed_and_no_other() =>
        Assert.Equal(
            ["ip link set br-a mtu 1400", $"ip link set {s_onA.HostInterface} mtu 1400", "ip -n c link set eth0 mtu 1400"],
            Words(Slice([s_a], s_onA), Slice([s_a with { Mtu = 1400 }], s_onA))
        );

    [Fact]
    public void Names_that_change_are_no_other_links() =>
        Assert.Equal(
            [$"ip link set {s_onA.HostInterface} alias 'bridgenet endpoint renamed'"],
            Words(Slice([s_a], s_onA), Slice([s_a], s_onA with { ContainerName = "renamed" }))
        );

    [Fact]
    public void A_port_that_is_published_of_IPv4_makes_the_bridge_route_the_loopback_range_and_the_last_one_ends_that()
    {
        EndpointRow published = s_onA with
        {
            Ports =
            [
                new()
                {
                    ContainerName = "c",
                    NetworkName = "a",
                    EndpointId = s_onA.EndpointId,
                    HostAddress = IPAddress.Any,
                    HostPort = 8080,
                    ContainerPort = 80,
                    Protocol = "tcp",
                },
            ],
        };
        Assert.Equal(
            ["sysctl -w net.ipv4.conf.br-a.route_localnet=1", $"bridge link set dev {s_onA.HostInterface} hairpin on"],
            Words(Slice([s_a], s_onA), Slice([s_a], published))
        );
        Assert.Equal(
            [$"bridge link set dev {s_onA.HostInterface} hairpin off", "sysctl -w net.ipv4.conf.br-a.route_localnet=0"],
            Words(Slice([s_a], published), Slice([s_a], s_onA))
        );
    }

    [Fact]
    public void An_adopted_bridge_is_restored_when_it_is_released()
    {
        NetworkRow taken = s_a with
        {
            BridgeMacAddress = null,
            Adopted = new AdoptedBridge(7, [IPAddress.Parse("10.1.0.1")], WasDown: true),
        };
        Assert.Equal(
            ["ip link set br-a group 11803777", "ip address add 10.1.0.1/24 dev br-a", "ip link set br-a up"],
            Words(new(), Slice([taken]))
        );
        Assert.Equal(
            ["ip link set br-a down", "ip address delete 10.1.0.1/24 dev br-a", "ip link set br-a group 7"],
            Words(Slice([taken]), new())
        );
    }

    [Fact]
    public void The_path_of_a_namespace_is_one_word()
    {
        ContainerRow odd = s_container with { NetNSPath = "/run/x;touch y $(id)" };
        IEnumerable<KernelObject> wanted =
        [
            new KeptNamespace(Place.Of(odd with { Kind = ContainerKind.Host })),
            .. VethObjects.Of(s_a, s_onA, Place.Of(odd)),
            .. DesiredEndpoint.Routes(Place.Of(odd), [s_onA]),
        ];
        string[] lines = [.. Difference.InOrder(Difference.Between([], wanted)).SelectMany(static operation => operation.Words())];
        Assert.All(
            lines.Where(static line => line.Contains("touch y", StringComparison.Ordinal)),
            static line =>
                Assert.DoesNotContain(
                    "touch y",
                    line.Replace("$'/run/x;touch y $(id)'", "", StringComparison.Ordinal),
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(6, lines.Count(static line => line.Contains("$'/run/x;touch y $(id)'", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_difference_leads_to_no_operation() =>
        Assert.Empty(Words(Slice([s_a, s_b], s_onA, s_onB), Slice([s_a, s_b], s_onA, s_onB)));

    private static string[] Words(StateSlice before, StateSlice after) =>
        [.. Plan(before, after).SelectMany(static operation => operation.Words())];

    private static IReadOnlyList<Operation> Plan(StateSlice before, StateSlice after) =>
        Difference.InOrder(Difference.Between(s_desired.Objects(before, after), s_desired.Objects(after, before)));

    private static StateSlice Slice(NetworkRow[] networks, params EndpointRow[] endpoints) =>
        new()
        {
            Networks =
            [
                .. networks.Select(network => new NetworkSlice(
                    network,
                    [.. endpoints.Where(endpoint => endpoint.NetworkId == network.Id)]
                )),
            ],
            Endpoints =
            [
                .. endpoints.Select(endpoint => new EndpointSlice(
                    endpoint,
                    networks.Single(network => network.Id == endpoint.NetworkId),
                    s_container
                )),
            ],
            Containers = [s_container with { Endpoints = endpoints }],
        };

    private static NetworkRow Network(string name, string start) =>
        new()
        {
            Name = name,
            Id = new string(name[0], 64),
            Created = default,
            BridgeName = $"br-{name}",
            BridgeMacAddress = MacAddress.Parse("02:42:00:00:00:0" + name),
            Mtu = 1500,
            Options = new Dictionary<string, string>(),
            IPAM = new IpamRow { Config = [new() { Subnet = IPNetwork.Parse($"{start}.0/24"), Gateway = IPAddress.Parse($"{start}.1") }] },
        };

    private static EndpointRow Endpoint(NetworkRow network, string inside) =>
        new()
        {
            NetworkName = network.Name,
            NetworkId = network.Id,
            ContainerName = "c",
            ContainerId = new string('c', 64),
            EndpointId = new string(network.Name[0], 64),
            InterfaceName = inside,
            HostInterface = $"veth-{network.Name}",
            MacAddress = MacAddress.Parse($"02:42:0a:0{(network.Name == "a" ? 1 : 2)}:00:02"),
            IPAddress = IPAddress.Parse($"10.{(network.Name == "a" ? 1 : 2)}.0.2"),
            PrefixLength = 24,
            Gateway = network.IPAM.Config[0].Gateway,
        };
}
