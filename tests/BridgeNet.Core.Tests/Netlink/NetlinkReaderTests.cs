using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Netlink;

public sealed class NetlinkReaderTests
{
    [Fact]
    public void Attributes_come_in_order_without_their_padding() =>
        Assert.Equal(["1=aa", "2=", "3=01020304"], Walk(Hex.Bytes("05 00 01 00  aa 00 00 00  04 00 02 00  08 00 03 00  01 02 03 04")));

    [Fact]
    public void The_flags_are_no_part_of_the_type() =>
        Assert.Equal(["1=", "2=", "3="], Walk(Hex.Bytes("04 00 01 80  04 00 02 40  04 00 03 c0")));

    [Fact]
    public void A_last_attribute_needs_no_padding() => Assert.Equal(["1=aa"], Walk(Hex.Bytes("05 00 01 00  aa")));

    [Theory]
    [InlineData("03 00 02 00")] // shorter than its own header
    [InlineData("00 00 02 00")]
    [InlineData("09 00 02 00  01 02 03 04")] // longer than what is there
    [InlineData("ff ff 02 00  01 02 03 04")]
    [InlineData("08 00 02")]
    [InlineData("08")]
    public void An_attribute_that_does_not_fit_ends_the_enumeration(string rest) =>
        Assert.Equal(["1=aa"], Walk([.. Hex.Bytes("05 00 01 00  aa 00 00 00"), .. Hex.Bytes(rest)]));

    [Fact]
    public void Nested_attributes_are_walked_like_others()
    {
        NetlinkReader reader = new(Hex.Bytes("0c 00 01 80  05 00 02 00  aa 00 00 00  04 00 03 00"));
        Assert.True(reader.MoveNext());
        NetlinkReader nested = reader.Current.Nested;
        Assert.True(nested.MoveNext());
        Assert.Equal(2, nested.Current.Type);
        Assert.False(nested.MoveNext());
        Assert.True(reader.MoveNext());
        Assert.Equal(3, reader.Current.Type);
    }

    [Fact]
    public void The_first_attribute_of_a_type_is_found()
    {
        NetlinkReader reader = new(Hex.Bytes("05 00 01 00  aa 00 00 00  05 00 02 80  bb 00 00 00  05 00 02 00  cc 00 00 00"));
        Assert.Equal([0xbb], reader.Find(2).Value.ToArray());
        Assert.Empty(reader.Find(3).Value.ToArray());
        Assert.Equal("", reader.Find(3).Text);
        // It is no step of the enumeration.
        Assert.True(reader.MoveNext());
        Assert.Equal(1, reader.Current.Type);
    }

    [Theory]
    [InlineData("08 00 01 00  04 03 02 01", 0x01020304u)]
    [InlineData("07 00 01 00  04 03 02 00", 0u)]
    [InlineData("0c 00 01 00  04 03 02 01  00 00 00 00", 0u)]
    [InlineData("04 00 01 00", 0u)]
    public void A_number_has_four_bytes_or_is_none(string bytes, uint expected)
    {
        NetlinkReader reader = new(Hex.Bytes(bytes));
        Assert.True(reader.MoveNext());
        Assert.Equal(expected, reader.Current.UInt32);
    }

    [Theory]
    [InlineData("08 00 01 00  62 72 30 00", "br0")]
    [InlineData("07 00 01 00  62 72 30", "br0")]
    [InlineData("04 00 01 00", "")]
    public void A_text_may_lack_its_zero(string bytes, string expected)
    {
        NetlinkReader reader = new(Hex.Bytes(bytes));
        Assert.True(reader.MoveNext());
        Assert.Equal(expected, reader.Current.Text);
    }

    /// <summary>Everything in the bytes, nested or not, as <c>type=value</c>.</summary>
    internal static List<string> Walk(byte[] bytes)
    {
        List<string> found = [];
        foreach (NetlinkAttribute attribute in new NetlinkReader(bytes))
            found.Add($"{attribute.Type}={Convert.ToHexStringLower(attribute.Value)}");
        return found;
    }
}
