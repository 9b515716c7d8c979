using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Desired;

/// <summary>Which network a container's default route goes through, and what is said when that changes.</summary>
public sealed class DefaultRouteTests
{
    private static readonly EndpointRow s_a = On("alpha", "eth0", "10.1.0.1"),
        s_b = On("beta", "eth1", "10.2.0.1"),
        s_c = On("gamma", "eth2", "10.3.0.1", "fd00:3::1");

    [Fact]
    public void Without_a_gateway_there_is_none()
    {
        Assert.Null(DesiredEndpoint.ChooseGateway([], AddressFamily.InterNetwork));
        Assert.Null(DesiredEndpoint.ChooseGateway([On("internal", "eth0", null)], AddressFamily.InterNetwork));
        Assert.Null(DesiredEndpoint.ChooseGateway([s_a, s_b], AddressFamily.InterNetworkV6));
    }

    [Fact]
    public void Of_equal_priorities_the_first_network_by_name_wins()
    {
        Assert.Equal("alpha", Chosen(s_b, s_a, s_c));
        Assert.Equal("Zeta", Chosen(s_a, On("Zeta", "eth3", "10.4.0.1"))); // by letter, in whatever language the machine speaks
    }

    [Theory]
    [InlineData(0, 1, "beta")]
    [InlineData(-1, 0, "beta")]
    [InlineData(-1, -2, "alpha")]
    [InlineData(5, 5, "alpha")]
    [InlineData(int.MinValue, int.MaxValue, "beta")]
    public void The_highest_priority_wins(int alpha, int beta, string expected) =>
        Assert.Equal(expected, Chosen(s_a with { GatewayPriority = alpha }, s_b with { GatewayPriority = beta }));

    [Fact]
    public void An_endpoint_can_be_left_out() =>
        Assert.Equal("beta", Chosen(s_a with { NoDefaultRoute = true, GatewayPriority = 100 }, s_b));

    [Fact]
    public void Each_family_has_its_own()
    {
        Assert.Equal("alpha", Chosen(s_a, s_c));
        Assert.Equal("gamma", DesiredEndpoint.ChooseGateway([s_a, s_c], AddressFamily.InterNetworkV6)?.NetworkName);
    }

    [Fact]
    public void Changes_are_printed_as_ip_commands()
    {
        Assert.Equal("ip -n web route replace default via 10.1.0.1 dev eth0", Describe([], [s_a]));
        Assert.Equal("ip -n web route replace default via 10.1.0.1 dev eth0", Describe([s_b], [s_a, s_b]));
        Assert.Equal("ip -n web route replace default via 10.2.0.1 dev eth1", Describe([s_a, s_b], [s_b]));
        Assert.Equal(
            "ip -n web route replace default via 10.3.0.1 dev eth2; ip -n web route replace default via fd00:3::1 dev eth2",
            Describe([], [s_c])
        );
    }

    [Fact]
    public void Unchanged_routes_are_not_printed()
    {
        Assert.Equal("", Describe([], []));
        Assert.Equal("", Describe([s_a], [s_a, s_b]));
        Assert.Equal("", Describe([s_a, s_b], [s_a]));
        // The route goes with its link.
        Assert.Equal("", Describe([s_a], []));
    }

    [Fact]
    public void A_gateway_that_goes_while_the_endpoint_stays_takes_the_route_along() =>
        Assert.Equal("ip -n web route delete default via 10.1.0.1 dev eth0", Describe([s_a], [s_a with { Gateway = null }]));

    [Fact]
    public void Another_gateway_of_the_same_endpoint_is_a_change() =>
        Assert.Equal(
            "ip -n web route replace default via 10.1.0.254 dev eth0",
            Describe([s_a], [s_a with { Gateway = IPAddress.Parse("10.1.0.254") }])
        );

    [Fact]
    public void An_interface_that_leads_out_itself_needs_no_gateway()
    {
        EndpointRow device = On("alone", "eth3", null) with
        {
            RoutesByDevice = true,
            IPAddress = IPAddress.Parse("10.4.0.2"),
            IPv6Address = IPAddress.Parse("fd00:4::2"),
        };
        Assert.Equal("ip -n web route replace default dev eth3; ip -n web -6 route replace default dev eth3", Describe([], [device]));
        Assert.Equal(
            "ip -n web -6 route delete default dev eth3; ip -n web route replace default via 10.1.0.1 dev eth0",
            Describe([device], [device with { NoDefaultRoute = true }, s_a])
        );
        // A family without an address is led nowhere.
        Assert.Null(DesiredEndpoint.ChooseGateway([device with { IPv6Address = null }], AddressFamily.InterNetworkV6));
    }

    private static string Describe(EndpointRow[] before, EndpointRow[] after)
    {
        Place place = Place.Of(
            new ContainerRow
            {
                Name = "web",
                Id = "web",
                Created = default,
                NetNSPath = "/run/netns/web",
            }
        );
        IEnumerable<KernelObject> Objects(EndpointRow[] endpoints) =>
            [
                .. endpoints.Select(endpoint => new VethLink(
                    LinkMark.Of(endpoint),
                    new LinkMark("br", "bridge", null, null),
                    1500,
                    0,
                    place,
                    LinkMark.Inside(endpoint)
                )),
                .. DesiredEndpoint.Routes(place, endpoints),
            ];
        return string.Join(
            "; ",
            Difference
                .InOrder(Difference.Between(Objects(before), Objects(after)))
                .SelectMany(static operation => operation.Words())
                .Where(static line => line.Contains(" route ", StringComparison.Ordinal))
        );
    }

    private static string? Chosen(params EndpointRow[] endpoints) =>
        DesiredEndpoint.ChooseGateway(endpoints, AddressFamily.InterNetwork)?.NetworkName;

    private static EndpointRow On(string network, string link, string? gateway, string? gateway6 = null) =>
        new()
        {
            NetworkName = network,
            NetworkId = network,
            ContainerName = "web",
            ContainerId = "web",
            EndpointId = network,
            InterfaceName = link,
            HostInterface = $"veth-{network}",
            Gateway = gateway is null ? null : IPAddress.Parse(gateway),
            IPv6Gateway = gateway6 is null ? null : IPAddress.Parse(gateway6),
        };
}
