using System.Net;
using System.Net.Sockets;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The default route of a container in one family. One that another tool has set stays.</summary>
/// <param name="Place">The container.</param>
/// <param name="Gateway">Where it leads.</param>
/// <param name="Link">The interface that it leaves by.</param>
/// <param name="HostEnd">The name of that interface's other end, with which the route goes.</param>
internal sealed record DefaultRoute(Place Place, IPAddress Gateway, LinkMark Link, string HostEnd) : KernelObject
{
    /// <summary>The gateways of the container's other networks: a route that leads to one of these is ours too.</summary>
    public IReadOnlyList<IPAddress> Others { get; init; } = [];

    private AddressFamily Family => Gateway.AddressFamily;

    /// <inheritdoc/>
    public override string Key => $"{Place.Container!.Id} default route {Family}";

    /// <inheritdoc/>
    public override string? Parent => $"link {HostEnd}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Route;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"{Place.Ip} route replace default via {Gateway} dev {Link.Name}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} route delete default via {Gateway} dev {Link.Name}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // A container whose namespace is gone has none.
        if (kernel.TryLinks(Place) is not { } links)
            return;
        Route? now = Current(links, Family);
        if (IsForeign(now, before as DefaultRoute) || kernel.Find(Place, Link) is not { } link)
            return;
        if (now?.LinkIndex != link.Index || !Gateway.Equals(now.Gateway))
            links.ReplaceDefaultRoute(link.Index, Gateway);
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        if (kernel.TryLinks(Place) is { } links && Current(links, Family) is { } now && !IsForeign(now, null))
            links.DeleteDefaultRoute(Family);
    }

    /// <summary>The default route that a container has.</summary>
    public static Route? Current(RtnetlinkConnection links, AddressFamily family) => links.GetRoutes(family).FirstOrDefault(IsDefault);

    /// <summary>Whether a route is what a default route of ours would take the place of.</summary>
    public static bool IsDefault(Route route) =>
        route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN, LinkIndex: > 1 };

    /// <inheritdoc/>
    public bool Equals(DefaultRoute? other) =>
        other is not null && Key == other.Key && Gateway.Equals(other.Gateway) && Link.Name == other.Link.Name && HostEnd == other.HostEnd;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Place, Gateway);

    private bool IsForeign(Route? now, DefaultRoute? before) =>
        now is not null
        && !Gateway.Equals(now.Gateway)
        && !(before?.Gateway.Equals(now.Gateway) ?? false)
        && !Others.Any(other => other.Equals(now.Gateway));
}
