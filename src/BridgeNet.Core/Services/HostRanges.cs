using System.Net;
using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>What the host uses of one address family: routes, addresses, name servers and the state's networks.</summary>
internal sealed class HostRanges(RtnetlinkConnection links, RangeWatch watch, IStateReader state, AddressFamily family)
{
    /// <summary>Every range that a new subnet has to keep clear of.</summary>
    public IReadOnlyList<PrefixSet> Taken() =>
        [
            state.Subnets(family),
            watch.Ranges(family),
            new PrefixSet(Nameservers.Read(family).Select(static server => UsedPrefix.OfAddress(server, UsedBy.NameServer))),
        ];

    /// <summary>What has addresses of a subnet; null for nobody.</summary>
    /// <param name="subnet">The subnet.</param>
    /// <param name="except">The index of a link whose own addresses do not count; 0 for none.</param>
    public UsedPrefix? FindOverlap(IPNetwork subnet, int except = 0) =>
        SubnetPool.FindOverlap(
            subnet,
            Taken().SelectMany(static ranges => ranges).Where(range => except == 0 || range.LinkIndex != except)
        );

    /// <summary>In words, with the name of the link.</summary>
    public string Whose(UsedPrefix taken)
    {
        string words = taken.By switch
        {
            UsedBy.Network => $"network '{taken.Name}' ({taken.Network})",
            UsedBy.Route => $"the route {taken.Network}",
            UsedBy.Address => $"the address {taken.Network.BaseAddress}",
            _ => $"the name server {taken.Network.BaseAddress}",
        };
        return taken.LinkIndex != 0 && links.FindLink(taken.LinkIndex) is { } link ? $"{words} dev {ShellWord.Of(link.Name)}" : words;
    }
}
