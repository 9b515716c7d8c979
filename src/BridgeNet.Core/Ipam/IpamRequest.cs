using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>The requested subnets, gateways, ranges and reserved addresses of a network, as typed text.</summary>
internal sealed record IpamRequest
{
    /// <summary>CIDRs, at most one for each address family.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Addresses of the bridge, each in one of the subnets.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Ranges for automatic addresses, each a part of one of the subnets.</summary>
    public IReadOnlyList<string> IPRanges { get; init; } = [];

    /// <summary>Addresses that are never assigned, by name.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>Parses the request: a row for each subnet, each with a gateway (by default its first address). Adds all problems.</summary>
    /// <param name="withGateway">Whether the network has a gateway in a family.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="target">The network's name.</param>
    public IReadOnlyList<SubnetRow> Check(Func<AddressFamily, bool> withGateway, ICollection<Problem> problems, string target)
    {
        SubnetReader reader = new(problems, target);
        foreach (string text in Subnets)
            reader.AddSubnet(text);
        foreach (string text in IPRanges)
            reader.AddRange(text);
        foreach (string text in Gateways)
            reader.AddGateway(text);
        reader.AddDefaultGateways(withGateway);
        foreach ((string name, string text) in AuxAddresses.OrderBy(static aux => aux.Key, StringComparer.Ordinal))
            reader.AddAuxAddress(name, text);
        return reader.Rows;
    }
}
