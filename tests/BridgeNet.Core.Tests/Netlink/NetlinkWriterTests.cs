using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Netlink;

public sealed class NetlinkWriterTests
{
    [Fact]
    public void A_message_alone_is_its_header() =>
        Assert.Equal(
            Hex.Bytes(
                """
                10 00 00 00 # length
                12 00       # type
                01 03       # flags
                78 56 34 12 # sequence
                00 00 00 00 # port: the kernel fills it in
                """
            ),
            new NetlinkWriter().Message(0x12, 0x301, 0x12345678).Written.ToArray()
        );

    [Theory]
    [InlineData(0, "04 00 07 00")]
    [InlineData(1, "05 00 07 00  aa 00 00 00")]
    [InlineData(2, "06 00 07 00  aa aa 00 00")]
    [InlineData(3, "07 00 07 00  aa aa aa 00")]
    [InlineData(4, "08 00 07 00  aa aa aa aa")]
    [InlineData(5, "09 00 07 00  aa aa aa aa  aa 00 00 00")]
    public void A_value_is_padded_to_four_and_its_length_is_not(int length, string expected) =>
        Assert.Equal(Hex.Rows(Hex.Bytes(expected)), Body(message => message.Bytes(7, [.. Enumerable.Repeat((byte)0xaa, length)])));

    [Fact]
    public void The_length_of_a_message_counts_the_padding_of_its_last_attribute() =>
        Assert.Equal(24, new NetlinkWriter().Message(1, 0, 0).UInt8(1, 1).Written[0]);

    [Fact]
    public void Numbers_are_in_the_machines_order_or_the_networks() =>
        Assert.Equal(
            Hex.Rows(
                Hex.Bytes(
                    """
                    05 00 01 00  ab 00 00 00
                    08 00 02 00  04 03 02 01
                    08 00 03 00  01 02 03 04
                    04 00 04 00
                    """
                )
            ),
            Body(message => message.UInt8(1, 0xab).UInt32(2, 0x01020304).UInt32Network(3, 0x01020304).Flag(4))
        );

    [Theory]
    [InlineData("", "05 00 03 00  00 00 00 00")]
    [InlineData("br0", "08 00 03 00  62 72 30 00")]
    [InlineData("br-1", "09 00 03 00  62 72 2d 31  00 00 00 00")]
    [InlineData("é", "07 00 03 00  c3 a9 00 00")]
    public void A_text_ends_with_a_zero(string text, string expected) =>
        Assert.Equal(Hex.Rows(Hex.Bytes(expected)), Body(message => message.String(3, text)));

    [Fact]
    public void The_length_of_a_nested_attribute_covers_what_is_in_it_with_its_padding() =>
        Assert.Equal(
            Hex.Rows(
                Hex.Bytes(
                    """
                    1c 00 01 80              # 28, nested
                      10 00 02 80            # 16, nested
                        05 00 03 00
                        07 00 00 00
                        04 00 04 00
                      08 00 05 00
                      09 00 00 00
                    08 00 06 00
                    0a 00 00 00
                    """
                )
            ),
            Body(message => message.Nested(1, outer => outer.Nested(2, inner => inner.UInt8(3, 7).Flag(4)).UInt32(5, 9)).UInt32(6, 10))
        );

    [Fact]
    public void An_empty_nested_attribute_is_its_header() => Assert.Equal("04 00 01 80", Body(message => message.Nested(1, _ => { })));

    [Fact]
    public void A_struct_follows_the_header_and_is_padded_to_four() =>
        Assert.Equal(
            Hex.Rows(Hex.Bytes("aa bb 00 00  08 00 01 00  02 00 00 00")),
            Body(message => message.Struct(new TwoBytes(0xaa, 0xbb)).UInt32(1, 2))
        );

    [Fact]
    public void Several_messages_follow_each_other_each_with_its_own_length()
    {
        byte[] written = new NetlinkWriter()
            .Message(1, 0, 5)
            .String(1, "a")
            .Message(2, 0, 6)
            .Message(3, 0, 7)
            .UInt32(1, 1)
            .Written.ToArray();
        Assert.Equal(
            Hex.Rows(
                Hex.Bytes(
                    """
                    18 00 00 00  01 00 00 00  05 00 00 00  00 00 00 00
                    06 00 01 00  61 00 00 00
                    10 00 00 00  02 00 00 00  06 00 00 00  00 00 00 00
                    18 00 00 00  03 00 00 00  07 00 00 00  00 00 00 00
                    08 00 01 00  01 00 00 00
                    """
                )
            ),
            Hex.Rows(written)
        );
    }

    [Fact]
    public void A_written_message_can_be_read_and_continued()
    {
        NetlinkWriter writer = new NetlinkWriter().Message(1, 0, 0);
        Assert.Equal(16, writer.Written.Length);
        Assert.Equal(24, writer.UInt32(1, 1).Written[0]);
    }

    [Fact]
    public void The_buffer_grows_within_nested_attributes_too()
    {
        byte[] large = [.. Enumerable.Range(0, 40_000).Select(number => (byte)number)];
        byte[] written = new NetlinkWriter()
            .Message(1, 0, 0)
            .Nested(1, outer => outer.Bytes(2, large).Bytes(3, [1, 2, 3]))
            .Written.ToArray();
        Assert.Equal(16 + 4 + 4 + 40_000 + 8, written.Length);
        Assert.Equal(written.Length, BitConverter.ToInt32(written));
        Assert.Equal(written.Length - 16, BitConverter.ToUInt16(written, 16));
        Assert.Equal(large, written[24..40_024]);
        Assert.Equal("07 00 03 00\n01 02 03 00", Hex.Rows(written.AsSpan(40_024)));
    }

    [Theory]
    [InlineData(65_531, 65_524, false)]
    [InlineData(65_532, 65_525, true)]
    public void An_attribute_too_large_for_its_length_field_is_an_error_and_no_wrap_around(int length, int nestedLength, bool tooLarge)
    {
        Type? expected = tooLarge ? typeof(OverflowException) : null;
        Assert.Equal(expected, Record.Exception(() => Body(message => message.Bytes(1, new byte[length])))?.GetType());
        Assert.Equal(
            expected,
            Record.Exception(() => Body(message => message.Nested(1, nested => nested.Bytes(1, new byte[nestedLength]))))?.GetType()
        );
    }

    private static string Body(Action<NetlinkWriter> content)
    {
        NetlinkWriter writer = new NetlinkWriter().Message(1, 0, 0);
        content(writer);
        Assert.Equal(writer.Written.Length, BitConverter.ToInt32(writer.Written));
        return Hex.Rows(writer.Written[16..]);
    }

    private readonly record struct TwoBytes(byte First, byte Second);
}
