using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel;

/// <summary>
/// An interface that is on a link of the host: that of an endpoint (macvlan, ipvlan), which is created inside the container, or one of the
/// host itself (a VLAN, or one beside those of endpoints). The kernel removes it with that link.
/// </summary>
/// <param name="Mark">Identifies the interface.</param>
/// <param name="Lower">Identifies the link of the host that it is on.</param>
/// <param name="Place">The container, or the host.</param>
/// <param name="Upper">Its kind, with its properties.</param>
/// <param name="Mtu">The MTU, in bytes, at most that of the lower link; 0 for that one.</param>
internal sealed record UpperLink(LinkMark Mark, LinkMark Lower, Place Place, UpperKind Upper, int Mtu) : LinkObject(Mark)
{
    /// <summary>The MTU that the interfaces on it need, in bytes; 0 for any.</summary>
    public int MinMtu { get; init; }

    /// <inheritdoc/>
    public override string Key => KeyOf(Place, Mark.Name);

    /// <inheritdoc/>
    public override Stage Stage => Place.Container is null ? Stage.Bridge : Stage.Link;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IReadOnlyList<LinkEnd> Ends => [new(Place, Mark)];

    /// <inheritdoc/>
    public override IReadOnlyList<LinkMark> Needs => [Lower];

    /// <inheritdoc/>
    public override DriftKind Kind => Place.Container is null ? DriftKind.Link : DriftKind.Endpoint;

    /// <inheritdoc/>
    public override string Noun => $"a {Upper.Name} interface";

    /// <summary>That the kernel does not have a kind of interfaces.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="network">The name of the network.</param>
    public static Problem Unsupported(UpperKind kind, string network) =>
        new(
            ErrorIds.DriverUnsupported,
            ProblemCategory.NotImplemented,
            $"This kernel has no {kind.Name} interfaces: load the module with 'modprobe {kind.Module}', or start a kernel with {kind.KernelOption}.",
            network
        );

    /// <summary>The key of an interface: inside a container with its id, because other containers have one of the same name.</summary>
    public static string KeyOf(Place place, string name) =>
        place.Container is { } container ? $"{container.Id} link {name}" : $"link {name}";

    /// <inheritdoc/>
    public override Absence? Locate(ActualState actual)
    {
        if (actual.In(Place) is not { } inside)
            return new(Mark.Name, Deviation.Missing);
        if (inside.Find(Mark.Name) is { } named && !Mark.IsOn(named))
        {
            string name = ShellWord.Of(named.Name);
            return new(Mark.Name, $"a foreign link has the name {name}") { Advice = Absence.Rename(name) };
        }
        if ((inside.Find(Mark.Name) ?? inside.Links.FirstOrDefault(Mark.IsRenamed)) is not { } found)
            return new(Mark.Name, Deviation.Missing);
        if (actual.Find(Place.Host, Lower) is { } lower && lower.Index != found.LinkedIndex)
        {
            string on = actual.Host.Find(found.LinkedIndex) is { } other ? ShellWord.Of(other.Name) : "another link";
            return new(Mark.Name, $"on {on}") { Leftovers = [this] };
        }
        actual.Locate(Place, Mark, found);
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        [
            // A lower link with a smaller MTU has a finding of its own.
            .. base.Compare(actual)
                .Where(deviation =>
                    deviation.Wanted is not LinkProperty { Name: LinkProperty.Mtu }
                    || !(actual.Find(Place.Host, Lower) is { Mtu: var most } && most < Mtu)
                ),
            .. actual.Find(Place, Mark)?.Mtu < MinMtu && actual.Find(Place.Host, Lower)?.Mtu >= MinMtu
                ? new LinkProperty(Place, Mark, LinkProperty.Mtu, $"{MinMtu}").Compare(actual)
                : [],
            .. Upper is Vlan ? [] : new UpperMode(Place, Mark, Upper).Compare(actual),
        ];

    /// <inheritdoc/>
    protected override void RemoveInside(KernelAccess kernel)
    {
        // An interface of the host is found by its mark, or it is another tool's.
        if (Place.Container is null)
            return;
        kernel.WherePossible(
            Place,
            RemovalWords(),
            () =>
            {
                if (kernel.TryLinks(Place) is not { } links)
                    return;
                if ((kernel.FindRenamed(Place, Mark) ?? Disguised(kernel, links)) is { } link)
                    links.DeleteLinks([link.Index]);
                else
                    kernel.Warn(
                        $"The interface {Mark.Name} of container '{Mark.Owner}' was not found: if root there moved it to another namespace, it is still on {Lower.Name}, until the processes there end."
                    );
            }
        );
    }

    /// <summary>
    /// The interface if root in the container changed all that tells whose it is. It cannot change which link it is on.
    /// </summary>
    private Link? Disguised(KernelAccess kernel, IRtnetlink links) =>
        kernel.Find(Place.Host, Lower) is { } lower
            ? links
                .GetLinks()
                .FirstOrDefault(link => link.Kind == Upper.Name && link.LinkedIndex == lower.Index && !LinkMark.HasAnyAlias(link))
            : null;

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() =>
        [
            .. Mtu > 0 ? [new(Place, Mark, LinkProperty.Mtu, $"{Mtu}")] : (LinkProperty[])[],
            new(Place, Mark, LinkProperty.Alias, Mark.Alias!),
        ];

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Fixed() =>
        [
            .. Mark.Mac is { } mac ? [new(Place, Mark, LinkProperty.Address, $"{mac}")] : (LinkProperty[])[],
            new(Place, Mark, LinkProperty.Group, $"{Mark.Group}"),
        ];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
        [
            string.Join(
                ' ',
                [
                    $"ip link add link {Lower.Name} name {Mark.Name}",
                    .. Mark.Mac is { } mac ? [$"address {mac}"] : (string[])[],
                    .. Mtu > 0 ? [$"mtu {Mtu}"] : (string[])[],
                    $"group {Mark.Group}",
                    .. Place.Container is null ? (string[])[] : [$"netns {Place.Path}"],
                    $"type {Upper.Name} {Upper.Words};",
                    $"{Place.Ip} link set {Mark.Name} alias '{Mark.Alias}'",
                ]
            ),
        ];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel)
    {
        try
        {
            kernel.Host.CreateUpper(
                Mark.Name,
                kernel.IndexOf(Place.Host, Lower),
                Upper,
                Mark.Mac,
                Mtu,
                Mark.Group,
                inside: Place.Container is null ? null : kernel.Space(Place).Handle
            );
        }
        catch (NetlinkException failure) when (failure.Errno == EOPNOTSUPP)
        {
            throw new BridgeNetException([Unsupported(Upper, Lower.Owner)], failure);
        }
        catch (NetlinkException failure) when (failure.Errno == EEXIST && Upper is Vlan)
        {
            throw Refused(
                ErrorIds.InvalidOption,
                kernel.Host.FindLink(Mark.Name) is not null
                    ? $"The interface {Mark.Name} was created by another tool at the same time; try again to use it as the parent."
                    : $"The interface {Lower.Name} has an interface with {Upper.Words} already, under another name than {Mark.Name}; give that one as the parent.",
                failure
            );
        }
        catch (NetlinkException failure) when (failure.Errno == EINVAL && kernel.Find(Place.Host, Lower) is { Mtu: var most } && most < Mtu)
        {
            throw Refused(
                ErrorIds.InvalidOption,
                $"The MTU of network '{Lower.Owner}' is {Mtu}, but that of its parent {Lower.Name} is smaller: raise that one with 'ip link set {Lower.Name} mtu {Mtu}', or lower that of the network.",
                failure
            );
        }
        catch (NetlinkException failure) when (failure.Errno == EBUSY || failure.Errno == EINVAL)
        {
            throw Refused(
                ErrorIds.NetlinkFailed,
                $"The interface {Lower.Name} cannot carry a {Upper.Name} interface with {Upper.Words}: it has interfaces of another kind or mode, or is a port of a bridge. Remove these, or create the network on another interface.",
                failure
            );
        }
        kernel.Links(Place).ReplaceAlias(kernel.IndexOf(Place, Mark), Mark.Alias!);
    }

    private BridgeNetException Refused(string id, string sentence, NetlinkException failure) =>
        new(id, ProblemCategory.ResourceBusy, sentence, Lower.Owner, failure);
}

/// <summary>The properties that an interface has on its lower link.</summary>
/// <param name="Place">The container.</param>
/// <param name="Mark">Identifies the interface.</param>
/// <param name="Upper">Its kind, with its properties.</param>
internal sealed record UpperMode(Place Place, LinkMark Mark, UpperKind Upper) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} link {Mark.Name} {Upper.Name}";

    /// <inheritdoc/>
    public override string? Parent => UpperLink.KeyOf(Place, Mark.Name);

    /// <inheritdoc/>
    public override Stage Stage => Stage.Port;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [$"{Place.Ip} link set {ShellWord.Of(Mark.Name)} type {Upper.Name} {Upper.Words}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        kernel.ChangeIfExists(Place, Mark, (links, link) => links.SetUpper(link.Index, Upper));

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Find(Place, Mark) is { Upper: { } now } && now != Upper
            ? [new(DriftKind.Link, Mark.Name, Upper.Words, now.Words, this with { Mark = actual.Known(Place, Mark) })]
            : [];
}
