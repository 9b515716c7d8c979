using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Engine;

/// <summary>Which of a container's gateways its default route goes through. Docker's rule: the first network by name that has a gateway.</summary>
internal static class DefaultRoute
{
    /// <summary>The endpoint whose gateway it is; null when none has one.</summary>
    public static BridgeEndpoint? Choose(IEnumerable<BridgeEndpoint> endpoints) => endpoints
        .Where(endpoint => endpoint.Gateway is not null)
        .OrderBy(endpoint => endpoint.NetworkName, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Makes the default route what it should be with these endpoints; a namespace that is gone, and a route that somebody else set, are left alone.</summary>
    public static void Settle(string netNSPath, IReadOnlyList<BridgeEndpoint> endpoints)
    {
        if (Choose(endpoints) is not { } chosen || !File.Exists(netNSPath))
            return;
        using NetworkNamespace space = NetworkNamespace.Open(netNSPath);
        using RtnetlinkConnection links = space.OpenRtnetlink();
        if (links.FindLink(chosen.InterfaceName) is not { } link)
            return;
        Route? now = links.GetRoutes(AddressFamily.InterNetwork).FirstOrDefault(route => route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN });
        bool ours = now is null || endpoints.Any(endpoint => endpoint.Gateway?.Equals(now.Gateway) ?? false);
        if (ours && now?.LinkIndex != link.Index)
            links.ReplaceDefaultRoute(link.Index, chosen.Gateway!);
    }
}
