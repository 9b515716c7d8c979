using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>A rule of a chain.</summary>
/// <param name="Chain">The name of the chain.</param>
/// <param name="Expressions">Its expressions.</param>
public sealed record NftRule(string Chain, params IReadOnlyList<NftExpression> Expressions)
{
    /// <summary>The chain that its verdict jumps to; null if it does not jump.</summary>
    public string? LeadsTo
    {
        get
        {
            NetlinkWriter writer = new();
            writer.Message(0, 0, 0);
            Expressions[^1](writer);
            return Find(
                writer.Written[NLMSG_HDRLEN..],
                [NFTA_LIST_ELEM, NFTA_EXPR_DATA, NFTA_IMMEDIATE_DATA, NFTA_DATA_VERDICT, NFTA_VERDICT_CHAIN]
            );
        }
    }

    private static string? Find(ReadOnlySpan<byte> attributes, ReadOnlySpan<ushort> path)
    {
        foreach (NetlinkAttribute attribute in new NetlinkReader(attributes))
        {
            if (attribute.Type == path[0])
                return path.Length == 1 ? attribute.Text
                    : attribute.IsNested ? Find(attribute.Value, path[1..])
                    : null;
        }
        return null;
    }
}
