using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers.Bridge;

/// <summary>How the two ends of an endpoint on a bridge should be, by rows and nothing else.</summary>
internal static class VethObjects
{
    /// <summary>The veth pair and all that is on it.</summary>
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
            yield return new SenderCheck(mark, endpoint.MacAddress);
        foreach (KernelObject one in DesiredEndpoint.Objects(endpoint, place, inside, pair.Key))
            yield return one;
    }

    /// <summary>What else should be so: a new pair has it so.</summary>
    public static IEnumerable<KernelObject> Expected(NetworkRow network, EndpointRow endpoint, Place place)
    {
        LinkMark mark = LinkMark.Of(endpoint);
        return
        [
            .. Flags(network, endpoint) == PortFlags.Default ? [new BridgePortFlags(mark, PortFlags.Default)] : (KernelObject[])[],
            .. DesiredEndpoint.Expected(endpoint, place, LinkMark.Inside(endpoint), mark.LinkKey),
        ];
    }

    /// <summary>The settings of a bridge port, which the host has nothing to say on: no address, no answers by ARP.</summary>
    public static IEnumerable<Setting> PortSettings(string port) =>
        [new($"net/ipv6/conf/{port}/disable_ipv6", "1"), new($"net/ipv4/conf/{port}/arp_ignore", "8")];

    /// <summary>How the bridge treats its port.</summary>
    public static PortFlags Flags(NetworkRow network, EndpointRow endpoint) =>
        new(
            !network.InterContainer,
            // A container that reaches its own published port has its frames sent back by the bridge port they came from, where br_netfilter translates them in the bridge.
            endpoint.Ports.Any(static port => port.HostPort > 0),
            // Who is behind it is known, and frames to the bridge's own protocols (01:80:c2:00:00:0e) are learned from before any rule.
            !network.AntiSpoof
        );
}
