using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>How the bridge of a network should be, by the network's row and nothing else.</summary>
internal static class DesiredBridge
{
    /// <summary>The addresses that the host has on it.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(NetworkRow network) => network.IPAM.Config
        .Where(config => config.Gateway is not null && !IsInhibited(network, config.Subnet.BaseAddress.AddressFamily))
        .Select(static config => (config.Gateway!, config.Subnet.PrefixLength));

    /// <summary>The settings of a bridge of ours, whatever is on it, by their paths below <c>/proc/sys</c>.</summary>
    public static IEnumerable<(string Key, string Value)> Settings(NetworkRow network, string bridge)
    {
        yield return ($"net/ipv6/conf/{bridge}/accept_ra", "0");
        // A link-local address whose uniqueness is being tried cannot ask for neighbours: for a second nothing would be forwarded to a new container.
        yield return ($"net/ipv6/conf/{bridge}/accept_dad", "0");
        // Where the host has no IPv6 address it has no link-local one either, by which its services would be reached.
        if (!HasHost(network, AddressFamily.InterNetworkV6))
            yield return ($"net/ipv6/conf/{bridge}/disable_ipv6", "1");
        // Nor does it tell of the addresses that it has elsewhere.
        if (!HasHost(network, AddressFamily.InterNetwork))
            yield return ($"net/ipv4/conf/{bridge}/arp_ignore", "8");
    }

    /// <summary>Whether the host takes part in a family of a network: it was given the family, and not as an isolated one.</summary>
    public static bool HasHost(NetworkRow network, AddressFamily family) => network.Config(family) is not null && network.Mode(family) != GatewayMode.Isolated;

    /// <summary>Whether it routes 127.0.0.0/8, for the host's own connections to these published ports; one of another tool's goes on when it did.</summary>
    public static bool RoutesLoopback(NetworkRow network, IEnumerable<PortRow> ports) => network.Adopted is { RoutedLoopback: true } || NeedsLoopback(ports);

    /// <summary>Whether these published ports need a bridge that routes 127.0.0.0/8.</summary>
    public static bool NeedsLoopback(IEnumerable<PortRow> ports) => ports.Any(static port => port is { HostPort: > 0, HostAddress.AddressFamily: AddressFamily.InterNetwork });

    private static bool IsInhibited(NetworkRow network, AddressFamily family) =>
        family == AddressFamily.InterNetwork && NetworkOptions.Flag(network.Options, NetworkOptions.InhibitIPv4, otherwise: false);
}
