using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>The desired state of an endpoint's interface and of the routes inside a container, computed only from rows.</summary>
internal static class DesiredEndpoint
{
    /// <summary>The objects on the interface inside, and that it is up.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="place">Its container.</param>
    /// <param name="inside">The mark of the interface.</param>
    /// <param name="with">The key of the link that it is created and removed with.</param>
    public static IEnumerable<KernelObject> Objects(EndpointRow endpoint, Place place, LinkMark inside, string with) =>
        [
            new LinkSettings(place, inside, "settings", [.. Settings(endpoint)]) { With = with },
            .. Addresses(endpoint).Select(address => new LinkAddress(place, inside, address.Address, address.PrefixLength) { With = with }),
            new LinkUp(place, inside) { With = with },
        ];

    /// <summary>Further expected properties inside: a new interface has them by default.</summary>
    public static IEnumerable<KernelObject> Expected(EndpointRow endpoint, Place place, LinkMark inside, string with)
    {
        string key = $"net/ipv6/conf/{endpoint.InterfaceName}/disable_ipv6";
        if (endpoint.IPv6Address is not null && Settings(endpoint).All(setting => setting.Key != key))
            yield return new LinkSettings(place, inside, "defaults", [new Setting(key, "0")]) { With = with };
    }

    /// <summary>The default routes of a container with these endpoints: one for each family that leads out of a network.</summary>
    public static IEnumerable<DefaultRoute> Routes(Place place, IReadOnlyList<EndpointRow> endpoints)
    {
        foreach (AddressFamily family in AddressNumber.Families)
        {
            if (ChooseGateway(endpoints, family) is { } chosen)
            {
                yield return Route(place, chosen, family) with
                {
                    Others = [.. endpoints.Select(endpoint => endpoint.GatewayOf(family)).OfType<IPAddress>()],
                    Devices = [.. endpoints.Where(static endpoint => endpoint.RoutesByDevice).Select(LinkMark.Inside)],
                };
            }
        }
    }

    /// <summary>The default route of a family by an endpoint.</summary>
    public static DefaultRoute Route(Place place, EndpointRow endpoint, AddressFamily family) =>
        new(place, endpoint.GatewayOf(family), LinkMark.Inside(endpoint), endpoint.HostInterface)
        {
            Family = family,
            Devices = endpoint.RoutesByDevice ? [LinkMark.Inside(endpoint)] : [],
        };

    /// <summary>
    /// The endpoint for the default route of a family, by Docker's rule: the highest priority, then the first network by name; null if none
    /// leads out.
    /// </summary>
    public static EndpointRow? ChooseGateway(IEnumerable<EndpointRow> endpoints, AddressFamily family) =>
        endpoints
            .Where(endpoint => endpoint.LeadsOut(family) && !endpoint.NoDefaultRoute)
            .OrderByDescending(static endpoint => endpoint.GatewayPriority)
            .ThenBy(static endpoint => endpoint.NetworkName, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The addresses of the interface inside.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(EndpointRow endpoint) =>
        [
            .. endpoint.IPAddress is { } ipv4 ? [(ipv4, endpoint.PrefixLength)] : ((IPAddress, int)[])[],
            .. endpoint.IPv6Address is { } ipv6 ? [(ipv6, endpoint.IPv6PrefixLength)] : ((IPAddress, int)[])[],
            .. endpoint.LinkLocalAddresses.Select(static address =>
                (address, address.AddressFamily == AddressFamily.InterNetwork ? 16 : 64)
            ),
        ];

    /// <summary>
    /// The settings of the interface inside. As in Docker, IPv6 is disabled on an interface without an IPv6 address, unless a link-local
    /// address was requested. Duplicate address detection is disabled: it would delay addresses by a second, and this module alone assigns
    /// them. Router advertisements are ignored, because those that arrive are from a neighbour; a user can enable them with -Sysctl.
    /// </summary>
    public static IEnumerable<Setting> Settings(EndpointRow endpoint)
    {
        string name = endpoint.InterfaceName;
        if (!endpoint.Sysctls.Any(static asked => asked.Key.EndsWith(".autoconf", StringComparison.Ordinal) && asked.Value == "1"))
            yield return new($"net/ipv6/conf/{name}/accept_ra", "0");
        yield return HasIPv6(endpoint) ? new($"net/ipv6/conf/{name}/accept_dad", "0") : new($"net/ipv6/conf/{name}/disable_ipv6", "1");
        foreach ((string key, string value) in endpoint.Sysctls)
            yield return new(string.Join('/', key.Split('.').Select(word => word == "IFNAME" ? name : word)), value) { Asked = true };
    }

    /// <summary>Whether the endpoint has any IPv6 address.</summary>
    public static bool HasIPv6(EndpointRow endpoint) =>
        endpoint.IPv6Address is not null
        || endpoint.LinkLocalAddresses.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>The source addresses of the endpoint.</summary>
    public static IEnumerable<IPAddress> Sources(EndpointRow endpoint) =>
        [
            .. Addresses(endpoint).Select(static address => address.Address),
            .. HasIPv6(endpoint) && endpoint.MacAddress is { } mac ? [mac.ToLinkLocal()] : (IPAddress[])[],
        ];
}
