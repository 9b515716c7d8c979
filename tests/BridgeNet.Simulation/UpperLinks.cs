using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Simulation;

/// <summary>
/// What the kernel does to links that are on another one (drivers/net/macvlan.c, drivers/net/ipvlan, net/8021q), as far as this module can
/// notice.
/// </summary>
internal static class UpperLinks
{
    /// <summary>Creates a link on another one.</summary>
    /// <param name="world">The machine.</param>
    /// <param name="space">The namespace of the lower link.</param>
    /// <param name="target">The namespace that it is created in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="lower">The index of its lower link.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="mac">Its MAC address; null for that of the lower link.</param>
    /// <param name="mtu">Its MTU in bytes; 0 for that of the lower link.</param>
    /// <param name="group">Its interface group.</param>
    /// <param name="words">What was asked for.</param>
    /// <exception cref="NetlinkException">
    /// ENODEV: there is no such lower link. EEXIST: the name or the tag is in use. EBUSY: the lower link has links of another kind, or is a
    /// port. EINVAL: it has one that wants to be alone, or a smaller MTU.
    /// </exception>
    public static WorldLink Create(
        World world,
        WorldNamespace space,
        WorldNamespace target,
        string name,
        int lower,
        UpperKind kind,
        MacAddress? mac,
        int mtu,
        uint group,
        string words
    )
    {
        WorldLink under = space.Get(lower, words);
        target.RequireFree(words, name);
        WorldLink[] others = [.. On(world, space, under).Select(static on => on.Link)];
        if (kind is Vlan)
        {
            if (others.Any(other => Equals(other.Upper, kind)))
                throw new NetlinkException(words, EEXIST, null);
        }
        else
        {
            WorldLink[] rivals = [.. others.Where(static other => other.Upper is not Vlan)];
            if (under.Master != 0 || rivals.Any(rival => rival.Upper!.Name != kind.Name))
                throw new NetlinkException(words, EBUSY, null);
            if (rivals.Length > 0 && rivals.Select(static rival => rival.Upper).Append(kind).Any(IsAlone))
                throw new NetlinkException(words, EINVAL, null);
            // The mode of ipvlan is of the lower link.
            foreach (WorldLink rival in rivals.Where(static rival => rival.Upper is Ipvlan))
                rival.Upper = kind;
        }
        if (mtu > under.Mtu)
            throw new NetlinkException(words, EINVAL, null);
        MacAddress address = kind is Macvlan { Mode: not MacvlanMode.Passthru } or Vlan ? mac ?? under.Mac!.Value : under.Mac!.Value;
        WorldLink added = target.Add(words, name, kind.Name, address, group, space.Cookie);
        (added.PeerIndex, added.Upper, added.Mtu) = (under.Index, kind, mtu > 0 ? mtu : under.Mtu);
        return added;
    }

    /// <summary>The links on a link, in all namespaces.</summary>
    public static IEnumerable<(WorldNamespace Space, WorldLink Link)> On(World world, WorldNamespace space, WorldLink lower) =>
        from other in world.Namespaces.Values
        from link in other.Links.Values
        where link.Upper is not null && link.PeerNamespace == space.Cookie && link.PeerIndex == lower.Index
        select (other, link);

    /// <summary>Refuses to switch a link on while another one on its lower link has its MAC address, or a VLAN whose lower link is off.</summary>
    /// <exception cref="NetlinkException">EADDRINUSE; ENETDOWN.</exception>
    public static void RequireCanBeUp(World world, WorldLink link, string words)
    {
        if (link.Upper is null || !world.Namespaces.TryGetValue(link.PeerNamespace, out WorldNamespace? space))
            return;
        WorldLink lower = space.Links[link.PeerIndex];
        if (link.Upper is Vlan && !lower.Up)
            throw new NetlinkException(words, ENETDOWN, null);
        if (
            link.Upper is Macvlan { Mode: not MacvlanMode.Passthru }
            && (
                lower.Mac == link.Mac
                || On(world, space, lower).Any(other => other.Link != link && other.Link.Up && other.Link.Mac == link.Mac)
            )
        )
            throw new NetlinkException(words, EADDRINUSE, null);
    }

    private static bool IsAlone(UpperKind? kind) => kind is Macvlan { Mode: MacvlanMode.Passthru };
}
