using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;

namespace BridgeNet.Firewall;

/// <summary>A rule, as data: both backends render it, and the evaluator computes its effect on a packet.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="When">The conditions, those that are cheapest to check first.</param>
/// <param name="Then">The action if all conditions match.</param>
internal sealed record FirewallRule(RuleChain Chain, IReadOnlyList<RuleCondition> When, RuleAction Then)
{
    /// <summary>The address family of the rule; null for both.</summary>
    public AddressFamily? Family => When.OfType<OfFamily>().FirstOrDefault()?.Family;

    /// <inheritdoc/>
    public override string ToString() => $"{Chain}: {string.Join(", ", When)} -> {Then}";
}

/// <summary>The chains, by purpose.</summary>
internal enum RuleChain
{
    /// <summary>The admin's own chain, called first for forwarded packets.</summary>
    User,

    /// <summary>Forwarded packets.</summary>
    Forward,

    /// <summary>Forwarded packets from our networks: the first stage of isolation.</summary>
    Stage1,

    /// <summary>Packets that leave their network: the second stage.</summary>
    Stage2,

    /// <summary>Packets that enter a network: published and opened ports.</summary>
    Ports,

    /// <summary>Incoming packets, before conntrack.</summary>
    Raw,

    /// <summary>Packets for the host.</summary>
    Input,

    /// <summary>Forwarded packets, after destination translation and before <see cref="Forward"/>.</summary>
    Origins,

    /// <summary>The first packets of forwarded connections: the origin of the connection is recorded.</summary>
    Begin,

    /// <summary>Incoming packets, for destination translation.</summary>
    Prerouting,

    /// <summary>Packets of the host itself, for destination translation.</summary>
    Output,

    /// <summary>Packets for an address of the host, from both.</summary>
    Publish,

    /// <summary>Outgoing packets, for source translation.</summary>
    Postrouting,
}

/// <summary>A condition of a rule on a packet.</summary>
internal abstract record RuleCondition;

/// <summary>The packet has an address family.</summary>
internal sealed record OfFamily(AddressFamily Family) : RuleCondition;

/// <summary>The incoming link is in a group; with <paramref name="Not"/>, it is not.</summary>
internal sealed record InBy(GroupMatch Group, bool Not = false) : RuleCondition;

/// <summary>The outgoing link is in a group; with <paramref name="Not"/>, it is not.</summary>
internal sealed record OutBy(GroupMatch Group, bool Not = false) : RuleCondition;

/// <summary>Incoming and outgoing link are the same bridge of ours; with <paramref name="Not"/>, they are not.</summary>
internal sealed record IsWithin(bool Not = false) : RuleCondition;

/// <summary>The conntrack state of the packet is one of these.</summary>
internal sealed record HasState(FlowStates States) : RuleCondition;

/// <summary>The packet starts a connection, also a related one, and conntrack has not confirmed it yet.</summary>
internal sealed record IsBeginning : RuleCondition;

/// <summary>The connection has this recorded origin; with <paramref name="Not"/>, it has not.</summary>
internal sealed record BeganAs(FlowOrigin Origin, bool Not = false) : RuleCondition;

/// <summary>The destination of the connection was translated (DNAT); with <paramref name="Not"/>, it was not.</summary>
internal sealed record IsTranslated(bool Not = false) : RuleCondition;

/// <summary>The packet has a protocol, by its number (IANA).</summary>
internal sealed record OfProtocol(byte Protocol) : RuleCondition;

/// <summary>The source is in a prefix; with <paramref name="Not"/>, it is not.</summary>
internal sealed record SourceIn(IPNetwork Range, bool Not = false) : RuleCondition;

/// <summary>The destination is in a prefix.</summary>
internal sealed record DestinationIn(IPNetwork Range) : RuleCondition;

/// <summary>The source is not the unspecified address, which a sender without an address uses.</summary>
internal sealed record HasSource : RuleCondition;

/// <summary>The host's route to the source does not use the incoming link (reverse path filter).</summary>
internal sealed record HasNoWayBack : RuleCondition;

/// <summary>The source is an address of the host.</summary>
internal sealed record IsFromHost : RuleCondition;

/// <summary>The destination is an address of the host.</summary>
internal sealed record IsForHost : RuleCondition;

/// <summary>Addresses and ports of the packet match an element of a list.</summary>
internal sealed record IsListed(RuleList List) : RuleCondition;

/// <summary>The conntrack states of a packet (linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
internal enum FlowStates
{
    /// <summary>No state.</summary>
    None = 0,

    /// <summary>The packet belongs to no valid connection.</summary>
    Invalid = 1,

    /// <summary>The packet belongs to a connection with a reply.</summary>
    Established = 2,

    /// <summary>The packet is related to another connection, such as an ICMP error.</summary>
    Related = 4,

    /// <summary>The packet starts a connection.</summary>
    New = 8,

    /// <summary>Conntrack does not track the packet (notrack).</summary>
    Untracked = 64,
}

/// <summary>The action of a rule.</summary>
internal abstract record RuleAction
{
    /// <summary>Accepts the packet.</summary>
    public static readonly RuleAction Accept = new Verdict(Accepts: true);

    /// <summary>Drops the packet.</summary>
    public static readonly RuleAction Drop = new Verdict(Accepts: false);

    /// <summary>Translates the source to the address of the outgoing link.</summary>
    public static readonly RuleAction Masquerade = new Masquerade();
}

/// <summary>Accepts or drops the packet.</summary>
internal sealed record Verdict(bool Accepts) : RuleAction;

/// <summary>Continues with another chain, and then with the next rule.</summary>
internal sealed record Jump(RuleChain Chain) : RuleAction;

/// <summary>Records the origin of the connection.</summary>
internal sealed record Remember(FlowOrigin Origin) : RuleAction;

/// <inheritdoc cref="RuleAction.Masquerade"/>
internal sealed record Masquerade : RuleAction;

/// <summary>Translates the source to the address in the list element.</summary>
internal sealed record TranslateSource : RuleAction;

/// <summary>Translates the destination to the address and port in the list element.</summary>
internal sealed record TranslateDestination : RuleAction;
