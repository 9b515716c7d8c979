using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using static BridgeNet.Firewall.RuleAction;
using static BridgeNet.Firewall.RuleChain;
using Groups = BridgeNet.Kernel.InterfaceGroup;

namespace BridgeNet.Firewall;

/// <summary>
/// The rules, made once for both backends. They are constant: what differs from network to network is in the group of its bridge, and in lists. Lists
/// only allow; what forbids asks the group, and never an address, which the sender chooses.
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

    // A link-local client cannot be answered from another link.
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
            // Of two networks, one internal and one not; of two internal ones stage 1 decides.
            new(Forward, [new InBy(s_inside), new OutBy(s_inside, Not: true)], Drop),
            new(Forward, [new OutBy(s_inside), new InBy(s_inside, Not: true)], Drop),
            // What goes with another's connection, such as an error that anyone can write, is no answer between networks; of a network that is reached without translation it may be.
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
            // Then replies, so that only a connection's first packet walks on.
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
            // What belongs to no connection is not translated, and would leave with the container's address.
            new(Stage2, [new HasState(FlowStates.Invalid)], Drop),
            // Conntrack does not look at neighbour and router discovery and multicast listeners, which no router forwards for anyone; Linux does.
            new(Stage2, [s_six.Is, new OfProtocol(s_six.Icmp), new HasState(FlowStates.Untracked)], Drop),
            new(Stage2, [s_toOurs], new Jump(RuleChain.Ports)),
            new(Stage2, [s_toOurs], Drop),
        ];

    private static IEnumerable<FirewallRule> Incoming() =>
        [
            // What came in by a port of a bridge, and not by the bridge.
            new(Raw, [new InBy(GroupMatch.AnyPort)], Drop),
            // A bridge through which 127.0.0.1:PORT of the host is published routes the range (route_localnet): containers must neither get at the host's loopback by that, nor come from it.
            new(Raw, [s_fromOurs, s_four.Is, new SourceIn(s_loopback)], Drop),
            new(Raw, [s_fromOurs, s_four.Is, new DestinationIn(s_loopback)], Drop),
            // A family that a network was not given carries nothing, to the host neither.
            .. s_families.Select(static family => new FirewallRule(Raw, [family.Is, new InBy(GroupMatch.Without(family.Has))], Drop)),
            // The host has no address on an isolated network; others of its addresses are not reached through it either.
            .. s_families.Select(static family => new FirewallRule(Input, [family.Is, new InBy(GroupMatch.With(family.Isolated))], Drop)),
            // The host would answer whoever was named, and so carry out of an internal network what does not leave it.
            .. s_families.Select(static family => new FirewallRule(
                Input,
                [family.Is, new InBy(s_inside), new HasSource(), new HasNoWayBack()],
                Drop
            )),
        ];

    private static IEnumerable<FirewallRule> Origin() =>
        [
            // Of a connection that is only beginning: what joins one that is there must not speak ill of it.
            new(Origins, [new IsBeginning()], new Jump(Begin)),
            new(Begin, [s_fromOurs, new HasSource(), new HasNoWayBack()], new Remember(FlowOrigin.Spoofed)),
            new(Begin, s_enters, new Remember(FlowOrigin.Outside)),
            // Nothing is said of what stays within a bridge, which comes by here with bridge-nf-call-iptables: anyone there can be either side of it.
            new(Begin, [s_fromOurs, new BeganAs(FlowOrigin.Spoofed, Not: true), new IsWithin(Not: true)], new Remember(FlowOrigin.Inside)),
        ];

    private static IEnumerable<FirewallRule> Translation() =>
        [
            // What is translated is no martian any more, so the kernel would not drop what a neighbour sends to our loopback addresses; ::1 it drops before any rule (ip6_rcv_core).
            new(Prerouting, [s_four.Is, new DestinationIn(s_loopback)], Accept),
            new(Prerouting, [new IsForHost()], new Jump(Publish)),
            new(Output, [new IsForHost()], new Jump(Publish)),
            // The host's own connections to its published ports may come from 127.0.0.1, which no container can answer.
            new(Postrouting, [new IsFromHost(), s_toOurs, s_translated], RuleAction.Masquerade),
            // Else a container that reaches another of its own network, or itself, by way of the host would be answered without the way back.
            new(Postrouting, [new IsWithin(), s_translated], RuleAction.Masquerade),
            new(Postrouting, [new IsWithin()], Accept),
        ];

    private static IEnumerable<FirewallRule> Ports(RuleFamily family) =>
        [
            new(RuleChain.Ports, [family.Is, new OutBy(GroupMatch.With(family.Unprotected))], Accept),
            new(RuleChain.Ports, [family.Is, new OfProtocol(family.Icmp), new OutBy(GroupMatch.With(family.Routed))], Accept),
            new(RuleChain.Ports, [family.Is, new IsListed(RuleList.Opened)], Accept),
            // Only what came by the published port; at the container's own address it stays closed to the outside.
            new(RuleChain.Ports, [family.Is, new IsListed(RuleList.Published), s_translated], Accept),
            new(Publish, [family.Is, .. family.Clients, new IsListed(RuleList.OneHost)], new TranslateDestination()),
            new(Publish, [family.Is, .. family.Clients, new IsListed(RuleList.AnyHost)], new TranslateDestination()),
            // A container's way to its own published port, where br_netfilter translates: it says nothing of the incoming interface then.
            new(Postrouting, [family.Is, new IsListed(RuleList.Own), s_translated], RuleAction.Masquerade),
            // From one of our bridges, which what is bridged does not say here.
            new(Postrouting, [family.Is, s_fromOurs, new IsListed(RuleList.Translated)], new TranslateSource()),
            new(Postrouting, [family.Is, s_fromOurs, new IsListed(RuleList.Masqueraded)], RuleAction.Masquerade),
        ];

    /// <summary>What differs between the two families.</summary>
    /// <param name="Family">The family.</param>
    /// <param name="Icmp">The number of its control messages.</param>
    /// <param name="Has">The bit of <see cref="InterfaceGroup"/> of networks that have it.</param>
    /// <param name="Routed">Of those that are reached at their own addresses.</param>
    /// <param name="Unprotected">Of those that are reached at all of their ports.</param>
    /// <param name="Isolated">Of those that the host is not on.</param>
    /// <param name="Clients">What clients of published ports must be.</param>
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
