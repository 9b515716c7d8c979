using System.Text;
using BridgeNet.Netlink;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>One expression of a rule: writes itself into the list.</summary>
internal delegate void NftExpression(NetlinkWriter list);

/// <summary>The expressions that rules are made of, named as <c>nft --debug=netlink</c> prints them.</summary>
internal static class NftExpressions
{
    public static NftExpression Meta(uint key, uint register) => Expression("meta", data => data
        .UInt32Network(NFTA_META_KEY, key).UInt32Network(NFTA_META_DREG, register));

    public static NftExpression Compare(uint operation, uint value) => Expression("cmp", data => data
        .UInt32Network(NFTA_CMP_SREG, NFT_REG_1)
        .UInt32Network(NFTA_CMP_OP, operation)
        .Nested(NFTA_CMP_DATA, nested => nested.UInt32(NFTA_DATA_VALUE, value)));

    /// <summary>Loads the connection's state and keeps the bits of <paramref name="mask"/>.</summary>
    public static NftExpression[] ConnectionState(uint mask) =>
    [
        Expression("ct", static data => data.UInt32Network(NFTA_CT_KEY, NFT_CT_STATE).UInt32Network(NFTA_CT_DREG, NFT_REG_1)),
        Expression("bitwise", data => data
            .UInt32Network(NFTA_BITWISE_SREG, NFT_REG_1)
            .UInt32Network(NFTA_BITWISE_DREG, NFT_REG_1)
            .UInt32Network(NFTA_BITWISE_LEN, sizeof(uint))
            .Nested(NFTA_BITWISE_MASK, nested => nested.UInt32(NFTA_DATA_VALUE, mask))
            .Nested(NFTA_BITWISE_XOR, static nested => nested.UInt32(NFTA_DATA_VALUE, 0))),
        Compare(NFT_CMP_NEQ, 0),
    ];

    public static NftExpression Lookup(string set) => Expression("lookup", data => data
        .String(NFTA_LOOKUP_SET, set).UInt32Network(NFTA_LOOKUP_SREG, NFT_REG_1));

    public static NftExpression Verdict(uint code, string? chain = null) => Expression("immediate", data => data
        .UInt32Network(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT)
        .Nested(NFTA_IMMEDIATE_DATA, nested => nested.Nested(NFTA_DATA_VERDICT, verdict =>
        {
            verdict.UInt32Network(NFTA_VERDICT_CODE, code);
            if (chain is not null)
                verdict.String(NFTA_VERDICT_CHAIN, chain);
        })));

    public static NftExpression Masquerade() => Expression("masq", static _ => { });

    /// <summary>Names of interfaces as registers hold them: 16 bytes each, filled with zeros.</summary>
    public static byte[] Names(params ReadOnlySpan<string> names)
    {
        byte[] key = new byte[names.Length * IFNAMSIZ];
        for (int i = 0; i < names.Length; i++)
            Encoding.ASCII.GetBytes(names[i], key.AsSpan(i * IFNAMSIZ, IFNAMSIZ));
        return key;
    }

    private static NftExpression Expression(string name, Action<NetlinkWriter> data) => list => list
        .Nested(NFTA_LIST_ELEM, element => element.String(NFTA_EXPR_NAME, name).Nested(NFTA_EXPR_DATA, data));
}
