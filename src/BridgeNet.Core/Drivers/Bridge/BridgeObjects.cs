using System.Net;
using System.Net.Sockets;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers.Bridge;

/// <summary>The desired kernel objects of a bridge network, computed only from its row.</summary>
internal static class BridgeObjects
{
    /// <summary>The bridge and the objects on it, without endpoints and rules.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">The published ports of its endpoints.</param>
    public static IEnumerable<KernelObject> Of(NetworkRow network, IReadOnlyList<PortRow> ports)
    {
        LinkMark mark = Mark(network);
        if (network.Adopted is { } adopted)
        {
            yield return new AdoptedBridgeLink(mark, BridgeRules.Group(network), adopted.Mtu > 0 ? network.Mtu : 0, adopted.Mtu);
        }
        else
        {
            yield return new BridgeLink(mark, network.Mtu, BridgeRules.Group(network));
            yield return new LinkSettings(Place.Host, mark, "settings", [.. Settings(network, mark.Name)]);
        }
        if (RoutesLoopback(network, ports))
            yield return Loopback(mark, isPreset: !NeedsLoopback(ports));
        foreach (
            (IPAddress address, int length) in Addresses(network).Where(address => network.Adopted?.Added.Contains(address.Address) ?? true)
        )
            yield return new LinkAddress(Place.Host, mark, address, length);
        if (network.Adopted is null or { WasDown: true })
            yield return new LinkUp(Place.Host, mark);
    }

    /// <summary>Further expected properties: a new bridge has them by default, and an adopted bridge had them before.</summary>
    public static IEnumerable<KernelObject> Expected(NetworkRow network, IReadOnlyList<PortRow> ports)
    {
        LinkMark mark = Mark(network);
        if (Defaults(network, ports, mark.Name).ToArray() is { Length: > 0 } defaults)
            yield return new LinkSettings(Place.Host, mark, "defaults", defaults);
        if (network.Adopted is not { } adopted)
            yield break;
        foreach ((IPAddress address, int length) in Addresses(network).Where(address => !adopted.Added.Contains(address.Address)))
            yield return new LinkAddress(Place.Host, mark, address, length);
        yield return new LinkUp(Place.Host, mark);
    }

    /// <summary>The mark of a network's bridge.</summary>
    public static LinkMark Mark(NetworkRow network) =>
        new(
            network.BridgeName!,
            "bridge",
            network.BridgeMacAddress,
            network.Adopted is null ? $"{LinkMark.AliasPrefix}network {network.Name}" : null
        )
        {
            Owner = network.Name,
            Adopted = network.Adopted is not null,
        };

    /// <summary>The objects without the network: the adopted bridge with its previous properties.</summary>
    public static IEnumerable<KernelObject> Without(NetworkRow network)
    {
        if (network.Adopted is not { } adopted)
            yield break;
        yield return new AdoptedBridgeLink(Mark(network), adopted.Group, 0, adopted.Mtu);
        if (adopted.RoutedLoopback)
            yield return Loopback(Mark(network), isPreset: true);
    }

    /// <summary>The host's forwarding settings that a network needs.</summary>
    public static IEnumerable<HostSetting> Forwarding(NetworkRow network)
    {
        if (network.Config(AddressFamily.InterNetwork) is not null)
            yield return new HostSetting(new("net/ipv4/ip_forward", "1", Otherwise: "0"));
        if (network.Config(AddressFamily.InterNetworkV6) is not null)
            yield return new HostSetting(new("net/ipv6/conf/all/forwarding", "1", Otherwise: "0"));
    }

    /// <summary>The host's addresses on the network.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(NetworkRow network) =>
        network
            .IPAM.Config.Where(config => config.Gateway is not null && !IsInhibited(network, config.Subnet.BaseAddress.AddressFamily))
            .Select(static config => (config.Gateway!, config.Subnet.PrefixLength));

    /// <summary>The settings of a bridge of this module.</summary>
    public static IEnumerable<Setting> Settings(NetworkRow network, string bridge)
    {
        yield return new($"net/ipv6/conf/{bridge}/accept_ra", "0");
        // During duplicate address detection, a link-local address cannot be used to resolve neighbours: for a second, nothing would be
        // forwarded to a new container.
        yield return new($"net/ipv6/conf/{bridge}/accept_dad", "0");
        // Without an IPv6 address, the host has no link-local address on the bridge either, so containers cannot reach its services there.
        if (!HasHost(network, AddressFamily.InterNetworkV6))
            yield return new($"net/ipv6/conf/{bridge}/disable_ipv6", "1");
        // The host does not answer ARP on the bridge for its other addresses.
        if (!HasHost(network, AddressFamily.InterNetwork))
            yield return new($"net/ipv4/conf/{bridge}/arp_ignore", "8");
    }

    /// <summary>
    /// Whether the host takes part in a family of a network: the network has the family, and its gateway mode is not isolated.
    /// </summary>
    public static bool HasHost(NetworkRow network, AddressFamily family) =>
        network.Config(family) is not null && network.Mode(family) != GatewayMode.Isolated;

    /// <summary>
    /// Whether the bridge routes 127.0.0.0/8, for the host's own connections to these published ports; an adopted bridge that routed it
    /// before keeps doing so.
    /// </summary>
    public static bool RoutesLoopback(NetworkRow network, IEnumerable<PortRow> ports) =>
        network.Adopted is { RoutedLoopback: true } || NeedsLoopback(ports);

    /// <summary>Whether these published ports need a bridge that routes 127.0.0.0/8.</summary>
    public static bool NeedsLoopback(IEnumerable<PortRow> ports) =>
        ports.Any(static port => port is { HostPort: > 0, HostAddress.AddressFamily: AddressFamily.InterNetwork });

    /// <summary>
    /// The kernel's defaults for a bridge. They include forwarding only while the host's forwarding is right: that is compared separately,
    /// and it switches the setting of all links.
    /// </summary>
    private static IEnumerable<Setting> Defaults(NetworkRow network, IReadOnlyList<PortRow> ports, string bridge)
    {
        if (network.Adopted is null && !NeedsLoopback(ports))
            yield return new($"net/ipv4/conf/{bridge}/route_localnet", "0");
        if (Forwarding(network, AddressFamily.InterNetwork) is { } ipv4)
            yield return new($"net/ipv4/conf/{bridge}/forwarding", "1") { While = ipv4.Setting };
        if (!HasHost(network, AddressFamily.InterNetworkV6))
            yield break;
        yield return new($"net/ipv6/conf/{bridge}/disable_ipv6", "0");
        yield return new($"net/ipv6/conf/{bridge}/forwarding", "1") { While = Forwarding(network, AddressFamily.InterNetworkV6)!.Setting };
    }

    private static HostSetting? Forwarding(NetworkRow network, AddressFamily family) =>
        Forwarding(network).FirstOrDefault(wanted => wanted.Family == family);

    private static LinkSettings Loopback(LinkMark mark, bool isPreset) =>
        new(Place.Host, mark, "loopback", [new($"net/ipv4/conf/{mark.Name}/route_localnet", "1", "0") { IsPreset = isPreset }]);

    private static bool IsInhibited(NetworkRow network, AddressFamily family) =>
        family == AddressFamily.InterNetwork && NetworkOptions.Flag(network.Options, NetworkOptions.InhibitIPv4, otherwise: false);
}
