using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>Which of a container's gateways its default route goes through, for each address family. Docker's rule: the highest priority, then the first network by name.</summary>
internal static class DefaultRoute
{
    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>The endpoint whose gateway it is; null when none has one.</summary>
    public static EndpointRow? Choose(IEnumerable<EndpointRow> endpoints, AddressFamily family) => endpoints
        .Where(endpoint => endpoint.GatewayOf(family) is not null && !endpoint.NoDefaultRoute)
        .OrderByDescending(static endpoint => endpoint.GatewayPriority)
        .ThenBy(static endpoint => endpoint.NetworkName, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>What changes when a container's endpoints do, in words; empty when nothing does.</summary>
    public static string Describe(string netNSPath, IReadOnlyList<EndpointRow> before, IReadOnlyList<EndpointRow> after) => string.Join("; ", s_families.Select(family =>
        (Choose(before, family), Choose(after, family)) switch
        {
            (var old, { } chosen) when old?.EndpointId != chosen.EndpointId || !Equals(old.GatewayOf(family), chosen.GatewayOf(family)) =>
                $"ip -n {netNSPath} route replace default via {chosen.GatewayOf(family)} dev {chosen.InterfaceName}",
            ({ } old, null) when after.Any(endpoint => endpoint.EndpointId == old.EndpointId) =>
                $"ip -n {netNSPath} route delete default via {old.GatewayOf(family)} dev {old.InterfaceName}",
            _ => "",
        }).Where(static words => words.Length > 0));

    /// <summary>
    /// Sets the default routes that these endpoints should have. A route of another tool stays.
    /// </summary>
    /// <param name="links">A socket inside the container.</param>
    /// <param name="known">All endpoints that the route may go through now; what goes elsewhere is another tool's.</param>
    /// <param name="endpoints">Those that there are to be.</param>
    public static void Settle(RtnetlinkConnection links, IReadOnlyList<EndpointRow> known, IReadOnlyList<EndpointRow> endpoints)
    {
        foreach (AddressFamily family in s_families)
            Settle(links, family, known, endpoints);
    }

    private static void Settle(RtnetlinkConnection links, AddressFamily family, IReadOnlyList<EndpointRow> known, IReadOnlyList<EndpointRow> endpoints)
    {
        if (known.All(endpoint => endpoint.Address(family) is null))
            return;
        Route? now = links.GetRoutes(family).FirstOrDefault(static route => route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN, LinkIndex: > 1 });
        bool ours = now is null || known.Any(endpoint => endpoint.GatewayOf(family)?.Equals(now.Gateway) ?? false);
        if (!ours)
            return;
        EndpointRow? chosen = Choose(endpoints, family);
        if (chosen is null)
        {
            if (now is not null)
                links.DeleteDefaultRoute(family);
        }
        else if (links.FindLink(chosen.InterfaceName) is { Kind: "veth" } link && link.Mac == chosen.MacAddress && (now?.LinkIndex != link.Index || !Equals(now.Gateway, chosen.GatewayOf(family))))
        {
            links.ReplaceDefaultRoute(link.Index, chosen.GatewayOf(family)!);
        }
    }
}
