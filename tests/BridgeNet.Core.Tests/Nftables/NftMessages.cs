using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using Xunit;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>
/// What <see cref="NftBatch"/> sends, against what nft 1.0.6 sends for the line above the bytes, taken by <c>unshare --net strace -e
/// trace=sendmsg -e write=3 nft -f FILE</c>,
/// attribute by attribute, for the kernel does not mind their order. Not compared is what nft adds for itself:
/// flags of 0, the description of joined types that it keeps with a set, and the numbers by which a batch names its new sets beside their
/// names.
/// </summary>
internal static class NftMessages
{
    public static readonly AttributeTree Table = new(4) { Ignored = ["2"] }; // NFTA_TABLE_FLAGS
    public static readonly AttributeTree Chain = new(4);
    public static readonly AttributeTree Set = new(4);
    public static readonly AttributeTree JoinedSet = new(4) { Ignored = ["13"] }; // NFTA_SET_USERDATA
    public static readonly AttributeTree Element = new(4) { Ignored = ["4"] }; // NFTA_SET_ELEM_LIST_SET_ID
    public static readonly AttributeTree Rule = new(4) { CalledBySibling = "4/1/2", Ignored = ["4/1/lookup/4", "4/1/bitwise/6"] }; // NFTA_LOOKUP_SET_ID, NFTA_BITWISE_OP

    /// <summary>Asserts that a change is sent as nft sends it.</summary>
    /// <param name="tree">How the message is read.</param>
    /// <param name="change">The change.</param>
    /// <param name="nft">What nft sends.</param>
    /// <param name="besides">Flags of ours that nft leaves out.</param>
    public static void AssertSame(AttributeTree tree, Action<NftBatch> change, string nft, int besides = 0)
    {
        byte[] expected = Hex.Bytes(nft),
            ours = Of(change, zeroNumbers: true)[1];
        Assert.Equal(tree.Of(expected), tree.Of(ours));
        // nft asks for no acks; the other flags, such as NLM_F_CREATE and NLM_F_APPEND, are the same.
        Assert.Equal(BitConverter.ToUInt16(expected, 6) | besides, BitConverter.ToUInt16(ours, 6) & ~NetlinkConstants.NLM_F_ACK);
    }

    /// <summary>The messages of a batch, those of its beginning and its end included.</summary>
    public static List<byte[]> Of(Action<NftBatch> change, bool zeroNumbers)
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
