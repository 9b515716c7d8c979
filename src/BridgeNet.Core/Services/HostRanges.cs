using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Ipam;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>The prefixes of one address family that the host uses: routes, addresses, name servers and networks of the state.</summary>
internal sealed class HostRanges(OpenHost host, IStateReader state, AddressFamily family)
{
    /// <summary>All prefixes that a new subnet must not overlap.</summary>
    public IReadOnlyList<PrefixSet> UsedPrefixes() =>
        [
            state.Subnets(family),
            host.Ranges.Ranges(family),
            new PrefixSet(
                Nameservers.Read(host.Machine.Files, family).Select(static server => UsedPrefix.OfAddress(server, UsedBy.NameServer))
            ),
        ];

    /// <summary>The prefix that overlaps a subnet; null if none does.</summary>
    /// <param name="subnet">The subnet.</param>
    /// <param name="isOurs">
    /// Whether the subnet belongs to this host; otherwise the host may have routes and addresses of it, and only networks must not.
    /// </param>
    /// <param name="except">The index of a link with addresses to ignore; 0 for none.</param>
    public UsedPrefix? FindOverlap(IPNetwork subnet, bool isOurs, int except = 0) =>
        SubnetPool.FindOverlap(
            subnet,
            (isOurs ? UsedPrefixes() : [state.Subnets(family)])
                .SelectMany(static ranges => ranges)
                .Where(range => except == 0 || range.LinkIndex != except)
        );

    /// <summary>Describes a used prefix, with the name of its link.</summary>
    public string Describe(UsedPrefix taken)
    {
        string words = taken.By switch
        {
            UsedBy.Network => $"network '{taken.Name}' ({taken.Network})",
            UsedBy.Route => $"the route {taken.Network}",
            UsedBy.Address => $"the address {taken.Network.BaseAddress}",
            _ => $"the name server {taken.Network.BaseAddress}",
        };
        return taken.LinkIndex != 0 && host.Links.FindLink(taken.LinkIndex) is { } link ? $"{words} dev {ShellWord.Of(link.Name)}" : words;
    }
}
