using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;

namespace BridgeNet.Firewall;

/// <summary>A rule, as data: both backends render it, and the evaluator says what it does to a packet.</summary>
/// <param name="Chain">Where it stands.</param>
/// <param name="When">What a packet must be, in the order in which it is cheapest to ask.</param>
/// <param name="Then">What becomes of it.</param>
internal sealed record FirewallRule(RuleChain Chain, IReadOnlyList<RuleCondition> When, RuleAction Then)
{
    /// <summary>The address family that it is for; null for both.</summary>
    public AddressFamily? Family => When.OfType<OfFamily>().FirstOrDefault()?.Family;

    /// <inheritdoc/>
    public override string ToString() => $"{Chain}: {string.Join(", ", When)} -> {Then}";
}

/// <summary>The chains, by what they decide.</summary>
internal enum RuleChain
{
    /// <summary>The admin's own, asked first of what is forwarded.</summary>
    User,

    /// <summary>What is forwarded.</summary>
    Forward,

    /// <summary>Of that, what comes out of a network: the first stage of isolation.</summary>
    Stage1,

    /// <summary>What leaves its network: the second stage.</summary>
    Stage2,

    /// <summary>What may come into a network.</summary>
    Ports,

    /// <summary>What comes in, before anything is known of its connection.</summary>
    Raw,

    /// <summary>What is for the host.</summary>
    Input,

    /// <summary>What is forwarded, once its destination is translated, and before <see cref="Forward"/>.</summary>
    Origins,

    /// <summary>Of that, what begins a connection: how it began is remembered.</summary>
    Begin,

    /// <summary>What comes in, to have its destination translated.</summary>
    Prerouting,

    /// <summary>What the host sends, to have its destination translated.</summary>
    Output,

    /// <summary>Of both, what is for an address of the host.</summary>
    Publish,

    /// <summary>What goes out, to have its source translated.</summary>
    Postrouting,
}

/// <summary>Something that a packet is or is not.</summary>
internal abstract record RuleCondition;

/// <summary>It is of an address family.</summary>
internal sealed record OfFamily(AddressFamily Family) : RuleCondition;

/// <summary>It came in by a link of a group; or, <paramref name="Not"/>, of none such.</summary>
internal sealed record InBy(GroupMatch Group, bool Not = false) : RuleCondition;

/// <summary>It goes out by a link of a group.</summary>
/// <inheritdoc cref="InBy"/>
internal sealed record OutBy(GroupMatch Group, bool Not = false) : RuleCondition;

/// <summary>It came in by a bridge of ours and goes out by the same.</summary>
internal sealed record IsWithin(bool Not = false) : RuleCondition;

/// <summary>It is in one of some relations to a connection.</summary>
internal sealed record HasState(FlowStates States) : RuleCondition;

/// <summary>It is the first of a connection, or of one that goes with another, and not confirmed yet.</summary>
internal sealed record IsBeginning : RuleCondition;

/// <summary>Its connection began in a way that is remembered.</summary>
internal sealed record BeganAs(FlowOrigin Origin, bool Not = false) : RuleCondition;

/// <summary>The destination of its connection was translated (DNAT).</summary>
internal sealed record IsTranslated(bool Not = false) : RuleCondition;

/// <summary>It is of a protocol, by its number (IANA).</summary>
internal sealed record OfProtocol(byte Protocol) : RuleCondition;

/// <summary>Its source is in a range.</summary>
internal sealed record SourceIn(IPNetwork Range, bool Not = false) : RuleCondition;

/// <summary>Its destination is in a range.</summary>
internal sealed record DestinationIn(IPNetwork Range) : RuleCondition;

/// <summary>Its source is an address, and not the unspecified one of who has none yet.</summary>
internal sealed record HasSource : RuleCondition;

/// <summary>The host's way to its source leads elsewhere than by the link that it came in by.</summary>
internal sealed record HasNoWayBack : RuleCondition;

/// <summary>Its source is an address of the host.</summary>
internal sealed record IsFromHost : RuleCondition;

/// <summary>Its destination is an address of the host.</summary>
internal sealed record IsForHost : RuleCondition;

/// <summary>A network said so of its addresses and ports.</summary>
internal sealed record IsListed(RuleList List) : RuleCondition;

/// <summary>The relations of a packet to a connection (linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
internal enum FlowStates
{
    /// <summary>To none.</summary>
    None = 0,

    /// <summary>It belongs to no connection that can be.</summary>
    Invalid = 1,

    /// <summary>It is of one that was answered.</summary>
    Established = 2,

    /// <summary>It goes with another, such as an error.</summary>
    Related = 4,

    /// <summary>It is the first of one.</summary>
    New = 8,

    /// <summary>Conntrack does not look at it (notrack).</summary>
    Untracked = 64,
}

/// <summary>What becomes of a packet.</summary>
internal abstract record RuleAction
{
    /// <summary>It goes on.</summary>
    public static readonly RuleAction Accept = new Verdict(Accepts: true);

    /// <summary>It ends here.</summary>
    public static readonly RuleAction Drop = new Verdict(Accepts: false);

    /// <summary>It gets the address of the link that it leaves by.</summary>
    public static readonly RuleAction Masquerade = new Masquerade();
}

/// <summary>It goes on, or ends here.</summary>
internal sealed record Verdict(bool Accepts) : RuleAction;

/// <summary>Another chain is asked, and then what follows.</summary>
internal sealed record Jump(RuleChain Chain) : RuleAction;

/// <summary>It is remembered how its connection began.</summary>
internal sealed record Remember(FlowOrigin Origin) : RuleAction;

/// <inheritdoc cref="RuleAction.Masquerade"/>
internal sealed record Masquerade : RuleAction;

/// <summary>It gets the source that the list says.</summary>
internal sealed record TranslateSource : RuleAction;

/// <summary>It gets the destination that the list says.</summary>
internal sealed record TranslateDestination : RuleAction;
