using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel;

/// <summary>
/// The access of one change to the kernel: the host's netlink socket, and the namespaces of containers. Each namespace is checked and
/// opened when it is first needed, and stays open until the change has ended, so that no other namespace can replace it.
/// </summary>
/// <param name="sysctl">Kernel settings.</param>
/// <param name="namespaces">The namespaces of the machine.</param>
/// <param name="host">The host's links.</param>
/// <param name="door">The way into namespaces.</param>
/// <param name="warn">Receives a warning for each object that was left alone.</param>
/// <param name="beforeKept">Is called with a namespace that was created, before it gets a name.</param>
internal sealed class KernelAccess(
    ISysctl sysctl,
    INamespaces namespaces,
    IRtnetlink host,
    NamespaceDoor door,
    Action<string> warn,
    Action<KeptNamespace> beforeKept
) : IDisposable
{
    private readonly Dictionary<string, Entered> _spaces = [];
    private readonly Dictionary<LinkMark, int> _created = [];

    /// <summary>Kernel settings of the calling thread's namespace.</summary>
    public ISysctl Sysctl => sysctl;

    /// <summary>The namespaces of the machine.</summary>
    public INamespaces Namespaces => namespaces;

    /// <summary>The host's links.</summary>
    public IRtnetlink Host => host;

    /// <summary>Reports a warning.</summary>
    public void Warn(string sentence) => warn(sentence);

    /// <summary>The namespace of a container's place.</summary>
    /// <inheritdoc cref="NamespaceDoor.Open" path="/exception"/>
    public INetworkNamespace Space(Place place) => SpaceOf(place).Space;

    /// <summary>Like <see cref="Space"/>; null if the namespace does not exist, or another one replaced it.</summary>
    public INetworkNamespace? TrySpace(Place place) => TrySpaceOf(place)?.Space;

    /// <summary>A namespace that is already open because this change created or removed it; null if none is.</summary>
    public INetworkNamespace? Held(Place place) => _spaces.GetValueOrDefault(place.Container!.Id)?.Space;

    /// <summary>Registers a namespace that was just created for a container.</summary>
    public void Take(Place place, INetworkNamespace created)
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

    /// <summary>
    /// Reports a created namespace before it gets a name, so that a leftover of a killed command can be distinguished from a foreign
    /// namespace.
    /// </summary>
    public void BeforeKept(KeptNamespace created) => beforeKept(created);

    /// <summary>The container, with the identity of its namespace if this change created or opened it.</summary>
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
    public IRtnetlink Links(Place place) => place.Container is null ? host : SpaceOf(place).Links;

    /// <summary>Like <see cref="Links"/>; null if the namespace does not exist, or another one replaced it.</summary>
    public IRtnetlink? TryLinks(Place place) => place.Container is null ? host : TrySpaceOf(place)?.Links;

    /// <summary>Runs work inside a place, on a dedicated thread if that is a container.</summary>
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

    /// <summary>The link with a mark; null if it does not exist, or another link has its name.</summary>
    public Link? Find(Place place, LinkMark mark) => TryLinks(place)?.FindLink(mark.Name) is { } link && mark.IsOn(link) ? link : null;

    /// <summary>The link with a mark, also if it was renamed; null if it does not exist.</summary>
    public Link? FindRenamed(Place place, LinkMark mark) => Find(place, mark) ?? TryLinks(place)?.GetLinks().FirstOrDefault(mark.IsRenamed);

    /// <summary>The link with a mark.</summary>
    /// <exception cref="BridgeNetException">NetlinkFailed: the link does not exist, or another link has its name.</exception>
    public Link Require(Place place, LinkMark mark) =>
        (Links(place).FindLink(mark.Name) is { } link && mark.IsOn(link) ? link : null) ?? throw Gone(mark);

    /// <summary>The index of the link with a mark. A link that this change created keeps the index of its creation.</summary>
    /// <inheritdoc cref="Require" path="/exception"/>
    public int IndexOf(Place place, LinkMark mark) => _created.TryGetValue(mark, out int index) ? index : Require(place, mark).Index;

    /// <summary>Records the index of a link that was just created.</summary>
    public void Created(LinkMark mark, int index) => _created[mark] = index;

    /// <summary>
    /// Changes a link if it exists. A link of a container can disappear at any time, when its namespace ends, and then needs no change.
    /// </summary>
    public void ChangeIfExists(Place place, LinkMark mark, Action<IRtnetlink, Link> change)
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
    /// Runs work that may fail inside a container, with a warning: root there may have set an interface down, or removed addresses or IPv6.
    /// This must not prevent changes of other containers, or the recovery of the host; a repair tries again.
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
                $"Inside container '{place.Container.Name}' these steps failed: {string.Join("; ", words)} ({failure.Message.TrimEnd('.')}). "
                    + "Root in the container may have changed its interfaces; a repair tries again."
            );
        }
    }

    /// <summary>
    /// The indexes of those host links that exist and are ours, also if they were renamed. Warns about a foreign link that only has the
    /// name.
    /// </summary>
    public IReadOnlyList<int> FindOwn(IEnumerable<LinkMark> marks)
    {
        List<int> own = [];
        // All links are read only if a name is missing, which is rare.
        Lazy<IReadOnlyList<Link>> all = new(host.GetLinks);
        foreach (LinkMark mark in marks)
        {
            _created.Remove(mark);
            if ((host.FindLink(mark.Name) ?? all.Value.FirstOrDefault(mark.IsRenamed)) is not { } link)
                continue;
            if (mark.IsOn(link))
                own.Add(link.Index);
            else
                Warn($"The link {mark.Name} is not the one that this module created, so it was left alone.");
        }
        return own;
    }

    /// <summary>The exception for a missing link.</summary>
    public static BridgeNetException Gone(LinkMark mark) =>
        new(
            ErrorIds.NetlinkFailed,
            ProblemCategory.ResourceUnavailable,
            mark.ByName
                    ? $"The interface {mark.Name}, the parent of network '{mark.Owner}', does not exist; create it, or remove the network."
                : mark.Kind is "bridge" or Vlan.KindName
                    ? $"The {mark.Kind} {mark.Name} of network '{mark.Owner}' is missing: another tool deleted it, or the host was started again. Repair the network."
                : $"The interface {mark.Name} of container '{mark.Owner}' was removed or replaced while it was being set up; try again.",
            mark.Owner
        );

    /// <summary>Closes all open namespaces; later work opens them again.</summary>
    public void CloseNamespaces()
    {
        foreach (Entered space in _spaces.Values)
            space.Dispose();
        _spaces.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => CloseNamespaces();

    private Entered SpaceOf(Place place) =>
        Known(place)
        ?? (
            place.IsUnidentified
                ? throw new BridgeNetException(
                    ErrorIds.NamespaceFailed,
                    ProblemCategory.ObjectNotFound,
                    $"Container '{place.Container!.Name}' has no namespace yet.",
                    place.Container.Name
                )
                : Add(place, door.Open(place.Container!))
        );

    private Entered? TrySpaceOf(Place place) =>
        Known(place) ?? (!place.IsUnidentified && door.TryOpen(place.Container!) is { } space ? Add(place, space) : null);

    private Entered? Known(Place place) => _spaces.GetValueOrDefault(place.Container!.Id);

    private Entered Add(Place place, INetworkNamespace space)
    {
        Entered added = new(place.Container!, space);
        _spaces.Add(place.Container!.Id, added);
        return added;
    }

    /// <summary>An open namespace, and the netlink socket opened inside.</summary>
    private sealed class Entered(ContainerRow container, INetworkNamespace space) : IDisposable
    {
        private IRtnetlink? _links;

        public ContainerRow Container => container;

        public INetworkNamespace Space => space;

        public IRtnetlink Links => _links ??= space.OpenRtnetlink();

        public void Dispose()
        {
            _links?.Dispose();
            space.Dispose();
        }
    }
}
