using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Nftables.NftConstants;
using static BridgeNet.Nftables.NftExpressions;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>
/// Each message against what nft 1.0.6 sends for the line above it, taken by <c>unshare --net strace -e trace=sendmsg -e write=3 nft -f FILE</c>,
/// attribute by attribute, for the kernel does not mind their order. Not compared is what nft adds for itself:
/// flags of 0, the description of joined types that it keeps with a set, and the numbers by which a batch names its new sets beside their names.
/// </summary>
public sealed class BatchTests
{
    private static readonly AttributeTree s_table = new(4) { Ignored = ["2"] }; // NFTA_TABLE_FLAGS
    private static readonly AttributeTree s_chain = new(4);
    private static readonly AttributeTree s_set = new(4) { Ignored = ["3"] }; // NFTA_SET_FLAGS
    private static readonly AttributeTree s_joinedSet = new(4) { Ignored = ["3", "13"] }; // NFTA_SET_USERDATA too
    private static readonly AttributeTree s_element = new(4) { Ignored = ["4"] }; // NFTA_SET_ELEM_LIST_SET_ID
    private static readonly AttributeTree s_rule = new(4) { CalledBySibling = "4/1/2", Ignored = ["4/1/lookup/4"] }; // NFTA_LOOKUP_SET_ID

    [Fact]
    public void A_batch_is_framed_numbered_and_answered_at_its_last_change()
    {
        IReadOnlyList<byte[]> messages = Messages(batch => batch.AddTable().AddChain("user"), zeroNumbers: false);
        Assert.Equal([NFNL_MSG_BATCH_BEGIN, 0x0a00, 0x0a03, NFNL_MSG_BATCH_END], messages.Select(message => BitConverter.ToUInt16(message, 4)));
        // The subsystem, in network order, is where others have a resource.
        Assert.Equal("00 00 00 0a", Hex.Rows(messages[0].AsSpan(16)));
        Assert.Equal("00 00 00 0a", Hex.Rows(messages[^1].AsSpan(16)));
        // NLM_F_REQUEST, and NLM_F_ACK once, for an ack of each would overflow a socket's buffer.
        Assert.Equal([1, 1, 5, 1], messages.Select(message => message[6] & 0xff));
        uint[] numbers = [.. messages.Select(FakeKernel.SequenceOf)];
        Assert.Equal([numbers[0], numbers[0] + 1, numbers[0] + 2, 0u], numbers);
    }

    [Fact]
    public void Nothing_is_sent_when_there_is_nothing_to_change()
    {
        FakeKernel kernel = FakeKernel.Agreeing();
        new NftBatch("bridgenet").AddElements("bridges").FlushSets().Commit(new NetlinkConnection(kernel), "test");
        Assert.Empty(kernel.Requests);
    }

    [Fact]
    public void Many_elements_go_in_few_messages()
    {
        byte[][] keys = [.. Enumerable.Range(0, 2500).Select(number => Names($"br-{number}", $"br-{number}"))];
        IReadOnlyList<byte[]> messages = Messages(batch => batch.AddElements("bridges", keys), zeroNumbers: true);
        Assert.Equal([1000, 1000, 500], messages.Skip(1).SkipLast(1).Select(message => s_element.Of(message).Count(line => line.StartsWith("3/1/1/1 ", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_table() => AssertSame(s_table, batch => batch.AddTable(),
        // add table ip bridgenet
        """
        2c 00 00 00  00 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_NEWTABLE, NFPROTO_IPV4
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_TABLE_NAME
        08 00 02 00  00 00 00 00                                        # NFTA_TABLE_FLAGS
        """);

    [Fact]
    public void The_end_of_a_table() => AssertSame(s_table, batch => batch.DeleteTable(),
        // delete table ip bridgenet
        """
        24 00 00 00  02 0a 01 00  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_DELTABLE
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_TABLE_NAME
        """);

    [Fact]
    public void A_chain() => AssertSame(s_chain, batch => batch.AddChain("user"),
        // add chain ip bridgenet user
        """
        30 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_NEWCHAIN
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
        09 00 03 00  75 73 65 72  00 00 00 00                           # NFTA_CHAIN_NAME
        """);

    [Fact]
    public void A_chain_on_a_hook() => AssertSame(s_chain, batch => batch.AddBaseChain("forward", "filter", NF_INET_FORWARD, 0),
        // add chain ip bridgenet forward { type filter hook forward priority 0; policy accept; }
        """
        58 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
        0c 00 03 00  66 6f 72 77  61 72 64 00                           # NFTA_CHAIN_NAME
        0b 00 07 00  66 69 6c 74  65 72 00 00                           # NFTA_CHAIN_TYPE
        08 00 05 00  00 00 00 01                                        # NFTA_CHAIN_POLICY
        14 00 04 80                                                     # NFTA_CHAIN_HOOK
          08 00 01 00  00 00 00 02                                      # NFTA_HOOK_HOOKNUM
          08 00 02 00  00 00 00 00                                      # NFTA_HOOK_PRIORITY
        """);

    [Fact]
    public void A_chain_for_address_translation() => AssertSame(s_chain, batch => batch.AddBaseChain("postrouting", "nat", NF_INET_POST_ROUTING, 100),
        // add chain ip bridgenet postrouting { type nat hook postrouting priority 100; policy accept; }
        """
        58 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        10 00 03 00  70 6f 73 74  72 6f 75 74  69 6e 67 00
        08 00 07 00  6e 61 74 00
        08 00 05 00  00 00 00 01
        14 00 04 80
          08 00 01 00  00 00 00 04
          08 00 02 00  00 00 00 64
        """);

    [Fact]
    public void A_set_of_names() => AssertSame(s_set, batch => batch.AddSet("masqueraded", TYPE_IFNAME, IFNAMSIZ, 2),
        // add set ip bridgenet masqueraded { type ifname; }
        """
        60 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_NEWSET
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
        10 00 02 00  6d 61 73 71  75 65 72 61  64 65 64 00              # NFTA_SET_NAME
        08 00 03 00  00 00 00 00                                        # NFTA_SET_FLAGS
        08 00 04 00  00 00 00 29                                        # NFTA_SET_KEY_TYPE
        08 00 05 00  00 00 00 10                                        # NFTA_SET_KEY_LEN
        08 00 0a 00  00 00 00 02                                        # NFTA_SET_ID
        0a 00 0d 00  00 04 01 00  00 00 00 00                           # NFTA_SET_USERDATA
        """);

    [Fact]
    public void A_set_of_pairs_of_names() => AssertSame(s_joinedSet, batch => batch.AddSet("bridges", TYPE_IFNAME_IFNAME, 2 * IFNAMSIZ, 1),
        // add set ip bridgenet bridges { type ifname . ifname; }
        """
        64 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  62 72 69 64  67 65 73 00
        08 00 03 00  00 00 00 00
        08 00 04 00  00 00 0a 69
        08 00 05 00  00 00 00 20
        08 00 0a 00  00 00 00 01
        14 00 0d 00  00 04 00 00  00 00 03 08  00 04 0d 00  00 00 01 00
        """);

    [Fact]
    public void An_element() => AssertSame(s_element, batch => batch.AddElements("masqueraded", Names("br-aaaaaaaaaaaa")),
        // add element ip bridgenet masqueraded { "br-aaaaaaaaaaaa" }
        """
        5c 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_NEWSETELEM
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
        10 00 02 00  6d 61 73 71  75 65 72 61  64 65 64 00              # NFTA_SET_ELEM_LIST_SET
        08 00 04 00  00 00 00 02                                        # NFTA_SET_ELEM_LIST_SET_ID
        20 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
          1c 00 01 80                                                   # NFTA_LIST_ELEM
            18 00 01 80                                                 # NFTA_SET_ELEM_KEY
              14 00 01 00  62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00 # NFTA_DATA_VALUE
        """);

    [Fact]
    public void An_element_of_a_pair() => AssertSame(s_element, batch => batch.AddElements("bridges", Names("br-aaaaaaaaaaaa", "br-aaaaaaaaaaaa")),
        // add element ip bridgenet bridges { "br-aaaaaaaaaaaa" . "br-aaaaaaaaaaaa" }
        """
        68 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  62 72 69 64  67 65 73 00
        08 00 04 00  00 00 00 01
        30 00 03 80
          2c 00 01 80
            28 00 01 80
              24 00 01 00  62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00
                           62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00
        """);

    [Fact]
    public void The_end_of_an_element() => AssertSame(s_element, batch => batch.DeleteElements("masqueraded", Names("br-aaaaaaaaaaaa")),
        // delete element ip bridgenet masqueraded { "br-aaaaaaaaaaaa" }
        """
        54 00 00 00  0e 0a 01 00  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_DELSETELEM
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        10 00 02 00  6d 61 73 71  75 65 72 61  64 65 64 00
        20 00 03 80
          1c 00 01 80
            18 00 01 80
              14 00 01 00  62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00
        """);

    [Fact]
    public void The_end_of_all_elements() => AssertSame(s_element, batch => batch.FlushSets("bridges"),
        // flush set ip bridgenet bridges
        """
        30 00 00 00  0e 0a 01 00  00 00 00 00  00 00 00 00  02 00 00 00
        0c 00 02 00  62 72 69 64  67 65 73 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        """);

    [Fact]
    public void The_end_of_all_rules_of_a_chain() => AssertSame(s_rule, batch => batch.FlushChains("forward"),
        // flush chain ip bridgenet forward
        """
        30 00 00 00  08 0a 01 00  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_DELRULE
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  66 6f 72 77  61 72 64 00
        """);

    [Fact]
    public void A_rule_that_jumps() => AssertSame(s_rule, batch => batch.AddRule("forward", Verdict(NFT_JUMP, "user")),
        // add rule ip bridgenet forward jump user
        """
        70 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  02 00 00 00 # NFT_MSG_NEWRULE
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
        0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
        40 00 04 80                                                     # NFTA_RULE_EXPRESSIONS
          3c 00 01 80                                                   # NFTA_LIST_ELEM
            0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00          # NFTA_EXPR_NAME: immediate
            28 00 02 80                                                 # NFTA_EXPR_DATA
              08 00 01 00  00 00 00 00                                  # NFTA_IMMEDIATE_DREG: the verdict
              1c 00 02 80                                               # NFTA_IMMEDIATE_DATA
                18 00 02 80                                             # NFTA_DATA_VERDICT
                  08 00 01 00  ff ff ff fd                              # NFTA_VERDICT_CODE: jump
                  09 00 02 00  75 73 65 72  00 00 00 00                 # NFTA_VERDICT_CHAIN
        """);

    [Fact]
    public void A_rule_about_the_state_of_a_connection() => AssertSame(s_rule,
        batch => batch.AddRule("forward", [.. ConnectionState(CT_ESTABLISHED_OR_RELATED), Verdict(NF_ACCEPT)]),
        // add rule ip bridgenet forward ct state established,related accept
        """
        f4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  66 6f 72 77  61 72 64 00
        c4 00 04 80
          20 00 01 80
            07 00 01 00  63 74 00 00                                    # ct
            14 00 02 80
              08 00 02 00  00 00 00 00                                  # NFTA_CT_KEY: state
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
              08 00 02 00  00 00 00 01                                  # NFTA_CMP_OP: neq
              0c 00 03 80  08 00 01 00  00 00 00 00                     # NFTA_CMP_DATA
          30 00 01 80
            0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00
            1c 00 02 80
              08 00 01 00  00 00 00 00
              10 00 02 80
                0c 00 02 80  08 00 01 00  00 00 00 01                   # accept
        """);

    [Fact]
    public void A_rule_about_the_group_of_an_interface() => AssertSame(s_rule,
        batch => batch.AddRule("forward", Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_EQ, 0xb41d), Verdict(NF_DROP)),
        // add rule ip bridgenet forward oifgroup 46109 drop
        """
        b4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  66 6f 72 77  61 72 64 00
        84 00 04 80
          24 00 01 80
            09 00 01 00  6d 65 74 61  00 00 00 00                       # meta
            14 00 02 80
              08 00 02 00  00 00 00 16                                  # NFTA_META_KEY: oifgroup
              08 00 01 00  00 00 00 01                                  # NFTA_META_DREG
          2c 00 01 80
            08 00 01 00  63 6d 70 00
            20 00 02 80
              08 00 01 00  00 00 00 01
              08 00 02 00  00 00 00 00                                  # NFTA_CMP_OP: eq
              0c 00 03 80  08 00 01 00  1d b4 00 00                     # in the machine's order, as a register holds it
          30 00 01 80
            0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00
            1c 00 02 80
              08 00 01 00  00 00 00 00
              10 00 02 80
                0c 00 02 80  08 00 01 00  00 00 00 00                   # drop
        """);

    [Fact]
    public void A_rule_that_looks_a_pair_of_names_up() => AssertSame(s_rule,
        batch => batch.AddRule("forward", Meta(NFT_META_IIFNAME, NFT_REG_1), Meta(NFT_META_OIFNAME, NFT_REG_2), Lookup("bridges"), Verdict(NF_ACCEPT)),
        // add rule ip bridgenet forward iifname . oifname @bridges accept
        """
        dc 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        0c 00 02 00  66 6f 72 77  61 72 64 00
        ac 00 04 80
          24 00 01 80
            09 00 01 00  6d 65 74 61  00 00 00 00
            14 00 02 80
              08 00 02 00  00 00 00 06                                  # iifname
              08 00 01 00  00 00 00 01
          24 00 01 80
            09 00 01 00  6d 65 74 61  00 00 00 00
            14 00 02 80
              08 00 02 00  00 00 00 07                                  # oifname
              08 00 01 00  00 00 00 02                                  # into the second register, where the key goes on
          30 00 01 80
            0b 00 01 00  6c 6f 6f 6b  75 70 00 00                       # lookup
            20 00 02 80
              08 00 02 00  00 00 00 01                                  # NFTA_LOOKUP_SREG
              0c 00 01 00  62 72 69 64  67 65 73 00                     # NFTA_LOOKUP_SET
              08 00 04 00  00 00 00 01                                  # NFTA_LOOKUP_SET_ID
          30 00 01 80
            0e 00 01 00  69 6d 6d 65  64 69 61 74  65 00 00 00
            1c 00 02 80
              08 00 01 00  00 00 00 00
              10 00 02 80
                0c 00 02 80  08 00 01 00  00 00 00 01
        """);

    [Fact]
    public void A_rule_that_masquerades() => AssertSame(s_rule,
        batch => batch.AddRule("postrouting", Meta(NFT_META_IIFNAME, NFT_REG_1), Lookup("masqueraded"), Meta(NFT_META_OIFGROUP, NFT_REG_1), Compare(NFT_CMP_NEQ, 0xb41d), Masquerade()),
        // add rule ip bridgenet postrouting iifname @masqueraded oifgroup != 46109 masquerade
        """
        f4 00 00 00  06 0a 01 0c  00 00 00 00  00 00 00 00  02 00 00 00
        0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00
        10 00 02 00  70 6f 73 74  72 6f 75 74  69 6e 67 00
        c0 00 04 80
          24 00 01 80
            09 00 01 00  6d 65 74 61  00 00 00 00
            14 00 02 80
              08 00 02 00  00 00 00 06
              08 00 01 00  00 00 00 01
          34 00 01 80
            0b 00 01 00  6c 6f 6f 6b  75 70 00 00
            24 00 02 80
              08 00 02 00  00 00 00 01
              10 00 01 00  6d 61 73 71  75 65 72 61  64 65 64 00
              08 00 04 00  00 00 00 02
          24 00 01 80
            09 00 01 00  6d 65 74 61  00 00 00 00
            14 00 02 80
              08 00 02 00  00 00 00 16
              08 00 01 00  00 00 00 01
          2c 00 01 80
            08 00 01 00  63 6d 70 00
            20 00 02 80
              08 00 01 00  00 00 00 01
              08 00 02 00  00 00 00 01
              0c 00 03 80  08 00 01 00  1d b4 00 00
          14 00 01 80
            09 00 01 00  6d 61 73 71  00 00 00 00                       # masq
            04 00 02 80
        """);

    [Theory]
    [InlineData("br-aaaaaaaaaaaa", "62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00")]
    [InlineData("b", "62 00x15")]
    public void A_name_fills_sixteen_bytes(string name, string expected) => Assert.Equal(Hex.Bytes(expected), Names(name));

    private static void AssertSame(AttributeTree tree, Action<NftBatch> change, string nft)
    {
        byte[] expected = Hex.Bytes(nft), ours = Messages(change, zeroNumbers: true)[1];
        Assert.Equal(tree.Of(expected), tree.Of(ours));
        // nft asks for no acks; the other flags, such as NLM_F_CREATE and NLM_F_APPEND, are the same.
        Assert.Equal(BitConverter.ToUInt16(expected, 6), BitConverter.ToUInt16(ours, 6) & ~NetlinkConstants.NLM_F_ACK);
    }

    private static List<byte[]> Messages(Action<NftBatch> change, bool zeroNumbers)
    {
        FakeKernel kernel = new(request => FakeKernel.SequencesOf(request).Select(FakeKernel.Ack));
        NftBatch batch = new("bridgenet");
        change(batch);
        batch.Commit(new NetlinkConnection(kernel), "test");
        byte[] sent = Assert.Single(kernel.Requests);
        List<byte[]> messages = [];
        for (int at = 0; at < sent.Length; at += messages[^1].Length)
            messages.Add(sent[at..(at + BitConverter.ToInt32(sent, at))]);
        if (zeroNumbers)
            messages.ForEach(message => message.AsSpan(8, 4).Clear());
        return messages;
    }
}
