using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers.Bridge;

/// <summary>The desired kernel objects of an endpoint on a bridge, computed only from rows.</summary>
internal static class VethObjects
{
    /// <summary>The veth pair and the objects on both ends.</summary>
    public static IEnumerable<KernelObject> Of(NetworkRow network, EndpointRow endpoint, Place place)
    {
        LinkMark mark = LinkMark.Of(endpoint),
            inside = LinkMark.Inside(endpoint);
        VethLink pair = new(mark, BridgeObjects.Mark(network), network.Mtu, InterfaceGroup.OfPort(network.AntiSpoof), place, inside);
        yield return pair;
        yield return new LinkSettings(Place.Host, mark, "settings", [.. PortSettings(endpoint.HostInterface)]);
        if (Flags(network, endpoint) is var flags && flags != PortFlags.Default)
            yield return new BridgePortFlags(mark, flags);
        if (network.AntiSpoof)
            yield return new SenderCheck(mark, endpoint.MacAddress!.Value);
        foreach (KernelObject one in DesiredEndpoint.Objects(endpoint, place, inside, pair.Key))
            yield return one;
    }

    /// <summary>Further expected properties: a new pair has them by default.</summary>
    public static IEnumerable<KernelObject> Expected(NetworkRow network, EndpointRow endpoint, Place place)
    {
        LinkMark mark = LinkMark.Of(endpoint);
        return
        [
            .. Flags(network, endpoint) == PortFlags.Default ? [new BridgePortFlags(mark, PortFlags.Default)] : (KernelObject[])[],
            .. DesiredEndpoint.Expected(endpoint, place, LinkMark.Inside(endpoint), mark.LinkKey),
        ];
    }

    /// <summary>
    /// The settings of a bridge port: it has no address and answers no ARP, because the host communicates only through the bridge.
    /// </summary>
    public static IEnumerable<Setting> PortSettings(string port) =>
        [new($"net/ipv6/conf/{port}/disable_ipv6", "1"), new($"net/ipv4/conf/{port}/arp_ignore", "8")];

    /// <summary>The flags of the bridge port.</summary>
    public static PortFlags Flags(NetworkRow network, EndpointRow endpoint) =>
        new(
            !network.InterContainer,
            // If a container connects to its own published port, br_netfilter translates the frames within the bridge, and the bridge must
            // send them back through the port they came from.
            endpoint.Ports.Any(static port => port.HostPort > 0),
            // With anti-spoofing the MAC address behind the port is known, and the bridge would learn from frames to its own protocols
            // (01:80:c2:00:00:0e) before all rules.
            !network.AntiSpoof
        );
}
