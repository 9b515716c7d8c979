using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel;

/// <summary>
/// The way of one change to the kernel: the host's netlink socket, and the namespaces of containers, each of which is checked and opened when
/// it is first needed, and held until the change has ended, so that nothing else comes into its place.
/// </summary>
/// <param name="host">The host's links.</param>
/// <param name="door">The way into namespaces.</param>
/// <param name="warn">Hears what was left alone.</param>
/// <param name="beforeKept">Hears of a namespace that was created, before it gets a name.</param>
internal sealed class KernelAccess(RtnetlinkConnection host, NamespaceDoor door, Action<string> warn, Action<KeptNamespace> beforeKept)
    : IDisposable
{
    private readonly Dictionary<string, Entered> _spaces = [];
    private readonly Dictionary<LinkMark, int> _created = [];

    /// <summary>The host's links.</summary>
    public RtnetlinkConnection Host => host;

    /// <summary>Says what was left alone.</summary>
    public void Warn(string sentence) => warn(sentence);

    /// <summary>The namespace of a place that is a container's.</summary>
    /// <inheritdoc cref="NamespaceDoor.Open" path="/exception"/>
    public NetworkNamespace Space(Place place) => SpaceOf(place).Space;

    /// <summary>As <see cref="Space"/>; null when it is gone, or another one is in its place.</summary>
    public NetworkNamespace? TrySpace(Place place) => TrySpaceOf(place)?.Space;

    /// <summary>A namespace that is open already, for this change created or removed it; null when none is.</summary>
    public NetworkNamespace? Held(Place place) => _spaces.GetValueOrDefault(place.Container!.Id)?.Space;

    /// <summary>Takes a namespace that was just created for a container.</summary>
    public void Take(Place place, NetworkNamespace created)
    {
        ContainerRow identified;
        try
        {
            identified = door.Identify(place.Container!, created);
        }
        catch
        {
            created.Dispose();
            throw;
        }
        if (_spaces.Remove(identified.Id, out Entered? other))
            other.Dispose();
        _spaces.Add(identified.Id, new(identified, created));
    }

    /// <summary>Reports a namespace that was created before it gets a name, so that a leftover of a killed command can be distinguished from what others put there.</summary>
    public void BeforeKept(KeptNamespace created) => beforeKept(created);

    /// <summary>A container, with the identity of its namespace if that was created or opened here.</summary>
    public ContainerRow Identified(ContainerRow container) =>
        _spaces.TryGetValue(container.Id, out Entered? space)
            ? container with
            {
                NetNS = space.Container.NetNS,
                NetNSInode = space.Container.NetNSInode,
                ProcessStart = space.Container.ProcessStart,
            }
            : container;

    /// <summary>The links of a place.</summary>
    /// <inheritdoc cref="NamespaceDoor.Open" path="/exception"/>
    public RtnetlinkConnection Links(Place place) => place.Container is null ? host : SpaceOf(place).Links;

    /// <summary>As <see cref="Links"/>; null when the namespace is gone, or another one is in its place.</summary>
    public RtnetlinkConnection? TryLinks(Place place) => place.Container is null ? host : TrySpaceOf(place)?.Links;

    /// <summary>Runs something inside a place, on a thread of its own there.</summary>
    public void Run(Place place, Action work)
    {
        if (place.Container is null)
        {
            work();
            return;
        }
        Space(place)
            .Run(() =>
            {
                work();
                return true;
            });
    }

    /// <summary>The link that a mark is on; null when it is gone, or another link has its name.</summary>
    public Link? Find(Place place, LinkMark mark) => TryLinks(place)?.FindLink(mark.Name) is { } link && mark.IsOn(link) ? link : null;

    /// <summary>The link that a mark is on.</summary>
    /// <exception cref="BridgeNetException">NetlinkFailed: it is gone, or another link has its name.</exception>
    public Link Require(Place place, LinkMark mark) =>
        (Links(place).FindLink(mark.Name) is { } link && mark.IsOn(link) ? link : null) ?? throw Gone(mark);

    /// <summary>The index of the link that a mark is on, by which one that this change created stays that one.</summary>
    /// <inheritdoc cref="Require" path="/exception"/>
    public int IndexOf(Place place, LinkMark mark) => _created.TryGetValue(mark, out int index) ? index : Require(place, mark).Index;

    /// <summary>Remembers a link that was just created.</summary>
    public void Created(LinkMark mark, int index) => _created[mark] = index;

    /// <summary>A change of a link where it is there. One of a container goes at any moment when its namespace ends, and then needs none.</summary>
    public void WhereThere(Place place, LinkMark mark, Action<RtnetlinkConnection, Link> change)
    {
        if (Find(place, mark) is not { } link)
            return;
        try
        {
            change(Links(place), link);
        }
        catch (NetlinkException failure) when (failure.Errno == ENODEV) { }
    }

    /// <summary>
    /// Work that in a container is done where it can be: root there may have taken an interface down, its addresses or IPv6 away, and that must
    /// keep nobody else from being changed, or the host from being recovered. It is warned of, and left to a repair.
    /// </summary>
    public void WherePossible(Place place, IEnumerable<string> words, Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure)
            when (place.Container is not null && failure is NetlinkException or NativeException or BridgeNetException or IOException)
        {
            Warn(
                $"Inside container '{place.Container.Name}' this could not be done: {string.Join("; ", words)} ({failure.Message.TrimEnd('.')}). "
                    + "Root in it may have changed its interfaces; Repair-BridgeNetwork tries again."
            );
        }
    }

    /// <summary>The indexes of those links of the host that are there and ours; of one that only has the name is warned.</summary>
    public IReadOnlyList<int> FindOwn(IEnumerable<LinkMark> marks)
    {
        List<int> own = [];
        foreach (LinkMark mark in marks)
        {
            _created.Remove(mark);
            if (host.FindLink(mark.Name) is not { } link)
                continue;
            if (mark.IsOn(link))
                own.Add(link.Index);
            else
                Warn($"The link {mark.Name} is not the one that this module created, so it was left alone.");
        }
        return own;
    }

    /// <summary>That a link is gone.</summary>
    public static BridgeNetException Gone(LinkMark mark) =>
        new(
            ErrorIds.NetlinkFailed,
            ProblemCategory.ResourceUnavailable,
            mark.Kind == "bridge"
                ? $"The bridge {mark.Name} of network '{mark.Owner}' is gone: somebody else deleted it. Remove the network and make it again."
                : $"The interface {mark.Name} of container '{mark.Owner}' was removed or replaced while it was being set up; try again.",
            mark.Owner
        );

    /// <summary>Closes the namespaces that are open; what needs one later opens it again.</summary>
    public void LetGo()
    {
        foreach (Entered space in _spaces.Values)
            space.Dispose();
        _spaces.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => LetGo();

    private Entered SpaceOf(Place place) => Known(place) ?? Add(place, door.Open(place.Container!));

    private Entered? TrySpaceOf(Place place) => Known(place) ?? (door.TryOpen(place.Container!) is { } space ? Add(place, space) : null);

    private Entered? Known(Place place) => _spaces.GetValueOrDefault(place.Container!.Id);

    private Entered Add(Place place, NetworkNamespace space)
    {
        Entered added = new(place.Container!, space);
        _spaces.Add(place.Container!.Id, added);
        return added;
    }

    /// <summary>An open namespace, and the socket that was opened inside.</summary>
    private sealed class Entered(ContainerRow container, NetworkNamespace space) : IDisposable
    {
        private RtnetlinkConnection? _links;

        public ContainerRow Container => container;

        public NetworkNamespace Space => space;

        public RtnetlinkConnection Links => _links ??= space.OpenRtnetlink();

        public void Dispose()
        {
            _links?.Dispose();
            space.Dispose();
        }
    }
}
