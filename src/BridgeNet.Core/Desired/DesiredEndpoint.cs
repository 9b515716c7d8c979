using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>How the two ends of an endpoint should be, by its row and its network's, and nothing else.</summary>
internal static class DesiredEndpoint
{
    /// <summary>The settings of a bridge port, which the host has nothing to say on: no address, no answers by ARP.</summary>
    public static (string Key, string Value)[] PortSettings(string port) => [($"net/ipv6/conf/{port}/disable_ipv6", "1"), ($"net/ipv4/conf/{port}/arp_ignore", "8")];

    /// <summary>The addresses of the interface inside.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(EndpointRow endpoint) =>
    [
        .. endpoint.IPAddress is { } ipv4 ? [(ipv4, endpoint.PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.IPv6Address is { } ipv6 ? [(ipv6, endpoint.IPv6PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.LinkLocalAddresses.Select(static address => (address, address.AddressFamily == AddressFamily.InterNetwork ? 16 : 64)),
    ];

    /// <summary>
    /// The settings of the interface inside, by their names. IPv6 is off on an interface without an IPv6 address, as in Docker, unless a link-local
    /// one was asked for. Duplicate address detection is off where it is on: it would keep addresses from working for a second, and there is one hand
    /// that gives them. Router advertisements are not believed, for those that come are a neighbour's; who wants them asks with -Sysctl.
    /// </summary>
    public static IEnumerable<(string Key, string Value)> Settings(EndpointRow endpoint)
    {
        if (!endpoint.Sysctls.Any(static asked => asked.Key.EndsWith(".autoconf", StringComparison.Ordinal) && asked.Value == "1"))
            yield return ($"net.ipv6.conf.{endpoint.InterfaceName}.accept_ra", "0");
        yield return HasIPv6(endpoint) ? ($"net.ipv6.conf.{endpoint.InterfaceName}.accept_dad", "0") : ($"net.ipv6.conf.{endpoint.InterfaceName}.disable_ipv6", "1");
        foreach ((string key, string value) in endpoint.Sysctls)
            yield return (string.Join('.', key.Split('.').Select(word => word == "IFNAME" ? endpoint.InterfaceName : word)), value);
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
