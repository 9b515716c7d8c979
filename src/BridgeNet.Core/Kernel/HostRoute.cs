using System.Net;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel;

/// <summary>
/// The host's route to one address of a container by an interface of the host's own: the route to the subnet is that of the parent, which
/// does not reach it. A route of another tool to the same address stays.
/// </summary>
/// <param name="Link">Identifies the interface of the host.</param>
/// <param name="Address">The address of the container.</param>
/// <param name="Source">The host's address on the interface.</param>
internal sealed record HostRoute(LinkMark Link, IPAddress Address, IPAddress Source) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"route {Address} dev {Link.Name}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Route;

    private IPNetwork Destination => new(Address, AddressNumber.Bits(Address.AddressFamily));

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"ip route add {Address} dev {Link.Name} src {Source}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"ip route delete {Address} dev {Link.Name}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // Without its interface, which a repair creates, there is nothing to route by.
        if (kernel.Find(Place.Host, Link) is not { } link)
            return;
        try
        {
            kernel.Host.AddRoute(link.Index, Destination, Source);
        }
        catch (NetlinkException failure) when (failure.Errno == EEXIST)
        {
            // It is ours if an undo is tried again.
            if (!kernel.Host.GetRoutes(Address.AddressFamily).Any(route => IsThis(route, link.Index)))
                kernel.Warn($"The host has another route to {Address}, and reaches the container only if that one is removed.");
        }
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.ChangeIfExists(Place.Host, Link, (links, link) => links.RemoveRoute(link.Index, Destination));

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        // Without the interface and its address there is no route; they have findings of their own, and are restored first.
        !actual.ExistsOrPlanned(Place.Host, Link)
        || actual.Find(Place.Host, Link) is { } link && actual.Host.HasMainRoute(link.Index, Destination)
            ? []
            :
            [
                new(
                    DriftKind.Route,
                    $"{Destination}",
                    $"dev {Link.Name}",
                    Deviation.Missing,
                    this with
                    {
                        Link = actual.Known(Place.Host, Link),
                    }
                ),
            ];

    private bool IsThis(Route route, int link) =>
        route.LinkIndex == link && route.Destination.Equals(Destination) && route.Table == RtnlConstants.RT_TABLE_MAIN;
}
