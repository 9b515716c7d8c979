using System.Net;
using System.Net.Sockets;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The default route of a container in one address family. A default route of another tool stays.</summary>
/// <param name="Place">The container.</param>
/// <param name="Gateway">The next hop; null if the interface itself leads out.</param>
/// <param name="Link">Identifies the outgoing interface.</param>
/// <param name="HostEnd">
/// The name of the other end of that interface, with which the route is removed; empty if it has none, and the route is removed with it.
/// </param>
internal sealed record DefaultRoute(Place Place, IPAddress? Gateway, LinkMark Link, string HostEnd) : KernelObject
{
    /// <summary>The gateways of the container's other networks: a route through one of them is ours, too.</summary>
    public IReadOnlyList<IPAddress> Others { get; init; } = [];

    /// <summary>The interfaces of the container that lead out without a gateway: a route by one of them is ours, too.</summary>
    public IReadOnlyList<LinkMark> Devices { get; init; } = [];

    /// <summary>The address family.</summary>
    public AddressFamily Family
    {
        get => Gateway?.AddressFamily ?? field;
        init;
    }

    // Of a gateway, ip knows the family by itself.
    private string Ip => Gateway is null && Family == AddressFamily.InterNetworkV6 ? $"{Place.Ip} -6" : Place.Ip;

    /// <inheritdoc/>
    public override string Key => $"{Place.Container!.Id} default route {Family}";

    /// <inheritdoc/>
    public override string? Parent => HostEnd.Length > 0 ? $"link {HostEnd}" : UpperLink.KeyOf(Place, Link.Name);

    /// <inheritdoc/>
    public override Stage Stage => Stage.Route;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"{Ip} route replace default {Way(Gateway, Link.Name)}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Ip} route delete default {Way(Gateway, Link.Name)}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // Without its namespace, a container has no routes.
        if (kernel.TryLinks(Place) is not { } links)
            return;
        Route? now = Current(links, Family);
        if (IsForeign(links, now, before as DefaultRoute) || kernel.Find(Place, Link) is not { } link)
            return;
        if (now?.LinkIndex == link.Index && Equals(Gateway, now.Gateway))
            return;
        if (Gateway is null)
            links.ReplaceDefaultRoute(link.Index, Family);
        else
            links.ReplaceDefaultRoute(link.Index, Gateway);
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        if (kernel.TryLinks(Place) is { } links && Current(links, Family) is { } now && !IsForeign(links, now, null))
            links.DeleteDefaultRoute(Family);
    }

    /// <summary>How a route leads out, in the words of <c>ip</c>.</summary>
    public static string Way(IPAddress? gateway, string device) =>
        $"{(gateway is null ? "" : $"via {gateway} ")}dev {ShellWord.Of(device)}";

    /// <summary>The current default route of a container.</summary>
    public static Route? Current(IRtnetlink links, AddressFamily family) => links.GetRoutes(family).FirstOrDefault(IsDefault);

    /// <summary>Whether a route is a default route that ours would replace.</summary>
    public static bool IsDefault(Route route) =>
        route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN, LinkIndex: > 1 };

    /// <inheritdoc/>
    public bool Equals(DefaultRoute? other) =>
        other is not null && Key == other.Key && Equals(Gateway, other.Gateway) && Link.Name == other.Link.Name && HostEnd == other.HostEnd;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Place, Gateway);

    private bool IsForeign(IRtnetlink links, Route? now, DefaultRoute? before)
    {
        if (now is null)
            return false;
        if (now.Gateway is not { } gateway)
            return !Devices
                .Concat(before?.Devices ?? [])
                .Any(own => links.FindLink(own.Name) is { } link && link.Index == now.LinkIndex && own.IsOn(link));
        return !gateway.Equals(Gateway) && !gateway.Equals(before?.Gateway) && !Others.Any(gateway.Equals);
    }
}
