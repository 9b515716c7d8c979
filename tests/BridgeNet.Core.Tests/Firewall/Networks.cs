using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>Networks with all combinations of what the firewall has to know of them.</summary>
internal static class Networks
{
    public static readonly IPNetwork Subnet4 = IPNetwork.Parse("10.1.0.0/16"),
        Subnet6 = IPNetwork.Parse("fd00:1::/64");

    /// <summary>An ordinary network of both families.</summary>
    public static readonly FirewallNetwork A = Of("br-aaaaaaaaaaaa", new FirewallSubnet(Subnet4), new FirewallSubnet(Subnet6));

    /// <summary>An ordinary network of IPv4 alone.</summary>
    public static readonly FirewallNetwork B = Of("br-bbbbbbbbbbbb", new FirewallSubnet(IPNetwork.Parse("10.2.0.0/16")));

    public static FirewallNetwork Of(string bridge, params IReadOnlyList<FirewallSubnet> subnets) => new(bridge) { Subnets = subnets };

    /// <summary>An ordinary network with the subnets changed in some way.</summary>
    public static FirewallNetwork With(Func<FirewallSubnet, FirewallSubnet> change) => A with { Subnets = [.. A.Subnets.Select(change)] };

    /// <summary>A port as <c>docker run -p</c> would have it: <c>[ADDRESS]:PORT->[ADDRESS]:PORT/PROTOCOL</c>.</summary>
    public static FirewallPort Port(string hostAddress, int hostPort, string address, int port, string protocol = "tcp") =>
        new(IPAddress.Parse(address), port, protocol, IPAddress.Parse(hostAddress), hostPort);

    /// <summary>One network of a name for each combination of options.</summary>
    public static IEnumerable<FirewallNetwork> Combinations(string bridge, int number) =>
        from families in (IPNetwork[][])
            [
                [Net4(number)],
                [Net6(number)],
                [Net4(number), Net6(number)],
            ]
        from mode in Enum.GetValues<GatewayMode>()
        from masquerade in (bool[])[true, false]
        from snat in masquerade ? (bool[])[false, true] : [false]
        from inter in (bool[])[true, false]
        from inside in (bool[])[false, true]
        from ports in (bool[])[false, true]
        select new FirewallNetwork(bridge)
        {
            Subnets =
            [
                .. families.Select(net => new FirewallSubnet(
                    net,
                    mode,
                    masquerade,
                    !snat ? null : IPAddress.Parse(net == families[0] && families[0] == Net4(number) ? "192.0.2.1" : "2001:db8::1")
                )),
            ],
            InterContainer = inter,
            Internal = inside,
            Ports = ports ? [.. families.SelectMany(net => Ports(net, number, mode))] : [],
        };

    private static IPNetwork Net4(int number) => IPNetwork.Parse($"10.{number}.0.0/16");

    private static IPNetwork Net6(int number) => IPNetwork.Parse($"fd00:{number}::/64");

    private static FirewallPort[] Ports(IPNetwork net, int number, GatewayMode mode)
    {
        (string any, string one, string inside) =
            net == Net4(number) ? ("0.0.0.0", "127.0.0.1", $"10.{number}.0.2") : ("::", "::1", $"fd00:{number}::2");
        return mode == GatewayMode.Routed
            ? [Port(any, 0, inside, 80), Port(any, 0, inside, 53, "udp")]
            :
            [
                Port(any, 8000 + number, inside, 80),
                Port(one, 9000 + number, inside, 80),
                Port(any, 5300 + number, inside, 53, "udp"),
                Port(one, 3600 + number, inside, 36412, "sctp"),
            ];
    }
}
