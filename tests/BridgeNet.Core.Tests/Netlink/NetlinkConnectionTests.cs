using BridgeNet.Netlink;
using Xunit;
using static BridgeNet.Core.Tests.Netlink.FakeKernel;
using static Tmds.Linux.LibC;

namespace BridgeNet.Core.Tests.Netlink;

public sealed class NetlinkConnectionTests
{
    private const ushort Type = 18,
        Answer = 16;
    private const ushort Multi = 0x2,
        Interrupted = 0x10;

    /// <summary>As one without nfnetlink says of NETLINK_NETFILTER. No kernel has the last of the numbers.</summary>
    [Fact]
    public void A_part_of_netlink_that_the_kernel_is_without_is_refused_as_every_request_is() =>
        Assert.Equal(EPROTONOSUPPORT, Assert.Throws<NetlinkException>(() => NetlinkConnection.Open(31)).Errno);

    [Fact]
    public void A_change_asks_for_an_ack_and_is_done_when_it_comes()
    {
        FakeKernel kernel = Agreeing();
        new NetlinkConnection(kernel).Execute("test", Type, 0x600, message => message.UInt32(1, 2));
        byte[] request = Assert.Single(kernel.Requests);
        request.AsSpan(8, 4).Clear();
        Assert.Equal(Hex.Bytes("18 00 00 00  12 00 05 06  00 00 00 00  00 00 00 00  08 00 01 00  02 00 00 00"), request);
    }

    [Fact]
    public void Every_request_has_a_number_of_its_own()
    {
        FakeKernel kernel = Agreeing();
        NetlinkConnection netlink = new(kernel);
        for (int i = 0; i < 3; i++)
            netlink.Execute("test", Type, 0, _ => { });
        Assert.Equal(3, kernel.Requests.Select(SequenceOf).Distinct().Count());
    }

    [Fact]
    public void A_refusal_has_the_errno_the_operation_and_the_kernels_words()
    {
        NetlinkException refused = Refused(request => [Error(SequenceOf(request), EBUSY, "Device is already a port of a bridge")]);
        Assert.Equal(EBUSY, refused.Errno);
        Assert.Equal("test", refused.Operation);
        Assert.Equal("Device is already a port of a bridge", refused.ExtendedMessage);
        Assert.StartsWith("test: ", refused.Message);
        Assert.EndsWith(": Device is already a port of a bridge", refused.Message);
    }

    [Fact]
    public void A_refusal_without_words_has_none()
    {
        NetlinkException refused = Refused(request => [Error(SequenceOf(request), ENODEV)]);
        Assert.Equal(ENODEV, refused.Errno);
        Assert.Null(refused.ExtendedMessage);
    }

    [Fact]
    public void Replies_to_an_older_request_are_skipped()
    {
        NetlinkConnection netlink = new(
            new FakeKernel(request =>
                [
                    Error(SequenceOf(request) - 1, EPERM, "somebody else's"),
                    [.. Message(Answer, 0, SequenceOf(request) - 7, 9), .. Message(Answer, 0, SequenceOf(request), 1)],
                    Ack(SequenceOf(request)),
                ]
            )
        );
        List<byte> read = [];
        netlink.Get("test", Type, _ => { }, (type, payload) => read.Add(payload[0]));
        Assert.Equal([1], read);
    }

    [Fact]
    public void A_list_may_come_in_several_datagrams_of_several_messages()
    {
        FakeKernel kernel = new(request =>
            [
                [.. Part(request, 1), .. Part(request, 2)],
                [.. Part(request, 3), .. Done(SequenceOf(request))],
            ]
        );
        Assert.Equal([1, 2, 3], Dump(kernel));
        Assert.Equal(0x301, BitConverter.ToUInt16(kernel.Requests[0], 6));
    }

    [Fact]
    public void An_empty_list_is_empty() => Assert.Empty(Dump(new FakeKernel(request => [Done(SequenceOf(request))])));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_list_that_fails_is_no_list(ushort type)
    {
        FakeKernel kernel = new(request =>
            [Part(request, 1), type == 2 ? Error(SequenceOf(request), EBUSY) : Done(SequenceOf(request), EBUSY)]
        );
        Assert.Equal(EBUSY, Assert.Throws<NetlinkException>(() => Dump(kernel)).Errno);
    }

    [Fact]
    public void A_list_that_changed_while_it_was_read_is_read_again()
    {
        int asked = 0;
        FakeKernel kernel = new(request =>
            ++asked < 3
                ? [Part(request, 1), Message(Answer, Multi | Interrupted, SequenceOf(request), 9), Done(SequenceOf(request))]
                : [Part(request, 1), Part(request, 2), Done(SequenceOf(request))]
        );
        Assert.Equal([1, 2], Dump(kernel));
        Assert.Equal(3, asked);
    }

    [Fact]
    public void An_interruption_may_be_reported_by_the_end_alone()
    {
        int asked = 0;
        FakeKernel kernel = new(request =>
            [Part(request, 1), Message(3, (ushort)(++asked == 1 ? Multi | Interrupted : Multi), SequenceOf(request), 0, 0, 0, 0)]
        );
        Assert.Equal([1], Dump(kernel));
        Assert.Equal(2, asked);
    }

    [Fact]
    public void Reading_a_list_that_keeps_changing_stops_after_five_times()
    {
        FakeKernel kernel = new(request => [Message(Answer, Multi | Interrupted, SequenceOf(request), 9), Done(SequenceOf(request))]);
        Assert.Equal(EINTR, Assert.Throws<NetlinkException>(() => Dump(kernel)).Errno);
        Assert.Equal(5, kernel.Requests.Count);
    }

    [Fact]
    public void A_batch_is_one_datagram_numbered_in_a_row()
    {
        FakeKernel kernel = new(AckAll);
        Batch(kernel, 3);
        IReadOnlyList<uint> sequences = SequencesOf(Assert.Single(kernel.Requests));
        Assert.Equal([sequences[0], sequences[0] + 1, sequences[0] + 2], sequences);
    }

    [Fact]
    public void The_first_failure_of_a_batch_is_thrown_once_all_were_answered()
    {
        bool second = false;
        NetlinkConnection netlink = new(
            new FakeKernel(request =>
            {
                uint[] numbers = [.. SequencesOf(request)];
                if (second)
                    return AckAll(request);
                second = true;
                return [Ack(numbers[0]), [.. Error(numbers[1], ENOENT, "first"), .. Error(numbers[2], EEXIST, "second")], Ack(numbers[3])];
            })
        );
        NetlinkException refused = Assert.Throws<NetlinkException>(() => Batch(netlink, 4));
        Assert.Equal(ENOENT, refused.Errno);
        Assert.Equal("first", refused.ExtendedMessage);
        Batch(netlink, 2); // nothing of the failed one is left to be mistaken for this one's
    }

    [Fact]
    public void A_batch_refused_as_a_whole_is_answered_at_its_first_message_alone()
    {
        FakeKernel kernel = new(request => [Error(SequencesOf(request)[0], EPERM)]);
        Assert.Equal(EPERM, Assert.Throws<NetlinkException>(() => Batch(kernel, 4)).Errno);
    }

    [Fact]
    public void Numbers_may_wrap_around()
    {
        // The numbers begin where the machine's clock stands; this one begins just before the end.
        FakeKernel kernel = new(request => [Ack(SequencesOf(request)[0] - 1), .. AckAll(request)]);
        NetlinkConnection netlink = new(kernel);
        Sequence(netlink) = uint.MaxValue - 2;
        Batch(netlink, 4);
        Assert.Equal([uint.MaxValue - 1, uint.MaxValue, 0u, 1u], SequencesOf(kernel.Requests[0]));
    }

    [Theory]
    [InlineData("40 00 00 00")] // longer than the datagram
    [InlineData("0f 00 00 00")] // shorter than a header
    [InlineData("ff ff ff 7f")]
    [InlineData("ff ff ff ff")]
    public void A_reply_that_is_cut_off_is_an_error(string length)
    {
        NetlinkException refused = Refused(request =>
        {
            byte[] reply = Ack(SequenceOf(request));
            Hex.Bytes(length).CopyTo(reply, 0);
            return [reply];
        });
        Assert.Equal(EBADMSG, refused.Errno);
    }

    [Fact]
    public void A_datagram_larger_than_the_buffer_is_read_whole()
    {
        FakeKernel kernel = new(request =>
            [
                [.. Enumerable.Range(0, 5000).SelectMany(_ => Part(request, 1)), .. Done(SequenceOf(request))],
            ]
        );
        Assert.Equal(5000, Dump(kernel).Count);
    }

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "_sequence")]
    private static extern ref uint Sequence(NetlinkConnection netlink);

    private static byte[] Part(byte[] request, byte value) => Message(Answer, Multi, SequenceOf(request), value);

    private static IEnumerable<byte[]> AckAll(byte[] request) => SequencesOf(request).Select(Ack);

    private static NetlinkException Refused(Func<byte[], IEnumerable<byte[]>> answer) =>
        Assert.Throws<NetlinkException>(() => new NetlinkConnection(new FakeKernel(answer)).Execute("test", Type, 0, _ => { }));

    private static IReadOnlyList<int> Dump(FakeKernel kernel) =>
        [
            .. new NetlinkConnection(kernel)
                .Dump("test", Type, _ => { }, static (_, payload) => payload.ToArray())
                .Select(payload => (int)payload[0]),
        ];

    private static void Batch(FakeKernel kernel, int count) => Batch(new NetlinkConnection(kernel), count);

    private static void Batch(NetlinkConnection netlink, int count) =>
        netlink.ExecuteBatch(
            "test",
            (writer, next) =>
            {
                for (int i = 0; i < count; i++)
                    writer.Message(Type, 0x5, next()).UInt32(1, (uint)i);
            }
        );
}
