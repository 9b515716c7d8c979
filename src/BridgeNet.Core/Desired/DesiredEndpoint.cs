using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>How the two ends of an endpoint should be, by its row, its network's and its container's, and nothing else.</summary>
internal static class DesiredEndpoint
{
    /// <summary>The veth pair and all that is on it.</summary>
    public static IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place)
    {
        LinkMark mark = LinkMark.Of(endpoint), inside = LinkMark.Inside(endpoint);
        VethLink pair = new(mark, LinkMark.Of(network), network.Mtu, InterfaceGroup.OfPort(network.AntiSpoof), place, inside);
        yield return pair;
        yield return new LinkSettings(Place.Host, mark, "settings", [.. PortSettings(endpoint.HostInterface)]);
        if (Flags(network, endpoint) is var flags && flags != PortFlags.Default)
            yield return new BridgePortFlags(mark, flags);
        if (network.AntiSpoof)
            yield return new SenderCheck(mark, endpoint.MacAddress);
        yield return new LinkSettings(place, inside, "settings", [.. Settings(endpoint)]) { With = pair.Key };
        foreach ((IPAddress address, int length) in Addresses(endpoint))
            yield return new LinkAddress(place, inside, address, length) { With = pair.Key };
        yield return new LinkUp(place, inside) { With = pair.Key };
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
    public static EndpointRow? ChooseGateway(IEnumerable<EndpointRow> endpoints, AddressFamily family) => endpoints
        .Where(endpoint => endpoint.GatewayOf(family) is not null && !endpoint.NoDefaultRoute)
        .OrderByDescending(static endpoint => endpoint.GatewayPriority)
        .ThenBy(static endpoint => endpoint.NetworkName, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>The settings of a bridge port, which the host has nothing to say on: no address, no answers by ARP.</summary>
    public static IEnumerable<Setting> PortSettings(string port) => [new($"net/ipv6/conf/{port}/disable_ipv6", "1"), new($"net/ipv4/conf/{port}/arp_ignore", "8")];

    /// <summary>How the bridge treats its port.</summary>
    public static PortFlags Flags(NetworkRow network, EndpointRow endpoint) => new(
        !network.InterContainer,
        // A container that reaches its own published port has its frames sent back by the bridge port they came from, where br_netfilter translates them in the bridge.
        endpoint.Ports.Any(static port => port.HostPort > 0),
        // Who is behind it is known, and frames to the bridge's own protocols (01:80:c2:00:00:0e) are learned from before any rule.
        !network.AntiSpoof);

    /// <summary>The addresses of the interface inside.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(EndpointRow endpoint) =>
    [
        .. endpoint.IPAddress is { } ipv4 ? [(ipv4, endpoint.PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.IPv6Address is { } ipv6 ? [(ipv6, endpoint.IPv6PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.LinkLocalAddresses.Select(static address => (address, address.AddressFamily == AddressFamily.InterNetwork ? 16 : 64)),
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
        endpoint.IPv6Address is not null || endpoint.LinkLocalAddresses.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>The addresses that it sends from.</summary>
    public static IEnumerable<IPAddress> Sources(EndpointRow endpoint) =>
        [.. Addresses(endpoint).Select(static address => address.Address), .. HasIPv6(endpoint) ? [endpoint.MacAddress.ToLinkLocal()] : (IPAddress[])[]];

    /// <summary>Where a container on a network sends what is for elsewhere; an internal network leads nowhere.</summary>
    public static IPAddress? Gateway(NetworkRow network, AddressFamily family)
    {
        if (network.Internal || network.Config(family) is not { } config)
            return null;
        string other = family == AddressFamily.InterNetwork ? NetworkOptions.DefaultGatewayIPv4 : NetworkOptions.DefaultGatewayIPv6;
        return config.AuxiliaryAddresses.GetValueOrDefault(other) ?? config.Gateway;
    }
}
