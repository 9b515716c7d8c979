using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Upper;

/// <summary>The desired kernel objects of networks on a link of the host and of their endpoints, computed only from rows.</summary>
internal static class UpperObjects
{
    /// <summary>
    /// The link under the interfaces of a network without a parent: a bridge without ports, which every kernel has (Docker's dummy link is
    /// a module of its own). It has the MAC address of the kernel's choice, because a bridge that is given one has no carrier. Or the
    /// parent, which must exist and be up.
    /// </summary>
    public static IEnumerable<KernelObject> Of(NetworkRow network, LinkMark lower, UpperKind kind)
    {
        if (lower.ByName)
        {
            yield return new ParentLink(lower, network.Mtu);
            yield break;
        }
        if (network.CreatedParent)
        {
            foreach (KernelObject one in Vlan(network, lower, kind))
                yield return one;
            yield break;
        }
        yield return new BridgeLink(lower, network.Mtu, lower.Group);
        yield return NoNeighbour(lower);
        yield return new LinkUp(Place.Host, lower);
    }

    /// <summary>The interface of an endpoint, and the objects on it.</summary>
    public static IEnumerable<KernelObject> Of(NetworkRow network, EndpointRow endpoint, Place place, LinkMark lower, UpperKind kind)
    {
        LinkMark inside = LinkMark.Inside(endpoint);
        UpperLink link = new(inside, lower, place, kind, network.Mtu);
        return [link, .. DesiredEndpoint.Objects(endpoint, place, inside, link.Key)];
    }

    /// <summary>A VLAN interface as parent, on the interface that it is named after; all networks on it have the same.</summary>
    public static IEnumerable<KernelObject> Vlan(NetworkRow network, LinkMark parent, UpperKind kind)
    {
        VlanName name = VlanName.Parse(parent.Name)!;
        LinkMark under = LinkMark.OfParent(name.Link, network.Name);
        yield return new ParentLink(under, network.Mtu);
        yield return new UpperLink(parent, under, Place.Host, new Rtnetlink.Vlan(name.Id), 0) { MinMtu = network.Mtu };
        // In the other modes of ipvlan, the parent is the way that packets take.
        if (kind is not Rtnetlink.Ipvlan { Mode: not IpvlanMode.L2 })
            yield return NoNeighbour(parent);
        yield return new LinkUp(Place.Host, parent) { Lower = under };
    }

    /// <summary>
    /// The mark of a VLAN interface that was created as a parent. Its alias says which one it is, under any name; it has the MAC address of
    /// the interface below.
    /// </summary>
    public static LinkMark VlanMark(string name, string owner) =>
        new(name, Rtnetlink.Vlan.KindName, null, $"{LinkMark.AliasPrefix}interface {name}")
        {
            Owner = owner,
            Group = InterfaceGroup.Upper,
            Id = $" {name}",
        };

    /// <summary>The mark of the link under the interfaces of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="prefix">What the name of a link of its own begins with.</param>
    public static LinkMark Lower(NetworkRow network, string prefix) =>
        Parent(network.Options) is { } parent
            ? network.CreatedParent
                ? VlanMark(parent, network.Name)
                : LinkMark.OfParent(parent, network.Name)
            : new($"{prefix}{network.ShortId}", "bridge", null, $"{LinkMark.AliasPrefix}network {network.Name} {network.ShortId}")
            {
                Owner = network.Name,
                Group = InterfaceGroup.Upper,
                Id = $" {network.ShortId}",
            };

    /// <summary>That the host is no neighbour on a link of ours: it has no address there, and answers for none of its others.</summary>
    private static LinkSettings NoNeighbour(LinkMark link) =>
        new(
            Place.Host,
            link,
            "settings",
            [new($"net/ipv6/conf/{link.Name}/disable_ipv6", "1"), new($"net/ipv4/conf/{link.Name}/arp_ignore", "8")]
        );

    /// <summary>The parent in some options; null if they have none.</summary>
    public static string? Parent(IReadOnlyDictionary<string, string> options) =>
        options.GetValueOrDefault(NetworkOptions.Parent) is { Length: > 0 } name ? name : null;
}
