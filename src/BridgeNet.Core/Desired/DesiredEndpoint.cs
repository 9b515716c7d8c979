using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>How the interface of an endpoint should be inside its container, and what the container's routes are, by rows and nothing else.</summary>
internal static class DesiredEndpoint
{
    /// <summary>What is on the interface inside, and that it is up.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="place">Its container.</param>
    /// <param name="inside">By what the interface is known.</param>
    /// <param name="with">The key of the link that it comes and goes with.</param>
    public static IEnumerable<KernelObject> Objects(EndpointRow endpoint, Place place, LinkMark inside, string with) =>
        [
            new LinkSettings(place, inside, "settings", [.. Settings(endpoint)]) { With = with },
            .. Addresses(endpoint).Select(address => new LinkAddress(place, inside, address.Address, address.PrefixLength) { With = with }),
            new LinkUp(place, inside) { With = with },
        ];

    /// <summary>What else should be so inside: a new interface has it so.</summary>
    public static IEnumerable<KernelObject> Expected(EndpointRow endpoint, Place place, LinkMark inside, string with)
    {
        string key = $"net/ipv6/conf/{endpoint.InterfaceName}/disable_ipv6";
        if (endpoint.IPv6Address is not null && Settings(endpoint).All(setting => setting.Key != key))
            yield return new LinkSettings(place, inside, "defaults", [new Setting(key, "0")]) { With = with };
    }

    /// <summary>The default routes of a container with these endpoints, one of each family that has a gateway.</summary>
    public static IEnumerable<DefaultRoute> Routes(Place place, IReadOnlyList<EndpointRow> endpoints)
    {
        foreach (AddressFamily family in AddressNumber.Families)
        {
            if (ChooseGateway(endpoints, family) is { } chosen)
            {
                yield return new DefaultRoute(place, chosen.GatewayOf(family)!, LinkMark.Inside(chosen), chosen.HostInterface)
                {
                    Others = [.. endpoints.Select(endpoint => endpoint.GatewayOf(family)).OfType<IPAddress>()],
                };
            }
        }
    }

    /// <summary>The endpoint that the default route of a family goes through: Docker's rule, the highest priority, then the first network by name; null when none has a gateway.</summary>
    public static EndpointRow? ChooseGateway(IEnumerable<EndpointRow> endpoints, AddressFamily family) =>
        endpoints
            .Where(endpoint => endpoint.GatewayOf(family) is not null && !endpoint.NoDefaultRoute)
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
    /// The settings of the interface inside. IPv6 is off on an interface without an IPv6 address, as in Docker, unless a link-local
    /// one was asked for. Duplicate address detection is off where it is on: it would keep addresses from working for a second, and there is one hand
    /// that gives them. Router advertisements are not believed, for those that come are a neighbour's; who wants them asks with -Sysctl.
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

    /// <summary>Whether it has any address of IPv6.</summary>
    public static bool HasIPv6(EndpointRow endpoint) =>
        endpoint.IPv6Address is not null
        || endpoint.LinkLocalAddresses.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>The addresses that it sends from.</summary>
    public static IEnumerable<IPAddress> Sources(EndpointRow endpoint) =>
        [
            .. Addresses(endpoint).Select(static address => address.Address),
            .. HasIPv6(endpoint) ? [endpoint.MacAddress.ToLinkLocal()] : (IPAddress[])[],
        ];

    /// <summary>Where a container on a network sends what is for elsewhere; an internal network leads nowhere.</summary>
    public static IPAddress? Gateway(NetworkRow network, AddressFamily family)
    {
        if (network.Internal || network.Config(family) is not { } config)
            return null;
        string other = family == AddressFamily.InterNetwork ? NetworkOptions.DefaultGatewayIPv4 : NetworkOptions.DefaultGatewayIPv6;
        return config.AuxiliaryAddresses.GetValueOrDefault(other) ?? config.Gateway;
    }
}
