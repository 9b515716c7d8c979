using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Kernel;

/// <summary>
/// Caches the prefixes that routes and addresses of a namespace use. They are read once and updated by the kernel's events, so that the
/// thousandth network need not read a thousand. The kernel always reports additions, but not all removals: it silently removes IPv4 routes
/// with a link that goes down, with their source address, and with a next hop (net/ipv4/fib_semantics.c). So every removal causes a new
/// read, except the removals with a deleted link, because all of its routes are gone.
/// </summary>
internal sealed class RangeWatch(IRtnetlink links, NetlinkEvents events) : IRangeWatch
{
    private static readonly uint s_groups = Groups(
        RTNLGRP_LINK,
        RTNLGRP_IPV4_IFADDR,
        RTNLGRP_IPV4_ROUTE,
        RTNLGRP_IPV6_IFADDR,
        RTNLGRP_IPV6_ROUTE,
        RTNLGRP_NEXTHOP
    );

    // A family that is missing here is read on demand.
    private readonly Dictionary<AddressFamily, Known> _known = [];

    /// <summary>Opens a watch in the namespace of the calling thread.</summary>
    public static RangeWatch Open(IRtnetlink links) => new(links, NetlinkEvents.Open(NETLINK_ROUTE, s_groups));

    /// <inheritdoc/>
    public PrefixSet Ranges(AddressFamily family) => Now(family).Ranges;

    /// <inheritdoc/>
    public int? DefaultLink(AddressFamily family) => Now(family).DefaultLink;

    /// <inheritdoc/>
    public void Dispose() => events.Dispose();

    private Known Now(AddressFamily family)
    {
        Follow();
        if (!_known.TryGetValue(family, out Known? known))
            _known.Add(family, known = Read(family));
        return known;
    }

    private Known Read(AddressFamily family)
    {
        IReadOnlyList<Route> routes = links.GetRoutes(family);
        Known known = new(
            new PrefixSet(routes.Select(RangeOf).Concat(links.GetAddresses(family).Select(RangeOf)).OfType<UsedPrefix>()),
            routes.FirstOrDefault(static route => route is { Destination.PrefixLength: 0, LinkIndex: > 0, Table: RT_TABLE_MAIN })?.LinkIndex
        );
        known.Routed.UnionWith(routes.Select(static route => route.LinkIndex));
        return known;
    }

    private void Follow()
    {
        HashSet<int> deleted = [];
        List<(AddressFamily Family, int Link)> gone = [];
        bool whole = events.Drain(
            (type, payload) =>
            {
                switch (type)
                {
                    case RTM_NEWROUTE or RTM_DELROUTE when AddressMessages.ReadRoute(payload) is { } route:
                        if (route.Type != RTN_UNICAST)
                            break;
                        AddressFamily family = route.Destination.BaseAddress.AddressFamily;
                        // Only a new read shows which of several default routes is the first.
                        if (route.Destination.PrefixLength == 0)
                            _known.Remove(family);
                        else if (type == RTM_DELROUTE)
                            gone.Add((family, route.LinkIndex));
                        else
                            Add(family, RangeOf(route), route.LinkIndex);
                        break;
                    case RTM_NEWADDR when AddressMessages.Read(payload) is { } address:
                        Add(address.Address.AddressFamily, RangeOf(address), routed: null);
                        break;
                    case RTM_DELADDR when AddressMessages.Read(payload) is { } address:
                        gone.Add((address.Address.AddressFamily, address.LinkIndex));
                        break;
                    // A port that leaves a bridge is reported, too, in the family of the bridge.
                    case RTM_NEWLINK or RTM_DELLINK when payload.Length >= Unsafe.SizeOf<IfInfoMsg>():
                        IfInfoMsg link = MemoryMarshal.Read<IfInfoMsg>(payload);
                        if (link.Family != AF_UNSPEC)
                            break;
                        if (type == RTM_DELLINK)
                            deleted.Add(link.Index);
                        else if ((link.Flags & IFF_UP) == 0)
                            Forget(known => known.Routed.Contains(link.Index) || known.Routed.Contains(0));
                        break;
                    default:
                        // A next hop, which routes of any link may have used, or a message that could not be read.
                        _known.Clear();
                        break;
                }
            }
        );
        if (!whole)
            _known.Clear();
        foreach (int index in deleted)
        {
            // For a route with several links, it is unknown whether another of its links still exists.
            Forget(static known => known.Routed.Contains(0));
            foreach (Known known in _known.Values)
                known.RemoveLink(index);
        }
        foreach ((AddressFamily family, int link) in gone)
        {
            if (!deleted.Contains(link))
                _known.Remove(family);
        }
    }

    private void Add(AddressFamily family, UsedPrefix? range, int? routed)
    {
        if (!_known.TryGetValue(family, out Known? known))
            return;
        if (range is not null)
            known.Ranges.Add(range);
        if (routed is { } link)
            known.Routed.Add(link);
    }

    private void Forget(Predicate<Known> which)
    {
        foreach (AddressFamily family in _known.Where(known => which(known.Value)).Select(static known => known.Key).ToArray())
            _known.Remove(family);
    }

    private static UsedPrefix? RangeOf(Route route) =>
        route.Destination.PrefixLength == 0 || IsEverywhere(route.Destination.BaseAddress)
            ? null
            : new UsedPrefix(route.Destination, UsedBy.Route, "", route.LinkIndex);

    private static UsedPrefix? RangeOf(InterfaceAddress address) =>
        IsEverywhere(address.Address) ? null : UsedPrefix.OfAddress(address.Address, UsedBy.Address, address.LinkIndex);

    private static bool IsEverywhere(System.Net.IPAddress address) => address.IsIPv6LinkLocal || address.IsIPv6Multicast;

    private static uint Groups(params ReadOnlySpan<int> groups)
    {
        uint bits = 0;
        foreach (int group in groups)
            bits |= 1u << (group - 1);
        return bits;
    }

    /// <summary>The cached values of one family.</summary>
    private sealed record Known(PrefixSet Ranges, int? DefaultLink)
    {
        /// <summary>The links that routes use, and some that they used before; 0 for a route with several links.</summary>
        public HashSet<int> Routed { get; } = [];

        public void RemoveLink(int index)
        {
            Ranges.RemoveLink(index);
            Routed.Remove(index);
        }
    }
}
