using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>Networks for the tests of both backends.</summary>
internal static class Networks
{
    /// <summary>Ordinary, of both families.</summary>
    public static readonly FirewallNetwork A = new("br-aaaaaaaaaaaa") { Subnets = [Four("10.1.0.0/16"), Six("fd00:1::/64")] };

    /// <summary>Of IPv4 alone, not masqueraded.</summary>
    public static readonly FirewallNetwork B = new("br-bbbbbbbbbbbb") { Subnets = [Four("10.2.0.0/16") with { Masquerade = false }] };

    /// <summary>Internal, and its containers do not reach each other.</summary>
    public static readonly FirewallNetwork C = new("br-cccccccccccc")
    {
        Subnets = [Four("10.3.0.0/16"), Six("fd00:3::/64")],
        Internal = true,
        InterContainer = false,
    };

    /// <summary>With given source addresses and published ports of every kind.</summary>
    public static readonly FirewallNetwork D = new("br-dddddddddddd")
    {
        Subnets =
        [
            Four("10.4.0.0/16") with
            {
                Snat = IPAddress.Parse("192.0.2.1"),
            },
            Six("fd00:4::/64") with
            {
                Snat = IPAddress.Parse("2001:db8::1"),
            },
        ],
        Ports =
        [
            Port("0.0.0.0", 8080, "10.4.0.2", 80, "tcp"),
            Port("127.0.0.1", 8081, "10.4.0.2", 80, "tcp"),
            Port("0.0.0.0", 5353, "10.4.0.3", 53, "udp"),
            Port("192.0.2.1", 3868, "10.4.0.3", 3868, "sctp"),
            Port("::", 8080, "fd00:4::2", 80, "tcp"),
            Port("::1", 5353, "fd00:4::3", 53, "udp"),
            Port("2001:db8::1", 3868, "fd00:4::3", 3868, "sctp"),
        ],
    };

    /// <summary>Routed, with open ports.</summary>
    public static readonly FirewallNetwork E = new("br-eeeeeeeeeeee")
    {
        Subnets =
        [
            Four("10.5.0.0/16") with
            {
                Mode = GatewayMode.Routed,
                Masquerade = false,
            },
            Six("fd00:5::/64") with
            {
                Mode = GatewayMode.Routed,
                Masquerade = false,
            },
        ],
        Ports = [Port("0.0.0.0", 0, "10.5.0.2", 80, "tcp"), Port("::", 0, "fd00:5::2", 53, "udp")],
    };

    /// <summary>Unprotected.</summary>
    public static readonly FirewallNetwork F = new("br-ffffffffffff")
    {
        Subnets =
        [
            Four("10.6.0.0/16") with
            {
                Mode = GatewayMode.NatUnprotected,
            },
            Six("fd00:6::/64") with
            {
                Mode = GatewayMode.NatUnprotected,
            },
        ],
    };

    public static readonly FirewallNetwork[] All = [A, B, C, D, E, F];

    /// <summary>A thousand ordinary ones, each with a published port.</summary>
    public static readonly FirewallNetwork[] Many =
    [
        .. Enumerable
            .Range(0, 1000)
            .Select(number => new FirewallNetwork($"br-{number:x12}")
            {
                Subnets = [Four($"10.{number / 256}.{number % 256}.0/24")],
                Ports = [Port("0.0.0.0", 10000 + number, $"10.{number / 256}.{number % 256}.2", 80, "tcp")],
            }),
    ];

    private static FirewallSubnet Four(string subnet) => new(IPNetwork.Parse(subnet));

    private static FirewallSubnet Six(string subnet) => new(IPNetwork.Parse(subnet));

    private static FirewallPort Port(string hostAddress, int hostPort, string address, int port, string protocol) =>
        new(IPAddress.Parse(address), port, protocol, IPAddress.Parse(hostAddress), hostPort);
}
