using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>What networks say of themselves, and rules ask: with nf_tables sets and maps, with iptables rules of each network.</summary>
internal enum RuleList
{
    /// <summary>The bridges.</summary>
    Bridges,

    /// <summary>Subnets whose packets leave with the address of the link.</summary>
    Masqueraded,

    /// <summary>Subnets whose packets leave with a chosen address.</summary>
    Translated,

    /// <summary>Ports of endpoints that are reached at their own address.</summary>
    Opened,

    /// <summary>Ports of endpoints that are reached by way of the host.</summary>
    Published,

    /// <summary>Pairs of the address of an endpoint with such ports with itself.</summary>
    Own,

    /// <summary>Ports of all addresses of the host, and where they lead.</summary>
    AnyHost,

    /// <summary>Ports of one address of the host, and where they lead.</summary>
    OneHost,
}

/// <summary>What one network says.</summary>
/// <param name="List">In which list.</param>
/// <param name="Network">The network.</param>
internal sealed record RuleElement(RuleList List, FirewallNetwork Network)
{
    /// <summary>Of <see cref="RuleList.Masqueraded"/> and <see cref="RuleList.Translated"/>.</summary>
    public FirewallSubnet? Subnet { get; init; }

    /// <summary>Of the lists of ports.</summary>
    public FirewallPort? Port { get; init; }

    /// <summary>The family that it is of; null for bridges, which are of both.</summary>
    public AddressFamily? Family => Subnet?.Network.BaseAddress.AddressFamily ?? Port?.Family;

    /// <summary>All that a network says.</summary>
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
