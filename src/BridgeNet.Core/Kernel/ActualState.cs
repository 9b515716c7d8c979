using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>
/// The actual state, for comparison: the links, addresses, routes and settings of the host and of containers, each read once, and which
/// link has which mark.
/// </summary>
/// <param name="host">The host's links, addresses and routes.</param>
internal sealed class ActualState(HostFacts host)
{
    private readonly Dictionary<string, HostFacts> _inside = [];
    private readonly Dictionary<(Place, LinkMark), Link> _located = [];
    private readonly HashSet<LinkMark> _planned = [];

    /// <summary>The actual state of the host.</summary>
    public HostFacts Host => host;

    /// <summary>Adds what was read inside a container.</summary>
    public void Enter(Place place, HostFacts facts) => _inside[place.Container!.Id] = facts;

    /// <summary>The actual state of a place; null for a container that was not entered.</summary>
    public HostFacts? In(Place place) => place.Container is null ? host : _inside.GetValueOrDefault(place.Container.Id);

    /// <summary>The link with a mark, perhaps renamed; null if it does not exist, or another link has its name.</summary>
    public Link? Find(Place place, LinkMark mark) =>
        _located.GetValueOrDefault((place, mark)) ?? (In(place)?.Find(mark.Name) is { } link && mark.IsOn(link) ? link : null);

    /// <summary>Records which link has a mark.</summary>
    public void Locate(Place place, LinkMark mark, Link link) => _located[(place, mark)] = link;

    /// <summary>The mark with the index of its link, so that a repair finds the link although its other properties were changed.</summary>
    public LinkMark Known(Place place, LinkMark mark) => Find(place, mark) is { } link ? mark with { Index = link.Index } : mark;

    /// <summary>Records that a repair which is already planned will create a link.</summary>
    public void AddPlanned(LinkMark mark) => _planned.Add(mark);

    /// <summary>Whether a link exists, or a planned repair will create it.</summary>
    public bool ExistsOrPlanned(Place place, LinkMark mark) => _planned.Contains(mark) || Find(place, mark) is not null;
}

/// <summary>One difference between a desired kernel object and the actual one.</summary>
/// <param name="Kind">The kind of the drift.</param>
/// <param name="Object">The object, as <c>ip</c> names it.</param>
/// <param name="Expected">The expected value.</param>
/// <param name="Actual">The actual value.</param>
/// <param name="Wanted">The desired kernel object.</param>
/// <param name="Found">The actual kernel object; null if it does not exist.</param>
internal sealed record Deviation(
    DriftKind Kind,
    string Object,
    string Expected,
    string Actual,
    KernelObject Wanted,
    KernelObject? Found = null
)
{
    /// <summary>The actual value of an object that does not exist.</summary>
    public const string Missing = "missing";
}
