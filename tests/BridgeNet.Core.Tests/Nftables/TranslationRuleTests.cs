using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Nftables.NftMessages;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>Rules that translate addresses. Registers of 16 bytes have two numbers each, and nft writes the old one.</summary>
public sealed class TranslationRuleTests
{
    private static readonly NftExpression[] s_isIPv4 = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [NFPROTO_IPV4])],
        s_isIPv6 = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [NFPROTO_IPV6])];
    private static readonly NftSet s_snat4 = new("snat4", [TYPE_IFNAME], [TYPE_IPADDR]);
    private static readonly NftSet s_publishOne4 = new(
        "publish-one4",
        [TYPE_IPADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE],
        [TYPE_IPADDR, TYPE_INET_SERVICE]
    );
    private static readonly NftSet s_publishAny6 = new(
        "publish-any6",
        [TYPE_INET_PROTOCOL, TYPE_INET_SERVICE],
        [TYPE_IP6ADDR, TYPE_INET_SERVICE]
    );

    [Fact]
    public void A_rule_about_what_is_sent_to_the_host() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("prerouting", [.. IsLocal(NFTA_FIB_F_DADDR), Verdict(NFT_JUMP, "user")]),
            // add rule inet bridgenet prerouting fib daddr type local jump user
            """
            c8 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0f 00 02 00  70 72 65 72  6f 75 74 69  6e 67 00 00              # NFTA_RULE_CHAIN
            94 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              28 00 01 80                                                   # NFTA_LIST_ELEM
                08 00 01 00  66 69 62 00                                    # NFTA_EXPR_NAME: fib
                1c 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 03 00  00 00 00 02                                  # NFTA_FIB_FLAGS
                  08 00 02 00  00 00 00 03                                  # NFTA_FIB_RESULT
                  08 00 01 00  00 00 00 01                                  # NFTA_FIB_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  08 00 01 00  02 00 00 00                     # NFTA_CMP_DATA
              3c 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                28 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  1c 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    18 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  ff ff ff fd                              # NFTA_VERDICT_CODE
                      09 00 02 00  75 73 65 72  00 00 00 00                 # NFTA_VERDICT_CHAIN
            """
        );

    [Fact]
    public void A_rule_that_translates_the_destination() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "prerouting",
                    [
                        .. s_isIPv4,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 4),
                        Meta(NFT_META_L4PROTO, NFT_REG32_01),
                        Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02),
                        Lookup(s_publishOne4),
                        Nat(NFT_NAT_DNAT, NFPROTO_IPV4, NFT_REG32_01),
                    ]
                ),
            // add rule inet bridgenet prerouting meta nfproto ipv4 dnat ip to ip daddr . meta l4proto . th dport map @publish-one4
            """
            84 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0f 00 02 00  70 72 65 72  6f 75 74 69  6e 67 00 00              # NFTA_RULE_CHAIN
            50 01 04 80                                                     # NFTA_RULE_EXPRESSIONS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                09 00 01 00  6d 65 74 61  00 00 00 00                       # NFTA_EXPR_NAME: meta
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 0f                                  # NFTA_META_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  05 00 01 00  02 00 00 00                     # NFTA_CMP_DATA
              34 00 01 80
                0c 00 01 00  70 61 79 6c  6f 61 64 00                       # payload
                24 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_PAYLOAD_DREG
                  08 00 02 00  00 00 00 01                                  # NFTA_PAYLOAD_BASE
                  08 00 03 00  00 00 00 10                                  # NFTA_PAYLOAD_OFFSET
                  08 00 04 00  00 00 00 04                                  # NFTA_PAYLOAD_LEN
              24 00 01 80
                09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
                14 00 02 80
                  08 00 02 00  00 00 00 10
                  08 00 01 00  00 00 00 09
              34 00 01 80
                0c 00 01 00  70 61 79 6c  6f 61 64 00                       # payload
                24 00 02 80
                  08 00 01 00  00 00 00 0a
                  08 00 02 00  00 00 00 02
                  08 00 03 00  00 00 00 02
                  08 00 04 00  00 00 00 02
              40 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                30 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  08 00 03 00  00 00 00 01                                  # NFTA_LOOKUP_DREG
                  11 00 01 00  70 75 62 6c  69 73 68 2d  6f 6e 65 34  00 00 00 00 # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 07                                  # NFTA_LOOKUP_SET_ID
              30 00 01 80
                08 00 01 00  6e 61 74 00                                    # nat
                24 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_NAT_TYPE
                  08 00 02 00  00 00 00 02                                  # NFTA_NAT_FAMILY
                  08 00 03 00  00 00 00 01                                  # NFTA_NAT_REG_ADDR_MIN
                  08 00 05 00  00 00 00 09                                  # NFTA_NAT_REG_PROTO_MIN
            """
        );

    [Fact]
    public void A_rule_that_translates_the_destination_of_all_but_link_local_clients() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "prerouting",
                    [
                        .. s_isIPv6,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 8, 16),
                        Mask(Sixteen(0xff, 0xc0)),
                        Compare(NFT_CMP_NEQ, Sixteen(0xfe, 0x80)),
                        Meta(NFT_META_L4PROTO),
                        Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_01),
                        Lookup(s_publishAny6),
                        Nat(NFT_NAT_DNAT, NFPROTO_IPV6, NFT_REG_2),
                    ]
                ),
            // add rule inet bridgenet prerouting meta nfproto ipv6 ip6 saddr & ffc0:: != fe80:: dnat ip6 to meta l4proto . th dport map
            // @publish-any6
            """
            20 02 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0f 00 02 00  70 72 65 72  6f 75 74 69  6e 67 00 00              # NFTA_RULE_CHAIN
            ec 01 04 80                                                     # NFTA_RULE_EXPRESSIONS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                09 00 01 00  6d 65 74 61  00 00 00 00                       # NFTA_EXPR_NAME: meta
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 0f                                  # NFTA_META_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  05 00 01 00  0a 00 00 00                     # NFTA_CMP_DATA
              34 00 01 80
                0c 00 01 00  70 61 79 6c  6f 61 64 00                       # payload
                24 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_PAYLOAD_DREG
                  08 00 02 00  00 00 00 01                                  # NFTA_PAYLOAD_BASE
                  08 00 03 00  00 00 00 08                                  # NFTA_PAYLOAD_OFFSET
                  08 00 04 00  00 00 00 10                                  # NFTA_PAYLOAD_LEN
              64 00 01 80
                0c 00 01 00  62 69 74 77  69 73 65 00                       # bitwise
                54 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_BITWISE_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_BITWISE_DREG
                  08 00 06 00  00 00 00 00                                  # NFTA_BITWISE_OP
                  08 00 03 00  00 00 00 10                                  # NFTA_BITWISE_LEN
                  18 00 04 80  14 00 01 00  ff c0 00 00  00 00 00 00  00 00 00 00  00 00 00 00 # NFTA_BITWISE_MASK
                  18 00 05 80  14 00 01 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00 # NFTA_BITWISE_XOR
              38 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                2c 00 02 80
                  08 00 01 00  00 00 00 01
                  08 00 02 00  00 00 00 01
                  18 00 03 80  14 00 01 00  fe 80 00 00  00 00 00 00  00 00 00 00  00 00 00 00
              24 00 01 80
                09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
                14 00 02 80
                  08 00 02 00  00 00 00 10
                  08 00 01 00  00 00 00 01
              34 00 01 80
                0c 00 01 00  70 61 79 6c  6f 61 64 00                       # payload
                24 00 02 80
                  08 00 01 00  00 00 00 09
                  08 00 02 00  00 00 00 02
                  08 00 03 00  00 00 00 02
                  08 00 04 00  00 00 00 02
              40 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                30 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  08 00 03 00  00 00 00 01                                  # NFTA_LOOKUP_DREG
                  11 00 01 00  70 75 62 6c  69 73 68 2d  61 6e 79 36  00 00 00 00 # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 08                                  # NFTA_LOOKUP_SET_ID
              30 00 01 80
                08 00 01 00  6e 61 74 00                                    # nat
                24 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_NAT_TYPE
                  08 00 02 00  00 00 00 0a                                  # NFTA_NAT_FAMILY
                  08 00 03 00  00 00 00 01                                  # NFTA_NAT_REG_ADDR_MIN
                  08 00 05 00  00 00 00 02                                  # NFTA_NAT_REG_PROTO_MIN
            """
        );

    [Fact]
    public void A_rule_that_masquerades_what_the_host_sends() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("postrouting", [.. IsLocal(NFTA_FIB_F_SADDR), Masquerade()]),
            // add rule inet bridgenet postrouting fib saddr type local masquerade
            """
            a0 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            10 00 02 00  70 6f 73 74  72 6f 75 74  69 6e 67 00              # NFTA_RULE_CHAIN
            6c 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              28 00 01 80                                                   # NFTA_LIST_ELEM
                08 00 01 00  66 69 62 00                                    # NFTA_EXPR_NAME: fib
                1c 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 03 00  00 00 00 01                                  # NFTA_FIB_FLAGS
                  08 00 02 00  00 00 00 03                                  # NFTA_FIB_RESULT
                  08 00 01 00  00 00 00 01                                  # NFTA_FIB_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  08 00 01 00  02 00 00 00                     # NFTA_CMP_DATA
              14 00 01 80
                09 00 01 00  6d 61 73 71  00 00 00 00                       # masq
                04 00 02 80
            """
        );

    [Fact]
    public void A_rule_that_translates_the_source() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("postrouting", [.. s_isIPv4, Meta(NFT_META_IIFNAME), Lookup(s_snat4), Nat(NFT_NAT_SNAT, NFPROTO_IPV4)]),
            // add rule inet bridgenet postrouting meta nfproto ipv4 snat ip to iifname map @snat4
            """
            0c 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            10 00 02 00  70 6f 73 74  72 6f 75 74  69 6e 67 00              # NFTA_RULE_CHAIN
            d8 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                09 00 01 00  6d 65 74 61  00 00 00 00                       # NFTA_EXPR_NAME: meta
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 0f                                  # NFTA_META_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  05 00 01 00  02 00 00 00                     # NFTA_CMP_DATA
              24 00 01 80
                09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
                14 00 02 80
                  08 00 02 00  00 00 00 06
                  08 00 01 00  00 00 00 01
              38 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                28 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  08 00 03 00  00 00 00 01                                  # NFTA_LOOKUP_DREG
                  0a 00 01 00  73 6e 61 74  34 00 00 00                     # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 03                                  # NFTA_LOOKUP_SET_ID
              28 00 01 80
                08 00 01 00  6e 61 74 00                                    # nat
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_NAT_TYPE
                  08 00 02 00  00 00 00 02                                  # NFTA_NAT_FAMILY
                  08 00 03 00  00 00 00 01                                  # NFTA_NAT_REG_ADDR_MIN
            """
        );

    private static byte[] Sixteen(byte first, byte second) => [first, second, .. new byte[14]];
}
