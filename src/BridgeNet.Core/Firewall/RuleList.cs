using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>
/// Lists of addresses and ports that networks contribute and rules match: sets and maps with nf_tables, rules of each network with
/// iptables.
/// </summary>
internal enum RuleList
{
    /// <summary>Bridges.</summary>
    Bridges,

    /// <summary>Subnets with source translation of outgoing packets to the address of the link.</summary>
    Masqueraded,

    /// <summary>Subnets with source translation of outgoing packets to a chosen address.</summary>
    Translated,

    /// <summary>Ports of endpoints that can be reached at their own address.</summary>
    Opened,

    /// <summary>Ports of endpoints that can be reached through the host.</summary>
    Published,

    /// <summary>Pairs of an endpoint's address with itself, for endpoints with such ports.</summary>
    Own,

    /// <summary>Ports at all addresses of the host, and their targets.</summary>
    AnyHost,

    /// <summary>Ports at one address of the host, and their targets.</summary>
    OneHost,
}

/// <summary>One list element of a network.</summary>
/// <param name="List">The list.</param>
/// <param name="Network">The network.</param>
internal sealed record RuleElement(RuleList List, FirewallNetwork Network)
{
    /// <summary>The subnet, for <see cref="RuleList.Masqueraded"/> and <see cref="RuleList.Translated"/>.</summary>
    public FirewallSubnet? Subnet { get; init; }

    /// <summary>The port, for the lists of ports.</summary>
    public FirewallPort? Port { get; init; }

    /// <summary>The address family; null for bridges, which have both.</summary>
    public AddressFamily? Family => Subnet?.Network.BaseAddress.AddressFamily ?? Port?.Family;

    /// <summary>All list elements of a network.</summary>
    public static IEnumerable<RuleElement> Of(FirewallNetwork network)
    {
        yield return new(RuleList.Bridges, network);
        if (network.Internal)
            yield break;
        foreach (FirewallSubnet subnet in network.Subnets.Where(static subnet => subnet.Masquerade))
            yield return new(subnet.Snat is null ? RuleList.Masqueraded : RuleList.Translated, network) { Subnet = subnet };
        foreach (FirewallPort port in network.Ports)
        {
            yield return new(port.HostPort == 0 ? RuleList.Opened : RuleList.Published, network) { Port = port };
            if (port.HostPort == 0)
                continue;
            yield return new(RuleList.Own, network) { Port = port };
            yield return new(port.AnyHostAddress ? RuleList.AnyHost : RuleList.OneHost, network) { Port = port };
        }
    }
}
