using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>
/// Computes what the rules of <see cref="RulePlan"/> do to a packet, and which rule decides: the same for both backends, which render these
/// rules. Pure: the caller provides facts outside of the rules (routes, addresses, whether bridged packets pass IP chains).
/// </summary>
/// <param name="networks">The networks.</param>
/// <param name="host">The routes and addresses of the host.</param>
internal sealed class RuleEvaluator(IReadOnlyList<FirewallNetwork> networks, IPacketHost host)
{
    private readonly RuleElement[] _elements = [.. networks.SelectMany(RuleElement.Of)];
    private readonly ILookup<RuleChain, FirewallRule> _rules = RulePlan.Rules.ToLookup(static rule => rule.Chain);
    private readonly Dictionary<string, uint> _groups = networks.ToDictionary(
        static network => network.BridgeName,
        static network => network.Group
    );

    /// <summary>The result for a packet: one that came in by <see cref="FirewallPacket.In"/>, or that the host sends.</summary>
    public PacketFate Evaluate(FirewallPacket packet)
    {
        Walk walk = new(packet);
        bool came = packet.In is not null;
        if (came && Ends(walk, RuleChain.Raw))
            return walk.Fate(accepted: false);
        // NAT rules apply only to the first packet of a connection; for replies, conntrack reverses the translation.
        if (packet.State == FlowStates.New)
            Ends(walk, came ? RuleChain.Prerouting : RuleChain.Output);
        else if (packet.AnswersTo is { } asker)
            walk.Packet = walk.Packet with { Destination = asker };
        bool stays = packet.IsBridged && walk.Packet.Destination.Equals(packet.Destination);
        walk.Packet = walk.Packet with { Out = stays ? packet.In : host.LinkTo(walk.Packet.Destination) };
        if (walk.Packet.Out is null)
            return walk.Fate(accepted: !Ends(walk, RuleChain.Input));
        if (came)
        {
            Ends(walk, RuleChain.Origins);
            if (Ends(walk, RuleChain.Forward))
                return walk.Fate(accepted: false);
        }
        if (packet.State == FlowStates.New)
            Ends(walk, RuleChain.Postrouting);
        return walk.Fate(accepted: true);
    }

    /// <summary>Evaluates a chain and the chains that it calls.</summary>
    /// <returns>Whether the packet is dropped or accepted for good.</returns>
    private bool Ends(Walk walk, RuleChain chain) => Ask(walk, chain) is Verdict { Accepts: false };

    /// <summary>The verdict of a chain; null without one.</summary>
    private Verdict? Ask(Walk walk, RuleChain chain)
    {
        foreach (FirewallRule rule in _rules[chain])
        {
            RuleElement? element = null;
            if (!rule.When.All(condition => Holds(condition, walk.Packet, ref element)))
                continue;
            walk.Path.Add((rule, element));
            switch (rule.Then)
            {
                case Verdict verdict:
                    return verdict;
                case Jump { Chain: var next } when Ask(walk, next) is { } verdict:
                    return verdict;
                case Remember { Origin: var origin }:
                    walk.Packet = walk.Packet with { Origin = origin };
                    break;
                case TranslateDestination:
                    walk.Packet = walk.Packet with { Destination = element!.Port!.Address, Port = element.Port.Port, IsTranslated = true };
                    return (Verdict)RuleAction.Accept;
                case TranslateSource:
                    walk.Packet = walk.Packet with { Source = element!.Subnet!.Snat! };
                    return (Verdict)RuleAction.Accept;
                case Masquerade:
                    walk.Packet = walk.Packet with { Source = host.AddressOn(walk.Packet.Out!, walk.Packet.Family) ?? walk.Packet.Source };
                    return (Verdict)RuleAction.Accept;
            }
        }
        return null;
    }

    private bool Holds(RuleCondition condition, FirewallPacket packet, ref RuleElement? element)
    {
        switch (condition)
        {
            case OfFamily { Family: var family }:
                return packet.Family == family;
            // A packet without such a link matches neither the condition nor its negation.
            case InBy { Group: var group, Not: var not }:
                return packet.In is { } from && group.Matches(_groups.GetValueOrDefault(from)) != not;
            case OutBy { Group: var group, Not: var not }:
                return packet.Out is { } to && group.Matches(_groups.GetValueOrDefault(to)) != not;
            case IsWithin { Not: var not }:
                return (packet.In is { } link && link == packet.Out && _groups.ContainsKey(link)) != not;
            case HasState { States: var states }:
                return (packet.State & states) != 0;
            case IsBeginning:
                return packet.State is FlowStates.New or FlowStates.Related;
            case BeganAs { Origin: var origin, Not: var not }:
                return packet.Origin == origin != not;
            case IsTranslated { Not: var not }:
                return packet.IsTranslated != not;
            case OfProtocol { Protocol: var protocol }:
                return packet.Protocol == protocol;
            case SourceIn { Range: var range, Not: var not }:
                return range.Contains(packet.Source) != not;
            case DestinationIn { Range: var range }:
                return range.Contains(packet.Destination);
            case HasSource:
                return !packet.Source.Equals(IPAddress.Any) && !packet.Source.Equals(IPAddress.IPv6Any);
            case HasNoWayBack:
                return host.LinkTo(packet.Source) != packet.In;
            case IsFromHost:
                return host.LinkTo(packet.Source) is null;
            case IsForHost:
                return host.LinkTo(packet.Destination) is null;
            case IsListed { List: var list }:
                element = _elements.FirstOrDefault(one => one.List == list && IsOf(one, packet));
                return element is not null;
            default:
                throw new NotSupportedException(condition.ToString());
        }
    }

    private static bool IsOf(RuleElement element, FirewallPacket packet) =>
        element switch
        {
            { Subnet: { } subnet } => subnet.Network.Contains(packet.Source),
            { List: RuleList.Own, Port: { } port } => port.Address.Equals(packet.Source) && port.Address.Equals(packet.Destination),
            { List: RuleList.Opened or RuleList.Published, Port: { } port } => port.Address.Equals(packet.Destination)
                && port.Port == packet.Port
                && port.ProtocolNumber == packet.Protocol,
            { Port: { } port } => port.Family == packet.Family
                && port.HostPort == packet.Port
                && port.ProtocolNumber == packet.Protocol
                && (element.List == RuleList.AnyHost || port.HostAddress.Equals(packet.Destination)),
            _ => false,
        };

    /// <summary>A packet during the evaluation.</summary>
    private sealed class Walk(FirewallPacket packet)
    {
        public FirewallPacket Packet { get; set; } = packet;

        public List<(FirewallRule, RuleElement?)> Path { get; } = [];

        public PacketFate Fate(bool accepted) => new(accepted, Packet, Path);
    }
}

/// <summary>The routes and addresses of a host.</summary>
internal interface IPacketHost
{
    /// <summary>The outgoing link of the route to an address; null for the host's own address.</summary>
    string? LinkTo(IPAddress address);

    /// <summary>The host's address on a link; null without one.</summary>
    IPAddress? AddressOn(string link, AddressFamily family);
}

/// <summary>A packet with the properties that rules match.</summary>
/// <param name="In">The incoming link; null for a packet of the host.</param>
/// <param name="Source">The source address.</param>
/// <param name="Destination">The destination address.</param>
/// <param name="Protocol">The protocol number (IANA).</param>
/// <param name="Port">The destination port; 0 if the protocol has none.</param>
internal sealed record FirewallPacket(string? In, IPAddress Source, IPAddress Destination, byte Protocol, int Port)
{
    /// <summary>The outgoing link; null for a packet to the host.</summary>
    public string? Out { get; init; }

    /// <summary>Its conntrack state.</summary>
    public FlowStates State { get; init; } = FlowStates.New;

    /// <summary>The recorded origin of its connection; null without one.</summary>
    public FlowOrigin? Origin { get; init; }

    /// <summary>Whether the destination of its connection was translated.</summary>
    public bool IsTranslated { get; init; }

    /// <summary>For a reply: the original source, if it was translated; otherwise null.</summary>
    public IPAddress? AnswersTo { get; init; }

    /// <summary>Whether it is a bridged packet that passes IP chains (<c>bridge-nf-call-iptables</c>).</summary>
    public bool IsBridged { get; init; }

    /// <summary>The address family.</summary>
    public AddressFamily Family => Destination.AddressFamily;
}

/// <summary>The result for a packet.</summary>
/// <param name="Accepted">Whether it is accepted.</param>
/// <param name="Packet">The packet as it leaves, with the recorded data of its connection.</param>
/// <param name="Path">
/// The rules that matched, in order, each with the list element that matched. If the packet is dropped, the last one decided.
/// </param>
internal sealed record PacketFate(bool Accepted, FirewallPacket Packet, IReadOnlyList<(FirewallRule Rule, RuleElement? Element)> Path)
{
    /// <summary>The rule that decides; null if none does, and the packet is accepted. An accept in a NAT chain decides nothing.</summary>
    public FirewallRule? By =>
        Path.LastOrDefault(static step =>
            step.Rule.Then is Verdict
            && step.Rule.Chain is not (RuleChain.Prerouting or RuleChain.Output or RuleChain.Publish or RuleChain.Postrouting)
        ).Rule;
}
