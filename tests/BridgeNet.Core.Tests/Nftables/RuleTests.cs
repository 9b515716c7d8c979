using BridgeNet.Firewall;
using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Nftables.NftMessages;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>Rules that accept, drop and jump.</summary>
public sealed class RuleTests
{
    private static readonly NftExpression[] s_isIPv4 = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [NFPROTO_IPV4])],
        s_isIPv6 = [Meta(NFT_META_NFPROTO), Compare(NFT_CMP_EQ, [NFPROTO_IPV6])];
    private static readonly NftSet s_pairs = new("bridges", TYPE_IFNAME, TYPE_IFNAME);
    private static readonly NftSet s_published4 = new("published4", TYPE_IPADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);
    private static readonly NftSet s_opened6 = new("opened6", TYPE_IP6ADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);

    [Fact]
    public void A_rule_that_jumps() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("forward", Verdict(NFT_JUMP, "user")),
            // add rule inet bridgenet forward jump user
            """
            70 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            40 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              3c 00 01 80                                                   # NFTA_LIST_ELEM
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # NFTA_EXPR_NAME: immediate
                28 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  1c 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    18 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  ff ff ff fd                              # NFTA_VERDICT_CODE
                      09 00 02 00  75 73 65 72  00 00 00 00                 # NFTA_VERDICT_CHAIN
            """
        );

    [Fact]
    public void A_rule_about_the_state_of_a_connection() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("forward", [.. Connection(NFT_CT_STATE, CT_ESTABLISHED_OR_RELATED), Verdict(NF_ACCEPT)]),
            // add rule inet bridgenet forward ct state established,related accept
            """
            f4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            c4 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              20 00 01 80                                                   # NFTA_LIST_ELEM
                07 00 01 00  63 74 00 00                                    # NFTA_EXPR_NAME: ct
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 00                                  # NFTA_CT_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_CT_DREG
              44 00 01 80
                0c 00 01 00  62 69 74 77  69 73 65 00                       # bitwise
                34 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_BITWISE_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_BITWISE_DREG
                  08 00 03 00  00 00 00 04                                  # NFTA_BITWISE_LEN
                  0c 00 04 80  08 00 01 00  06 00 00 00                     # NFTA_BITWISE_MASK
                  0c 00 05 80  08 00 01 00  00 00 00 00                     # NFTA_BITWISE_XOR
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_CMP_OP
                  0c 00 03 80  08 00 01 00  00 00 00 00                     # NFTA_CMP_DATA
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_that_labels_connections_whose_source_is_elsewhere() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("prerouting", [.. HasNoWayBack(), .. SetLabels(FlowOrigin.Spoofed.Labels)]),
            // add rule inet bridgenet prerouting fib saddr . iif oif missing ct label set 107
            """
            e4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0f 00 02 00  70 72 65 72  6f 75 74 69  6e 67 00 00              # NFTA_RULE_CHAIN
            b0 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              28 00 01 80                                                   # NFTA_LIST_ELEM
                08 00 01 00  66 69 62 00                                    # NFTA_EXPR_NAME: fib
                1c 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 03 00  00 00 00 29                                  # NFTA_FIB_FLAGS: saddr, iif, present
                  08 00 02 00  00 00 00 01                                  # NFTA_FIB_RESULT: oif
                  08 00 01 00  00 00 00 01                                  # NFTA_FIB_DREG
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP: eq
                  0c 00 03 80  08 00 01 00  00 00 00 00                     # NFTA_CMP_DATA
              38 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                24 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_IMMEDIATE_DREG
                  18 00 02 80  14 00 01 00                                  # NFTA_IMMEDIATE_DATA
                    00 00 00 00  00 00 00 00  00 00 00 00  00 08 00 00
              20 00 01 80
                07 00 01 00  63 74 00 00                                    # ct
                14 00 02 80
                  08 00 02 00  00 00 00 0d                                  # NFTA_CT_KEY: labels
                  08 00 04 00  00 00 00 01                                  # NFTA_CT_SREG
            """
        );

    [Fact]
    public void A_rule_about_later_fragments() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("prerouting", [.. s_isIPv6, .. IsLaterFragment(), Verdict(NF_ACCEPT)]),
            // add rule inet bridgenet prerouting frag frag-off != 0 accept
            """
            74 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00
            01 00 00 00  0e 00 01 00  62 72 69 64  67 65 6e 65
            74 00 00 00  0f 00 02 00  70 72 65 72  6f 75 74 69
            6e 67 00 00  40 01 04 80  24 00 01 80  09 00 01 00
            6d 65 74 61  00 00 00 00  14 00 02 80  08 00 02 00
            00 00 00 0f  08 00 01 00  00 00 00 01  2c 00 01 80
            08 00 01 00  63 6d 70 00  20 00 02 80  08 00 01 00
            00 00 00 01  08 00 02 00  00 00 00 00  0c 00 03 80
            05 00 01 00  0a 00 00 00  44 00 01 80  0b 00 01 00
            65 78 74 68  64 72 00 00  34 00 02 80  08 00 01 00
            00 00 00 01  05 00 02 00  2c 00 00 00  08 00 03 00
            00 00 00 02  08 00 04 00  00 00 00 02  08 00 06 00
            00 00 00 00  08 00 05 00  00 00 00 00  4c 00 01 80
            0c 00 01 00  62 69 74 77  69 73 65 00  3c 00 02 80
            08 00 01 00  00 00 00 01  08 00 02 00  00 00 00 01
            08 00 06 00  00 00 00 00  08 00 03 00  00 00 00 02
            0c 00 04 80  06 00 01 00  ff f8 00 00  0c 00 05 80
            06 00 01 00  00 00 00 00  2c 00 01 80  08 00 01 00
            63 6d 70 00  20 00 02 80  08 00 01 00  00 00 00 01
            08 00 02 00  00 00 00 01  0c 00 03 80  06 00 01 00
            00 00 00 00  30 00 01 80  0e 00 01 00  69 6d 6d 65
            64 69 61 74  65 00 00 00  1c 00 02 80  08 00 01 00
            00 00 00 00  10 00 02 80  0c 00 02 80  08 00 01 00
            00 00 00 01
            """
        );

    [Fact]
    public void A_rule_about_connections_without_a_label() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("prerouting", [.. NotConnection(NFT_CT_LABELS, FlowOrigin.Spoofed.Labels), Verdict(NF_ACCEPT)]),
            // add rule inet bridgenet prerouting ct label ! 107 accept
            """
            1c 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0f 00 02 00  70 72 65 72  6f 75 74 69  6e 67 00 00              # NFTA_RULE_CHAIN
            e8 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              20 00 01 80                                                   # NFTA_LIST_ELEM
                07 00 01 00  63 74 00 00                                    # NFTA_EXPR_NAME: ct
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 0d                                  # NFTA_CT_KEY: labels
                  08 00 01 00  00 00 00 01                                  # NFTA_CT_DREG
              5c 00 01 80
                0c 00 01 00  62 69 74 77  69 73 65 00                       # bitwise
                4c 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_BITWISE_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_BITWISE_DREG
                  08 00 03 00  00 00 00 10                                  # NFTA_BITWISE_LEN
                  18 00 04 80  14 00 01 00                                  # NFTA_BITWISE_MASK
                    00 00 00 00  00 00 00 00  00 00 00 00  00 08 00 00
                  18 00 05 80  14 00 01 00                                  # NFTA_BITWISE_XOR
                    00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
              38 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                2c 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP: eq
                  18 00 03 80  14 00 01 00                                  # NFTA_CMP_DATA
                    00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_about_connections_to_published_ports() =>
        AssertSame(
            Rule,
            batch => batch.AddRule("forward", [.. Connection(NFT_CT_STATUS, IPS_DST_NAT), Verdict(NF_ACCEPT)]),
            // add rule inet bridgenet forward ct status dnat accept
            """
            f4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            c4 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              20 00 01 80                                                   # NFTA_LIST_ELEM
                07 00 01 00  63 74 00 00                                    # NFTA_EXPR_NAME: ct
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 02                                  # NFTA_CT_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_CT_DREG
              44 00 01 80
                0c 00 01 00  62 69 74 77  69 73 65 00                       # bitwise
                34 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_BITWISE_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_BITWISE_DREG
                  08 00 03 00  00 00 00 04                                  # NFTA_BITWISE_LEN
                  0c 00 04 80  08 00 01 00  20 00 00 00                     # NFTA_BITWISE_MASK
                  0c 00 05 80  08 00 01 00  00 00 00 00                     # NFTA_BITWISE_XOR
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_CMP_OP
                  0c 00 03 80  08 00 01 00  00 00 00 00                     # NFTA_CMP_DATA
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_about_some_bits_of_the_group_of_an_interface() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "forward",
                    Meta(NFT_META_OIFGROUP),
                    Mask([0xfe, 0xff, 0xff, 0xff]),
                    Compare(NFT_CMP_EQ, 0xb41c),
                    Verdict(NF_DROP)
                ),
            // add rule inet bridgenet forward oifgroup & 4294967294 == 46108 drop
            """
            00 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            d0 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                09 00 01 00  6d 65 74 61  00 00 00 00                       # NFTA_EXPR_NAME: meta
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 16                                  # NFTA_META_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
              4c 00 01 80
                0c 00 01 00  62 69 74 77  69 73 65 00                       # bitwise
                3c 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_BITWISE_SREG
                  08 00 02 00  00 00 00 01                                  # NFTA_BITWISE_DREG
                  08 00 06 00  00 00 00 00                                  # NFTA_BITWISE_OP
                  08 00 03 00  00 00 00 04                                  # NFTA_BITWISE_LEN
                  0c 00 04 80  08 00 01 00  fe ff ff ff                     # NFTA_BITWISE_MASK
                  0c 00 05 80  08 00 01 00  00 00 00 00                     # NFTA_BITWISE_XOR
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01                                  # NFTA_CMP_SREG
                  08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP
                  0c 00 03 80  08 00 01 00  1c b4 00 00                     # NFTA_CMP_DATA
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 00                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_that_looks_a_pair_of_names_up() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule("forward", Meta(NFT_META_IIFNAME), Meta(NFT_META_OIFNAME, NFT_REG_2), Lookup(s_pairs), Verdict(NF_ACCEPT)),
            // add rule inet bridgenet forward iifname . oifname @bridges accept
            """
            dc 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            ac 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                09 00 01 00  6d 65 74 61  00 00 00 00                       # NFTA_EXPR_NAME: meta
                14 00 02 80                                                 # NFTA_EXPR_DATA
                  08 00 02 00  00 00 00 06                                  # NFTA_META_KEY
                  08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
              24 00 01 80
                09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
                14 00 02 80
                  08 00 02 00  00 00 00 07
                  08 00 01 00  00 00 00 02
              30 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                20 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  0c 00 01 00  62 72 69 64  67 65 73 00                     # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 02                                  # NFTA_LOOKUP_SET_ID
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_that_looks_an_endpoint_up() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "forward",
                    [
                        .. s_isIPv4,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 4),
                        Meta(NFT_META_L4PROTO, NFT_REG32_01),
                        Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02),
                        Lookup(s_published4),
                        Verdict(NF_ACCEPT),
                    ]
                ),
            // add rule inet bridgenet forward meta nfproto ipv4 ip daddr . meta l4proto . th dport @published4 accept
            """
            74 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            44 01 04 80                                                     # NFTA_RULE_EXPRESSIONS
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
              34 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                24 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  0f 00 01 00  70 75 62 6c  69 73 68 65  64 34 00 00        # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 05                                  # NFTA_LOOKUP_SET_ID
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_that_looks_an_IPv6_endpoint_up() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "forward",
                    [
                        .. s_isIPv6,
                        Payload(NFT_PAYLOAD_NETWORK_HEADER, 24, 16),
                        Meta(NFT_META_L4PROTO, NFT_REG_2),
                        Payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_05),
                        Lookup(s_opened6),
                        Verdict(NF_ACCEPT),
                    ]
                ),
            // add rule inet bridgenet forward meta nfproto ipv6 ip6 daddr . meta l4proto . th dport @opened6 accept
            """
            70 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            40 01 04 80                                                     # NFTA_RULE_EXPRESSIONS
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
                  08 00 03 00  00 00 00 18                                  # NFTA_PAYLOAD_OFFSET
                  08 00 04 00  00 00 00 10                                  # NFTA_PAYLOAD_LEN
              24 00 01 80
                09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
                14 00 02 80
                  08 00 02 00  00 00 00 10
                  08 00 01 00  00 00 00 02
              34 00 01 80
                0c 00 01 00  70 61 79 6c  6f 61 64 00                       # payload
                24 00 02 80
                  08 00 01 00  00 00 00 0d
                  08 00 02 00  00 00 00 02
                  08 00 03 00  00 00 00 02
                  08 00 04 00  00 00 00 02
              30 00 01 80
                0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
                20 00 02 80
                  08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
                  0c 00 01 00  6f 70 65 6e  65 64 36 00                     # NFTA_LOOKUP_SET
                  08 00 04 00  00 00 00 06                                  # NFTA_LOOKUP_SET_ID
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 01                              # NFTA_VERDICT_CODE
            """
        );

    [Fact]
    public void A_rule_about_a_byte_of_the_packet() =>
        AssertSame(
            Rule,
            batch =>
                batch.AddRule(
                    "loopback",
                    [.. s_isIPv4, Payload(NFT_PAYLOAD_NETWORK_HEADER, 16, 1), Compare(NFT_CMP_EQ, [127]), Verdict(NF_DROP)]
                ),
            // add rule inet bridgenet loopback meta nfproto ipv4 @nh,128,8 127 drop
            """
            18 01 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0d 00 02 00  6c 6f 6f 70  62 61 63 6b  00 00 00 00              # NFTA_RULE_CHAIN
            e4 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
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
                  08 00 04 00  00 00 00 01                                  # NFTA_PAYLOAD_LEN
              2c 00 01 80
                08 00 01 00  63 6d 70 00                                    # cmp
                20 00 02 80
                  08 00 01 00  00 00 00 01
                  08 00 02 00  00 00 00 00
                  0c 00 03 80  05 00 01 00  7f 00 00 00
              30 00 01 80
                0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # immediate
                1c 00 02 80
                  08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG
                  10 00 02 80                                               # NFTA_IMMEDIATE_DATA
                    0c 00 02 80                                             # NFTA_DATA_VERDICT
                      08 00 01 00  00 00 00 00                              # NFTA_VERDICT_CODE
            """
        );
}
