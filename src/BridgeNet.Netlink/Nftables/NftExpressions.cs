using BridgeNet.Netlink;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>One expression of a rule; it writes itself to the list of expressions.</summary>
public delegate void NftExpression(NetlinkWriter list);

/// <summary>The expressions of rules, named as <c>nft --debug=netlink</c> prints them.</summary>
public static class NftExpressions
{
    /// <summary>Loads metadata of a packet, <c>NFT_META_…</c>.</summary>
    public static NftExpression Meta(uint key, uint register = NFT_REG_1) =>
        Expression("meta", data => data.UInt32Network(NFTA_META_KEY, key).UInt32Network(NFTA_META_DREG, register));

    /// <summary>Compares the first register with bytes.</summary>
    public static NftExpression Compare(uint operation, byte[] value) =>
        Expression(
            "cmp",
            data =>
                data.UInt32Network(NFTA_CMP_SREG, NFT_REG_1)
                    .UInt32Network(NFTA_CMP_OP, operation)
                    .Nested(NFTA_CMP_DATA, nested => nested.Bytes(NFTA_DATA_VALUE, value))
        );

    /// <summary>Compares the first register with a number in host order.</summary>
    public static NftExpression Compare(uint operation, uint value) => Compare(operation, BitConverter.GetBytes(value));

    /// <summary>Keeps the bits of a mask in the first register.</summary>
    public static NftExpression Mask(byte[] mask) =>
        Expression(
            "bitwise",
            data =>
                data.UInt32Network(NFTA_BITWISE_SREG, NFT_REG_1)
                    .UInt32Network(NFTA_BITWISE_DREG, NFT_REG_1)
                    .UInt32Network(NFTA_BITWISE_LEN, (uint)mask.Length)
                    .Nested(NFTA_BITWISE_MASK, nested => nested.Bytes(NFTA_DATA_VALUE, mask))
                    .Nested(NFTA_BITWISE_XOR, nested => nested.Bytes(NFTA_DATA_VALUE, new byte[mask.Length]))
        );

    /// <summary>Matches if any of the bits is set in the connection's <paramref name="key"/>.</summary>
    public static NftExpression[] Connection(uint key, byte[] bits) => [Of(key), Mask(bits), Compare(NFT_CMP_NEQ, new byte[bits.Length])];

    /// <inheritdoc cref="Connection(uint, byte[])"/>
    public static NftExpression[] Connection(uint key, uint bits) => Connection(key, BitConverter.GetBytes(bits));

    /// <summary>Matches if none of the bits is set in the connection's <paramref name="key"/>.</summary>
    public static NftExpression[] NotConnection(uint key, byte[] bits) => [Of(key), Mask(bits), Compare(NFT_CMP_EQ, new byte[bits.Length])];

    /// <inheritdoc cref="NotConnection(uint, byte[])"/>
    public static NftExpression[] NotConnection(uint key, uint bits) => NotConnection(key, BitConverter.GetBytes(bits));

    /// <summary>Adds labels to the connection.</summary>
    /// <param name="labels">A bit for each of the 128 labels.</param>
    public static NftExpression[] SetLabels(byte[] labels) =>
        [
            Expression(
                "immediate",
                data =>
                    data.UInt32Network(NFTA_IMMEDIATE_DREG, NFT_REG_1)
                        .Nested(NFTA_IMMEDIATE_DATA, nested => nested.Bytes(NFTA_DATA_VALUE, labels))
            ),
            Expression("ct", data => data.UInt32Network(NFTA_CT_KEY, NFT_CT_LABELS).UInt32Network(NFTA_CT_SREG, NFT_REG_1)),
        ];

    /// <summary>Matches if the host's route to the packet's source does not use the incoming interface.</summary>
    public static NftExpression[] HasNoWayBack() =>
        [
            Expression(
                "fib",
                data =>
                    data.UInt32Network(NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF | NFTA_FIB_F_PRESENT)
                        .UInt32Network(NFTA_FIB_RESULT, NFT_FIB_RESULT_OIF)
                        .UInt32Network(NFTA_FIB_DREG, NFT_REG_1)
            ),
            Compare(NFT_CMP_EQ, 0),
        ];

    private static NftExpression Of(uint key) =>
        Expression("ct", data => data.UInt32Network(NFTA_CT_KEY, key).UInt32Network(NFTA_CT_DREG, NFT_REG_1));

    /// <summary>Loads bytes of the packet.</summary>
    public static NftExpression Payload(uint header, uint offset, uint length, uint register = NFT_REG_1) =>
        Expression(
            "payload",
            data =>
                data.UInt32Network(NFTA_PAYLOAD_DREG, register)
                    .UInt32Network(NFTA_PAYLOAD_BASE, header)
                    .UInt32Network(NFTA_PAYLOAD_OFFSET, offset)
                    .UInt32Network(NFTA_PAYLOAD_LEN, length)
        );

    /// <summary>Matches an IPv6 fragment other than the first (RFC 8200, 4.5): its upper-layer header is not visible.</summary>
    public static NftExpression[] IsLaterFragment() =>
        [
            Expression(
                "exthdr",
                data =>
                    data.UInt32Network(NFTA_EXTHDR_DREG, NFT_REG_1)
                        .UInt8(NFTA_EXTHDR_TYPE, 44) // IPPROTO_FRAGMENT
                        .UInt32Network(NFTA_EXTHDR_OFFSET, 2)
                        .UInt32Network(NFTA_EXTHDR_LEN, 2)
                        .UInt32Network(NFTA_EXTHDR_OP, 0) // NFT_EXTHDR_OP_IPV6
                        .UInt32Network(NFTA_EXTHDR_FLAGS, 0)
            ),
            Mask([0xff, 0xf8]),
            Compare(NFT_CMP_NEQ, new byte[2]),
        ];

    /// <summary>Matches if the packet's source or destination is an address of the host.</summary>
    public static NftExpression[] IsLocal(uint which) =>
        [
            Expression(
                "fib",
                data =>
                    data.UInt32Network(NFTA_FIB_FLAGS, which)
                        .UInt32Network(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE)
                        .UInt32Network(NFTA_FIB_DREG, NFT_REG_1)
            ),
            Compare(NFT_CMP_EQ, RTN_LOCAL),
        ];

    /// <summary>
    /// Matches if a set contains the value that starts in the first register; inverted, if not. For a map, the data is written to the first
    /// register.
    /// </summary>
    public static NftExpression Lookup(NftSet set, bool inverted = false) =>
        Expression(
            "lookup",
            data =>
            {
                data.String(NFTA_LOOKUP_SET, set.Name).UInt32Network(NFTA_LOOKUP_SREG, NFT_REG_1);
                if (set.IsMap)
                    data.UInt32Network(NFTA_LOOKUP_DREG, NFT_REG_1);
                if (inverted)
                    data.UInt32Network(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
            }
        );

    /// <summary>Ends the rule with a verdict: accept, drop, jump to a chain, return from one.</summary>
    public static NftExpression Verdict(uint code, string? chain = null) =>
        Expression(
            "immediate",
            data =>
                data.UInt32Network(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT)
                    .Nested(
                        NFTA_IMMEDIATE_DATA,
                        nested =>
                            nested.Nested(
                                NFTA_DATA_VERDICT,
                                verdict =>
                                {
                                    verdict.UInt32Network(NFTA_VERDICT_CODE, code);
                                    if (chain is not null)
                                        verdict.String(NFTA_VERDICT_CHAIN, chain);
                                }
                            )
                    )
        );

    /// <summary>Translates the source address to that of the outgoing interface.</summary>
    public static NftExpression Masquerade() => Expression("masq", static _ => { });

    /// <summary>Translates to the address in the first register and, if specified, to the port in another register.</summary>
    public static NftExpression Nat(uint type, byte family, uint? portRegister = null) =>
        Expression(
            "nat",
            data =>
            {
                data.UInt32Network(NFTA_NAT_TYPE, type)
                    .UInt32Network(NFTA_NAT_FAMILY, family)
                    .UInt32Network(NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
                if (portRegister is { } register)
                    data.UInt32Network(NFTA_NAT_REG_PROTO_MIN, register);
            }
        );

    private static NftExpression Expression(string name, Action<NetlinkWriter> data) =>
        list => list.Nested(NFTA_LIST_ELEM, element => element.String(NFTA_EXPR_NAME, name).Nested(NFTA_EXPR_DATA, data));
}
