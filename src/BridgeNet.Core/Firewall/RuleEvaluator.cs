using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>
/// Says what the rules of <see cref="RulePlan"/> do to a packet, and which of them decides: the same for both backends, which render them. Pure: what is
/// not of the rules (routes, addresses, whether a bridge hands its packets to them) the caller says.
/// </summary>
/// <param name="networks">The networks.</param>
/// <param name="host">Where the host sends what.</param>
internal sealed class RuleEvaluator(IReadOnlyList<FirewallNetwork> networks, IPacketHost host)
{
    private readonly RuleElement[] _elements = [.. networks.SelectMany(RuleElement.Of)];
    private readonly ILookup<RuleChain, FirewallRule> _rules = RulePlan.Rules.ToLookup(static rule => rule.Chain);
    private readonly Dictionary<string, uint> _groups = networks.ToDictionary(
        static network => network.BridgeName,
        static network => network.Group
    );

    /// <summary>What becomes of a packet: of one that came in by <see cref="FirewallPacket.In"/>, or that the host sends.</summary>
    public PacketFate Evaluate(FirewallPacket packet)
    {
        Walk walk = new(packet);
        bool came = packet.In is not null;
        if (came && Ends(walk, RuleChain.Raw))
            return walk.Fate(accepted: false);
        // Only what begins is translated by rules; what answers, back again.
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

    /// <summary>Asks a chain and those that it leads to.</summary>
    /// <returns>Whether the packet ends there.</returns>
    private bool Ends(Walk walk, RuleChain chain) => Ask(walk, chain) is Verdict { Accepts: false };

    /// <summary>The verdict of a chain; null where it has none.</summary>
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
            // What has no such link is in no group, and not in none either.
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

    /// <summary>A packet on its way.</summary>
    private sealed class Walk(FirewallPacket packet)
    {
        public FirewallPacket Packet { get; set; } = packet;

        public List<(FirewallRule, RuleElement?)> Path { get; } = [];

        public PacketFate Fate(bool accepted) => new(accepted, Packet, Path);
    }
}

/// <summary>Where a host sends what.</summary>
internal interface IPacketHost
{
    /// <summary>The link that the way to an address leads out by; null where it is the host's own.</summary>
    string? LinkTo(IPAddress address);

    /// <summary>The host's address on a link; null without one.</summary>
    IPAddress? AddressOn(string link, AddressFamily family);
}

/// <summary>A packet, as rules see it.</summary>
/// <param name="In">The link that it came in by; null for one that the host sends.</param>
/// <param name="Source">Its source.</param>
/// <param name="Destination">Its destination.</param>
/// <param name="Protocol">The number of its protocol (IANA).</param>
/// <param name="Port">Its destination port; 0 where the protocol has none.</param>
internal sealed record FirewallPacket(string? In, IPAddress Source, IPAddress Destination, byte Protocol, int Port)
{
    /// <summary>The link that it goes out by; null for one that is for the host.</summary>
    public string? Out { get; init; }

    /// <summary>Its relation to a connection.</summary>
    public FlowStates State { get; init; } = FlowStates.New;

    /// <summary>How its connection began; null where nothing is remembered.</summary>
    public FlowOrigin? Origin { get; init; }

    /// <summary>Whether the destination of its connection was translated.</summary>
    public bool IsTranslated { get; init; }

    /// <summary>Of an answer, who asked, where that was translated; null where it was not.</summary>
    public IPAddress? AnswersTo { get; init; }

    /// <summary>Whether it is on its way through a bridge, whose packets rules see (<c>bridge-nf-call-iptables</c>).</summary>
    public bool IsBridged { get; init; }

    /// <summary>Its address family.</summary>
    public AddressFamily Family => Destination.AddressFamily;
}

/// <summary>What becomes of a packet.</summary>
/// <param name="Accepted">Whether it goes on.</param>
/// <param name="Packet">The packet as it leaves, with what its connection remembers.</param>
/// <param name="Path">The rules that it met, in order, each with the element that it asked for; the last of one that is not accepted decided.</param>
internal sealed record PacketFate(bool Accepted, FirewallPacket Packet, IReadOnlyList<(FirewallRule Rule, RuleElement? Element)> Path)
{
    /// <summary>The rule that decides; null where none does, and the packet goes on. What only ends a translation decides nothing.</summary>
    public FirewallRule? By =>
        Path.LastOrDefault(static step =>
            step.Rule.Then is Verdict
            && step.Rule.Chain is not (RuleChain.Prerouting or RuleChain.Output or RuleChain.Publish or RuleChain.Postrouting)
        ).Rule;
}
