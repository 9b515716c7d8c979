using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Model;
using Xunit;
using static BridgeNet.Core.Tests.Firewall.Networks;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>
/// What becomes of a packet, and by which rule. The packet matrix of the kernel's tests asks the same evaluator about each of its cells.
/// </summary>
public sealed class RuleEvaluatorTests
{
    private const string A = "br-aaaaaaaaaaaa",
        B = "br-bbbbbbbbbbbb",
        Inside = "br-iiiiiiiiiiii",
        Open = "br-oooooooooooo",
        Apart = "br-pppppppppppp";

    private static readonly FirewallNetwork[] s_networks =
    [
        Of(A, new FirewallSubnet(Subnet4), new FirewallSubnet(Subnet6)) with
        {
            Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("192.0.2.1", 5353, "10.1.0.2", 53, "udp")],
        },
        Of(B, new FirewallSubnet(IPNetwork.Parse("10.2.0.0/16"), Snat: IPAddress.Parse("192.0.2.7"))),
        Of(Inside, new FirewallSubnet(IPNetwork.Parse("10.3.0.0/16"))) with
        {
            Internal = true,
        },
        Of(Open, new FirewallSubnet(IPNetwork.Parse("10.4.0.0/16"), GatewayMode.Routed, Masquerade: false)) with
        {
            Ports = [Port("0.0.0.0", 0, "10.4.0.2", 80)],
        },
        Of(Apart, new FirewallSubnet(IPNetwork.Parse("10.5.0.0/16"))) with
        {
            InterContainer = false,
        },
    ];

    private static readonly RuleEvaluator s_evaluator = new(s_networks, new Host());

    [Theory]
    // From one network to another, to the world, to itself.
    [InlineData(A, "10.1.0.2", "10.2.0.2", 80, false, "Stage2: OutBy 0xb41c00/0xfffffc00 -> Drop")]
    [InlineData(A, "10.1.0.2", "198.51.100.9", 80, true, "Forward: InBy 0xb41c00/0xfffffc00 -> Accept")]
    [InlineData(A, "10.1.0.2", "10.1.0.3", 80, true, "Stage1: within a bridge -> Accept")]
    [InlineData(Apart, "10.5.0.2", "10.5.0.3", 80, false, "Stage1: InBy 0xb41c04/0xfffffc04, within a bridge -> Drop")]
    // Internal networks.
    [InlineData(Inside, "10.3.0.2", "198.51.100.9", 80, false, "Forward: InBy 0xb41c02/0xfffffc02, OutBy not 0xb41c02/0xfffffc02 -> Drop")]
    [InlineData("wan", "198.51.100.9", "10.3.0.2", 80, false, "Forward: OutBy 0xb41c02/0xfffffc02, InBy not 0xb41c02/0xfffffc02 -> Drop")]
    [InlineData(Inside, "10.3.0.2", "10.3.0.3", 80, true, "Stage1: within a bridge -> Accept")]
    // What forged its source.
    [InlineData(
        Inside,
        "198.51.100.9",
        "192.0.2.1",
        80,
        false,
        "Input: IPv4, InBy 0xb41c02/0xfffffc02, with a source, no way back -> Drop"
    )]
    [InlineData(A, "10.2.0.9", "198.51.100.9", 80, false, "Stage2: did not begin Inside -> Drop")]
    [InlineData(A, "127.0.0.1", "10.1.0.3", 80, false, "Raw: InBy 0xb41c00/0xfffffc00, IPv4, from 127.0.0.0/8 -> Drop")]
    // From outside: what is published, by way of the host; what is open, itself.
    [InlineData("wan", "198.51.100.9", "192.0.2.1", 8080, true, "Ports: IPv4, Published, translated -> Accept")]
    [InlineData("wan", "198.51.100.9", "10.1.0.2", 80, false, "Forward: OutBy 0xb41c00/0xfffffc00 -> Drop")]
    [InlineData("wan", "198.51.100.9", "10.4.0.2", 80, true, "Ports: IPv4, Opened -> Accept")]
    [InlineData("wan", "198.51.100.9", "10.4.0.2", 81, false, "Forward: OutBy 0xb41c00/0xfffffc00 -> Drop")]
    // A family that a network was not given.
    [InlineData(B, "fd00:2::2", "fd00:1::2", 80, false, "Raw: IPv6, InBy 0xb41c00/0xfffffc01 -> Drop")]
    [InlineData("wan", "2001:db8::9", "fd00:1::2", 80, false, "Forward: OutBy 0xb41c00/0xfffffc00 -> Drop")]
    // What is the host's own business.
    [InlineData(A, "10.1.0.2", "192.0.2.1", 22, true, null)]
    [InlineData("wan", "198.51.100.9", "192.0.2.1", 22, true, null)]
    [InlineData("br-others", "172.31.0.2", "198.51.100.9", 80, true, null)]
    public void Some_rule_decides(string link, string from, string to, int port, bool accepted, string? rule)
    {
        PacketFate fate = s_evaluator.Evaluate(new(link, IPAddress.Parse(from), IPAddress.Parse(to), 6, port));
        Assert.Equal((accepted, rule), (fate.Accepted, Decision(fate)));
    }

    [Fact]
    public void A_published_port_is_translated_and_its_answer_passes()
    {
        FirewallPacket asked = s_evaluator
            .Evaluate(new("wan", IPAddress.Parse("198.51.100.9"), IPAddress.Parse("192.0.2.1"), 6, 8080))
            .Packet;
        Assert.Equal(
            ("10.1.0.2", 80, A, true, FlowOrigin.Outside),
            ($"{asked.Destination}", asked.Port, asked.Out, asked.IsTranslated, asked.Origin)
        );
        FirewallPacket answer = new(A, asked.Destination, asked.Source, 6, 0)
        {
            State = FlowStates.Established,
            Origin = asked.Origin,
            IsTranslated = true,
        };
        Assert.True(s_evaluator.Evaluate(answer).Accepted);
        // Not one that nothing is remembered of, and none to another of our networks.
        Assert.False(s_evaluator.Evaluate(answer with { Origin = null }).Accepted);
        Assert.False(s_evaluator.Evaluate(answer with { Destination = IPAddress.Parse("10.2.0.2") }).Accepted);
    }

    [Theory]
    [InlineData(A, "10.1.0.2", "192.0.2.1")]
    [InlineData(B, "10.2.0.2", "192.0.2.7")]
    [InlineData(Open, "10.4.0.2", "10.4.0.2")]
    public void The_world_sees_an_address_of_the_host_or_its_own(string link, string from, string seen) =>
        Assert.Equal(
            seen,
            $"{s_evaluator.Evaluate(new(link, IPAddress.Parse(from), IPAddress.Parse("198.51.100.9"), 17, 53)).Packet.Source}"
        );

    [Fact]
    public void A_container_that_asks_its_own_network_by_way_of_the_host_is_answered_the_same_way()
    {
        FirewallPacket asked = s_evaluator.Evaluate(new(A, IPAddress.Parse("10.1.0.3"), IPAddress.Parse("192.0.2.1"), 6, 8080)).Packet;
        Assert.Equal(("10.1.0.2", "10.1.0.1"), ($"{asked.Destination}", $"{asked.Source}"));
    }

    [Fact]
    public void A_port_of_one_address_is_not_one_of_another() =>
        Assert.Equal(
            [true, false],
            new[] { "192.0.2.1", "10.1.0.1" }.Select(to =>
                s_evaluator.Evaluate(new("wan", IPAddress.Parse("198.51.100.9"), IPAddress.Parse(to), 17, 5353)).Packet.IsTranslated
            )
        );

    private static string? Decision(PacketFate fate) =>
        fate.By is not { } rule
            ? null
            : $"{rule.Chain}: {string.Join(", ", rule.When.Select(InWords))} -> {(rule.Then is Verdict { Accepts: true } ? "Accept" : "Drop")}";

    private static string InWords(RuleCondition condition) =>
        condition switch
        {
            OfFamily { Family: var family } => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6",
            InBy { Group: var group, Not: var not } => $"InBy {(not ? "not " : "")}{group}",
            OutBy { Group: var group, Not: var not } => $"OutBy {(not ? "not " : "")}{group}",
            IsWithin => "within a bridge",
            BeganAs { Origin: var origin } => $"did not begin {(origin == FlowOrigin.Inside ? "Inside" : "otherwise")}",
            HasSource => "with a source",
            HasNoWayBack => "no way back",
            IsTranslated => "translated",
            SourceIn { Range: var range } => $"from {range}",
            IsListed { List: var list } => $"{list}",
            _ => condition.ToString(),
        };

    /// <summary>A host with these networks, another tool's, and a way out.</summary>
    private sealed class Host : IPacketHost
    {
        private static readonly (IPNetwork Range, string Link, string Address)[] s_routes =
        [
            (Subnet4, A, "10.1.0.1"),
            (Subnet6, A, "fd00:1::1"),
            (IPNetwork.Parse("10.2.0.0/16"), B, "10.2.0.1"),
            (IPNetwork.Parse("10.3.0.0/16"), Inside, "10.3.0.1"),
            (IPNetwork.Parse("10.4.0.0/16"), Open, "10.4.0.1"),
            (IPNetwork.Parse("10.5.0.0/16"), Apart, "10.5.0.1"),
            (IPNetwork.Parse("172.31.0.0/16"), "br-others", "172.31.0.1"),
            (IPNetwork.Parse("0.0.0.0/0"), "wan", "192.0.2.1"),
            (IPNetwork.Parse("::/0"), "wan", "2001:db8::1"),
        ];

        public string? LinkTo(IPAddress address) =>
            IPAddress.IsLoopback(address) || s_routes.Any(route => route.Address == $"{address}")
                ? null
                : s_routes.First(route => route.Range.Contains(address)).Link;

        public IPAddress? AddressOn(string link, AddressFamily family) =>
            s_routes
                .Where(route => route.Link == link && route.Range.BaseAddress.AddressFamily == family)
                .Select(static route => IPAddress.Parse(route.Address))
                .FirstOrDefault();
    }
}
