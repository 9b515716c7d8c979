using System.Net;
using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

/// <summary>What the host uses of one address family, read once for a plan: routes, addresses, name servers and the state's networks.</summary>
internal sealed class HostRanges(RtnetlinkConnection links, IStateReader state, AddressFamily family)
{
    private readonly Lazy<IReadOnlyList<Route>> _routes = new(() => links.GetRoutes(family));

    /// <summary>Every range that a new subnet has to keep clear of, networks first so that an overlap is told in their words.</summary>
    /// <param name="except">The index of a link whose own addresses do not count; 0 for none.</param>
    public IReadOnlyList<TakenRange> Taken(int except = 0)
    {
        List<TakenRange> taken = [.. state.Subnets()
            .Where(row => row.Subnet.BaseAddress.AddressFamily == family)
            .Select(static row => new TakenRange(row.Subnet, subnet => $"network '{row.Name}' ({subnet})"))];
        taken.AddRange(_routes.Value
            .Where(static route => route.Destination.PrefixLength > 0)
            .Select(static route => new TakenRange(route.Destination, static destination => $"the route {destination}", route.LinkIndex)));
        // A link that is down has addresses without routes.
        taken.AddRange(links.GetAddresses(family)
            .Select(address => new TakenRange(new IPNetwork(address.Address, Model.AddressNumber.Bits(family)), static one => $"the address {one.BaseAddress}", address.LinkIndex)));
        taken.AddRange(Nameservers.Read(family).Select(server => new TakenRange(new IPNetwork(server, Model.AddressNumber.Bits(family)), static one => $"the name server {one.BaseAddress}")));
        // Every link has a link-local one, and multicast is nobody's.
        return [.. taken.Where(range => (except == 0 || range.LinkIndex != except) && !range.Network.BaseAddress.IsIPv6LinkLocal && !range.Network.BaseAddress.IsIPv6Multicast)];
    }

    /// <summary>In words, with the name of the link.</summary>
    public string Whose(TakenRange taken) => taken.LinkIndex != 0 && links.FindLink(taken.LinkIndex) is { } link ? $"{taken.Owner(taken.Network)} dev {link.Name}" : taken.Owner(taken.Network);

    /// <summary>The MTU of the device that the default route leaves by; null without one.</summary>
    public int? DefaultMtu() => _routes.Value.FirstOrDefault(static route => route is { Destination.PrefixLength: 0, LinkIndex: > 0, Table: RtnlConstants.RT_TABLE_MAIN }) is { } route
        ? links.FindLink(route.LinkIndex)?.Mtu
        : null;
}
