using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The kernel as it is, for comparing: what the host has and what containers have, each read once, and which link is which of ours.</summary>
/// <param name="host">The host's links, addresses and routes.</param>
internal sealed class ActualState(HostFacts host)
{
    private readonly Dictionary<string, HostFacts> _inside = [];
    private readonly Dictionary<(Place, LinkMark), Link> _located = [];
    private readonly HashSet<LinkMark> _coming = [];

    /// <summary>What the host has.</summary>
    public HostFacts Host => host;

    /// <summary>Adds what was read in a container.</summary>
    public void Enter(Place place, HostFacts facts) => _inside[place.Container!.Id] = facts;

    /// <summary>What a place has; null for a container that was not entered.</summary>
    public HostFacts? In(Place place) => place.Container is null ? host : _inside.GetValueOrDefault(place.Container.Id);

    /// <summary>The link that a mark is on, perhaps under another name; null when it is gone, or another link has its name.</summary>
    public Link? Find(Place place, LinkMark mark) =>
        _located.GetValueOrDefault((place, mark)) ?? (In(place)?.Find(mark.Name) is { } link && mark.IsOn(link) ? link : null);

    /// <summary>Notes which link a mark is on.</summary>
    public void Locate(Place place, LinkMark mark, Link link) => _located[(place, mark)] = link;

    /// <summary>The mark with what distinguishes its link at this moment, so that it is found although all else was changed.</summary>
    public LinkMark Known(Place place, LinkMark mark) => Find(place, mark) is { } link ? mark with { Index = link.Index } : mark;

    /// <summary>Notes that a repair that was found already will create a link.</summary>
    public void Comes(LinkMark mark) => _coming.Add(mark);

    /// <summary>Whether a link is there, or will be by a repair that was found already.</summary>
    public bool IsOrComes(Place place, LinkMark mark) => _coming.Contains(mark) || Find(place, mark) is not null;
}

/// <summary>In what the kernel has one thing otherwise than it should be.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Object">The thing, as <c>ip</c> names it.</param>
/// <param name="Expected">How it should be.</param>
/// <param name="Actual">How it is.</param>
/// <param name="Wanted">How the kernel should have it.</param>
/// <param name="Found">How the kernel has it; null where it has not.</param>
internal sealed record Deviation(
    DriftKind Kind,
    string Object,
    string Expected,
    string Actual,
    KernelObject Wanted,
    KernelObject? Found = null
)
{
    /// <summary>That there is nothing where something should be.</summary>
    public const string Missing = "missing";
}
