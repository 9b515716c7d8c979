using System.Text;
using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Nftables.NftMessages;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>The frame of a batch, tables and chains.</summary>
public sealed class BatchTests
{
    [Fact]
    public void A_batch_is_framed_numbered_and_answered_at_its_last_change()
    {
        IReadOnlyList<byte[]> messages = Of(batch => batch.AddTable().AddChain("user"), zeroNumbers: false);
        Assert.Equal(
            [NFNL_MSG_BATCH_BEGIN, 0x0a00, 0x0a03, NFNL_MSG_BATCH_END],
            messages.Select(message => BitConverter.ToUInt16(message, 4))
        );
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
        new NftBatch("bridgenet")
            .AddElements([])
            .DeleteElements([])
            .FlushSets()
            .FlushChains()
            .Commit(new NetlinkConnection(kernel), "test");
        Assert.Empty(kernel.Requests);
    }

    [Fact]
    public void Many_elements_go_in_few_messages()
    {
        NftElement[] elements =
        [
            .. Enumerable
                .Range(0, 2500)
                .Select(number => new NftElement("bridges", Encoding.ASCII.GetBytes($"{number, -32}"), null, $"{number}")),
        ];
        IReadOnlyList<byte[]> messages = Of(batch => batch.AddElements(elements), zeroNumbers: true);
        Assert.Equal(
            [600, 600, 600, 600, 100],
            messages
                .Skip(1)
                .SkipLast(1)
                .Select(message => Element.Of(message).Count(line => line.StartsWith("3/1/1/1 ", StringComparison.Ordinal)))
        );
    }

    [Fact]
    public void Elements_of_several_sets_go_in_a_message_each()
    {
        NftElement a = new("a", [1], null, "1"),
            b = new("b", [2], [3], "2 : 3");
        Assert.Equal(
            ["a", "b"],
            Of(batch => batch.AddElements([a, b, a]), zeroNumbers: true)
                .Skip(1)
                .SkipLast(1)
                .Select(message =>
                    Encoding
                        .ASCII.GetString(
                            Convert.FromHexString(Element.Of(message).Single(line => line.StartsWith("2 ", StringComparison.Ordinal))[2..])
                        )
                        .TrimEnd('\0')
                )
        );
    }

    [Fact]
    public void The_largest_elements_fit_an_attribute()
    {
        // An attribute's length is of 16 bits: the longest key and data there are, and a range, as often as a message has them.
        NftElement[] elements =
        [
            .. Enumerable
                .Range(0, 600)
                .Select(number => new NftElement("publish-one6", new byte[24], new byte[20], $"{number}") { End = new byte[24] }),
        ];
        byte[] message = Of(batch => batch.AddElements(elements), zeroNumbers: true)[1];
        Assert.Equal(600, Element.Of(message).Count(line => line.StartsWith("3/1/2/1 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_table() =>
        AssertSame(
            Table,
            batch => batch.AddTable(),
            // add table inet bridgenet
            """
            2c 00 00 00  00 0a 01 00  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWTABLE, NFPROTO_INET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_TABLE_NAME
            08 00 02 00  00 00 00 00                                        # NFTA_TABLE_FLAGS
            """,
            besides: NetlinkConstants.NLM_F_CREATE
        );

    [Fact]
    public void The_end_of_a_table() =>
        AssertSame(
            Table,
            batch => batch.DeleteTable(),
            // delete table inet bridgenet
            """
            24 00 00 00  02 0a 01 00  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_DELTABLE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_TABLE_NAME
            """
        );

    [Fact]
    public void A_chain() =>
        AssertSame(
            Chain,
            batch => batch.AddChain("user"),
            // add chain inet bridgenet user
            """
            30 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWCHAIN
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
            09 00 03 00  75 73 65 72  00 00 00 00                           # NFTA_CHAIN_NAME
            """
        );

    [Fact]
    public void A_chain_on_a_hook() =>
        AssertSame(
            Chain,
            batch => batch.AddBaseChain("forward", "filter", NF_INET_FORWARD, 0),
            // add chain inet bridgenet forward { type filter hook forward priority 0; policy accept; }
            """
            58 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWCHAIN
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
            0c 00 03 00  66 6f 72 77  61 72 64 00                           # NFTA_CHAIN_NAME
            0b 00 07 00  66 69 6c 74  65 72 00 00                           # NFTA_CHAIN_TYPE
            08 00 05 00  00 00 00 01                                        # NFTA_CHAIN_POLICY
            14 00 04 80                                                     # NFTA_CHAIN_HOOK
              08 00 01 00  00 00 00 02                                      # NFTA_HOOK_HOOKNUM
              08 00 02 00  00 00 00 00                                      # NFTA_HOOK_PRIORITY
            """
        );

    [Fact]
    public void A_chain_for_what_comes_in_by_a_link() =>
        AssertSame(
            Chain,
            batch =>
                batch.AddDeviceChain(
                    new NftChain(NFPROTO_INET, "bridgenet", "br0")
                    {
                        Type = "filter",
                        Hook = NF_NETDEV_INGRESS,
                        Device = "br0",
                    }
                ),
            // add chain netdev bridgenet br0 { type filter hook ingress device br0 priority 0; policy accept; }, but for the table's
            // family, which stands in the header
            """
            5c 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWCHAIN
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
            08 00 03 00  62 72 30 00                                        # NFTA_CHAIN_NAME
            0b 00 07 00  66 69 6c 74  65 72 00 00                           # NFTA_CHAIN_TYPE
            08 00 05 00  00 00 00 01                                        # NFTA_CHAIN_POLICY
            1c 00 04 80                                                     # NFTA_CHAIN_HOOK
              08 00 01 00  00 00 00 00                                      # NFTA_HOOK_HOOKNUM
              08 00 02 00  00 00 00 00                                      # NFTA_HOOK_PRIORITY
              08 00 03 00  62 72 30 00                                      # NFTA_HOOK_DEV
            """
        );

    [Fact]
    public void A_batch_that_is_only_looked_at_has_no_end()
    {
        FakeKernel kernel = new(request => FakeKernel.SequencesOf(request).Select(FakeKernel.Ack));
        new NftBatch("bridgenet").AddTable().Check(new NetlinkConnection(kernel), "test");
        byte[] sent = Assert.Single(kernel.Requests);
        List<ushort> types = [];
        for (int at = 0; at < sent.Length; at += (BitConverter.ToInt32(sent, at) + 3) & ~3)
            types.Add(BitConverter.ToUInt16(sent, at + 4));
        Assert.Equal([NFNL_MSG_BATCH_BEGIN, NftBatch.MessageType(NFT_MSG_NEWTABLE)], types);
    }

    [Fact]
    public void A_chain_ahead_of_connection_tracking() =>
        AssertSame(
            Chain,
            batch => batch.AddBaseChain("loopback", "filter", NF_INET_PRE_ROUTING, -300),
            // add chain inet bridgenet loopback { type filter hook prerouting priority -300; policy accept; }
            """
            5c 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWCHAIN
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
            0d 00 03 00  6c 6f 6f 70  62 61 63 6b  00 00 00 00              # NFTA_CHAIN_NAME
            0b 00 07 00  66 69 6c 74  65 72 00 00                           # NFTA_CHAIN_TYPE
            08 00 05 00  00 00 00 01                                        # NFTA_CHAIN_POLICY
            14 00 04 80                                                     # NFTA_CHAIN_HOOK
              08 00 01 00  00 00 00 00                                      # NFTA_HOOK_HOOKNUM
              08 00 02 00  ff ff fe d4                                      # NFTA_HOOK_PRIORITY
            """
        );

    [Fact]
    public void A_chain_for_address_translation() =>
        AssertSame(
            Chain,
            batch => batch.AddBaseChain("postrouting", "nat", NF_INET_POST_ROUTING, 100),
            // add chain inet bridgenet postrouting { type nat hook postrouting priority 100; policy accept; }
            """
            58 00 00 00  03 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWCHAIN
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_CHAIN_TABLE
            10 00 03 00  70 6f 73 74  72 6f 75 74  69 6e 67 00              # NFTA_CHAIN_NAME
            08 00 07 00  6e 61 74 00                                        # NFTA_CHAIN_TYPE
            08 00 05 00  00 00 00 01                                        # NFTA_CHAIN_POLICY
            14 00 04 80                                                     # NFTA_CHAIN_HOOK
              08 00 01 00  00 00 00 04                                      # NFTA_HOOK_HOOKNUM
              08 00 02 00  00 00 00 64                                      # NFTA_HOOK_PRIORITY
            """
        );

    [Fact]
    public void The_end_of_all_rules_of_a_chain() =>
        AssertSame(
            Rule,
            batch => batch.FlushChains("forward"),
            // flush chain inet bridgenet forward
            """
            30 00 00 00  08 0a 01 00  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_DELRULE
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_RULE_TABLE
            0c 00 02 00  66 6f 72 77  61 72 64 00                           # NFTA_RULE_CHAIN
            """
        );
}
