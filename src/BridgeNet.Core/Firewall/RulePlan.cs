using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using static BridgeNet.Firewall.RuleAction;
using static BridgeNet.Firewall.RuleChain;
using Groups = BridgeNet.Kernel.InterfaceGroup;

namespace BridgeNet.Firewall;

/// <summary>
/// The rules, defined once for both backends. They are constant: networks differ only in the group of their bridge, and in lists. Lists
/// only accept; rules that drop match the group, never an address, which the sender chooses.
/// </summary>
internal static class RulePlan
{
    private static readonly RuleCondition s_fromOurs = new InBy(GroupMatch.Any),
        s_toOurs = new OutBy(GroupMatch.Any);
    private static readonly RuleCondition s_known = new HasState(FlowStates.Established | FlowStates.Related),
        s_translated = new IsTranslated();
    private static readonly RuleCondition[] s_leaves = [s_fromOurs, new OutBy(GroupMatch.Any, Not: true)],
        s_enters = [new InBy(GroupMatch.Any, Not: true), s_toOurs];
    private static readonly GroupMatch s_inside = GroupMatch.With(Groups.Internal),
        s_apart = GroupMatch.With(Groups.Separated);
    private static readonly IPNetwork s_loopback = IPNetwork.Parse("127.0.0.0/8");

    private static readonly RuleFamily s_four = new(
        AddressFamily.InterNetwork,
        Icmp: 1,
        Groups.HasIPv4,
        Groups.RoutedIPv4,
        Groups.UnprotectedIPv4,
        Groups.IsolatedIPv4,
        []
    );

    // The host cannot reply to a link-local client through another link.
    private static readonly RuleFamily s_six = new(
        AddressFamily.InterNetworkV6,
        Icmp: 58,
        Groups.HasIPv6,
        Groups.RoutedIPv6,
        Groups.UnprotectedIPv6,
        Groups.IsolatedIPv6,
        [new SourceIn(IPNetwork.Parse("fe80::/10"), Not: true)]
    );

    private static readonly RuleFamily[] s_families = [s_four, s_six];

    /// <summary>The rules, in the order of each chain.</summary>
    public static IReadOnlyList<FirewallRule> Rules { get; } =
    [.. Forwarded(), .. Isolation(), .. Incoming(), .. Origin(), .. Translation(), .. s_families.SelectMany(Ports)];

    private static IEnumerable<FirewallRule> Forwarded() =>
        [
            new(Forward, [], new Jump(User)),
            .. s_families.Select(static family => new FirewallRule(Forward, [family.Is, new OutBy(GroupMatch.Without(family.Has))], Drop)),
            // Between two networks of which one is internal; between two internal ones, stage 1 drops.
            new(Forward, [new InBy(s_inside), new OutBy(s_inside, Not: true)], Drop),
            new(Forward, [new OutBy(s_inside), new InBy(s_inside, Not: true)], Drop),
            // A related packet, such as an ICMP error, can be sent by anyone, so between networks it counts as new, not as a reply. The
            // exception is a sender on a network without address translation.
            .. s_families.Select(static family => new FirewallRule(
                Forward,
                [
                    new HasState(FlowStates.Related),
                    family.Is,
                    new InBy(GroupMatch.Without(family.Routed | family.Unprotected)),
                    s_toOurs,
                    new IsTranslated(Not: true),
                ],
                new Jump(Stage1)
            )),
            // Then replies, so that only the first packet of a connection passes the rest.
            new(Forward, [s_known, new BeganAs(FlowOrigin.Inside)], Accept),
            new(Forward, [.. s_leaves, s_known, new BeganAs(FlowOrigin.Outside)], Accept),
            new(Forward, [.. s_enters, s_known, new BeganAs(FlowOrigin.Outside)], Accept),
            new(Forward, [s_fromOurs, new BeganAs(FlowOrigin.Spoofed), s_translated], Drop),
            new(Forward, [s_fromOurs], new Jump(Stage1)),
            new(Forward, [s_fromOurs], Accept),
            new(Forward, [s_toOurs], new Jump(RuleChain.Ports)),
            new(Forward, [s_toOurs], Drop),
        ];

    private static IEnumerable<FirewallRule> Isolation() =>
        [
            new(Stage1, [new InBy(s_apart), new IsWithin()], Drop),
            new(Stage1, [new IsWithin()], Accept),
            new(Stage1, [new InBy(s_inside)], Drop),
            new(Stage1, [], new Jump(Stage2)),
            new(Stage2, [new BeganAs(FlowOrigin.Inside, Not: true)], Drop),
            // INVALID packets are not translated, so they would leave with the container's address.
            new(Stage2, [new HasState(FlowStates.Invalid)], Drop),
            // Conntrack does not track neighbour and router discovery and multicast listener messages. No router may forward them, but
            // Linux does.
            new(Stage2, [s_six.Is, new OfProtocol(s_six.Icmp), new HasState(FlowStates.Untracked)], Drop),
            new(Stage2, [s_toOurs], new Jump(RuleChain.Ports)),
            new(Stage2, [s_toOurs], Drop),
        ];

    private static IEnumerable<FirewallRule> Incoming() =>
        [
            // Packets with a port as incoming interface, instead of its bridge.
            new(Raw, [new InBy(GroupMatch.AnyPort)], Drop),
            // A bridge with a port published at 127.0.0.1 of the host routes 127.0.0.0/8 (route_localnet). Containers must not reach the
            // host's loopback addresses this way, nor send from that range.
            new(Raw, [s_fromOurs, s_four.Is, new SourceIn(s_loopback)], Drop),
            new(Raw, [s_fromOurs, s_four.Is, new DestinationIn(s_loopback)], Drop),
            // A family that a network does not have is closed, also to the host.
            .. s_families.Select(static family => new FirewallRule(Raw, [family.Is, new InBy(GroupMatch.Without(family.Has))], Drop)),
            // The host has no address on an isolated network; its other addresses cannot be reached through it either.
            .. s_families.Select(static family => new FirewallRule(Input, [family.Is, new InBy(GroupMatch.With(family.Isolated))], Drop)),
            // The host would reply to any source address, and so send packets out of an internal network.
            .. s_families.Select(static family => new FirewallRule(
                Input,
                [family.Is, new InBy(s_inside), new HasSource(), new HasNoWayBack()],
                Drop
            )),
        ];

    private static IEnumerable<FirewallRule> Origin() =>
        [
            // Only for the first packet of a connection: a later packet must not change the recorded origin.
            new(Origins, [new IsBeginning()], new Jump(Begin)),
            new(Begin, [s_fromOurs, new HasSource(), new HasNoWayBack()], new Remember(FlowOrigin.Spoofed)),
            new(Begin, s_enters, new Remember(FlowOrigin.Outside)),
            // Nothing is recorded for packets within one bridge, which pass here with bridge-nf-call-iptables: a container can be either
            // side of such a connection.
            new(Begin, [s_fromOurs, new BeganAs(FlowOrigin.Spoofed, Not: true), new IsWithin(Not: true)], new Remember(FlowOrigin.Inside)),
        ];

    private static IEnumerable<FirewallRule> Translation() =>
        [
            // A packet with a translated destination is no martian any more, so the kernel would not drop packets that a neighbour sends to
            // our loopback addresses. Packets to ::1 are dropped before all rules (ip6_rcv_core).
            new(Prerouting, [s_four.Is, new DestinationIn(s_loopback)], Accept),
            new(Prerouting, [new IsForHost()], new Jump(Publish)),
            new(Output, [new IsForHost()], new Jump(Publish)),
            // The host's own connections to its published ports may come from 127.0.0.1, to which no container can reply.
            new(Postrouting, [new IsFromHost(), s_toOurs, s_translated], RuleAction.Masquerade),
            // Otherwise replies to a container that reaches its own network, or itself, through the host would not return through the host.
            new(Postrouting, [new IsWithin(), s_translated], RuleAction.Masquerade),
            new(Postrouting, [new IsWithin()], Accept),
        ];

    private static IEnumerable<FirewallRule> Ports(RuleFamily family) =>
        [
            new(RuleChain.Ports, [family.Is, new OutBy(GroupMatch.With(family.Unprotected))], Accept),
            new(RuleChain.Ports, [family.Is, new OfProtocol(family.Icmp), new OutBy(GroupMatch.With(family.Routed))], Accept),
            new(RuleChain.Ports, [family.Is, new IsListed(RuleList.Opened)], Accept),
            // Only packets to the published port; the container's own address stays closed to the outside.
            new(RuleChain.Ports, [family.Is, new IsListed(RuleList.Published), s_translated], Accept),
            new(Publish, [family.Is, .. family.Clients, new IsListed(RuleList.OneHost)], new TranslateDestination()),
            new(Publish, [family.Is, .. family.Clients, new IsListed(RuleList.AnyHost)], new TranslateDestination()),
            // A container's connection to its own published port, translated by br_netfilter: then the incoming interface is unknown.
            new(Postrouting, [family.Is, new IsListed(RuleList.Own), s_translated], RuleAction.Masquerade),
            // The incoming interface must be one of our bridges, which is not so for bridged packets.
            new(Postrouting, [family.Is, s_fromOurs, new IsListed(RuleList.Translated)], new TranslateSource()),
            new(Postrouting, [family.Is, s_fromOurs, new IsListed(RuleList.Masqueraded)], RuleAction.Masquerade),
        ];

    /// <summary>The differences between the two families.</summary>
    /// <param name="Family">The family.</param>
    /// <param name="Icmp">The number of its ICMP protocol.</param>
    /// <param name="Has">The bit of <see cref="Groups"/> for networks that have the family.</param>
    /// <param name="Routed">The bit for networks with the gateway mode routed.</param>
    /// <param name="Unprotected">The bit for networks with the gateway mode nat-unprotected.</param>
    /// <param name="Isolated">The bit for networks with the gateway mode isolated.</param>
    /// <param name="Clients">Conditions on clients of published ports.</param>
    private sealed record RuleFamily(
        AddressFamily Family,
        byte Icmp,
        uint Has,
        uint Routed,
        uint Unprotected,
        uint Isolated,
        IReadOnlyList<RuleCondition> Clients
    )
    {
        public RuleCondition Is { get; } = new OfFamily(Family);
    }
}
