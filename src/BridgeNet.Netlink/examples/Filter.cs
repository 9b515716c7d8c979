using System.Net;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Netlink.Examples;

/// <summary>A table that drops packets to the addresses of a set; one batch creates it and another one deletes it.</summary>
internal static class Filter
{
    private const string Table = "example",
        Output = "output",
        Blocked = "blocked";

    public static void Run(TextWriter output)
    {
        using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
        NftSet blocked = new(Blocked, TYPE_IPADDR);
        new NftBatch(Table, NFPROTO_IPV4)
            .AddTable()
            .AddSet(blocked, id: 1)
            .AddBaseChain(Output, "filter", NF_INET_LOCAL_OUT, priority: 0)
            .AddRule(Output, Payload(NFT_PAYLOAD_NETWORK_HEADER, offset: 16, length: 4), Lookup(blocked), Verdict(NF_DROP))
            .AddElements([Element("192.0.2.1"), Element("192.0.2.2")])
            .Commit(netlink, "nft -f (the example)");
        foreach (NftChain chain in NftTable.Chains(netlink))
            output.WriteLine(
                $"table {NftTable.FamilyName(chain.Family)} {chain.Table}, chain {chain.Name}: {NftTable.Rules(netlink, chain.Family, chain.Table, chain.Name).Count} rule"
            );
        output.WriteLine($"set {Blocked}: {NftTable.Elements(netlink, NFPROTO_IPV4, Table, Blocked)!.Count} addresses");
        new NftBatch(Table, NFPROTO_IPV4).DeleteTable().Commit(netlink, "nft delete table (the example)");
        output.WriteLine($"the table is {(NftTable.Exists(netlink, NFPROTO_IPV4, Table) ? "still there" : "gone")}");
    }

    private static NftElement Element(string address) => new(Blocked, IPAddress.Parse(address).GetAddressBytes(), Data: null, address);
}
