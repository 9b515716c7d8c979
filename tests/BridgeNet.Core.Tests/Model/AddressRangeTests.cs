using System.Net;
using System.Numerics;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Model;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.20.5.0/24", "10.20.5.0", "10.20.5.255", "10.20.5.0/24")]
    [InlineData("10.20.5.10-10.20.5.99", "10.20.5.10", "10.20.5.99", "10.20.5.10-10.20.5.99")]
    [InlineData("10.20.5.0-10.20.5.255", "10.20.5.0", "10.20.5.255", "10.20.5.0/24")]
    [InlineData("10.20.5.1-10.20.5.2", "10.20.5.1", "10.20.5.2", "10.20.5.1-10.20.5.2")]
    [InlineData("10.20.5.9-10.20.5.9", "10.20.5.9", "10.20.5.9", "10.20.5.9/32")]
    [InlineData("10.20.5.9/32", "10.20.5.9", "10.20.5.9", "10.20.5.9/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255", "0.0.0.0/0")]
    [InlineData("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff", "fd00::/64")]
    [InlineData("fd00::10-fd00::1f", "fd00::10", "fd00::1f", "fd00::10/124")]
    [InlineData("fd00::10-fd00::20", "fd00::10", "fd00::20", "fd00::10-fd00::20")]
    [InlineData("fd00::5/128", "fd00::5", "fd00::5", "fd00::5/128")]
    public void A_range_is_a_CIDR_or_the_first_and_the_last_address(string text, string first, string last, string printed)
    {
        AddressRange range = AddressRange.Parse(text);
        Assert.Equal((IPAddress.Parse(first), IPAddress.Parse(last)), (range.First, range.Last));
        Assert.Equal(printed, range.ToString());
        Assert.Equal(range, AddressRange.Parse(printed));
        Assert.True(range.Contains(range.First) && range.Contains(range.Last));
        Assert.False(range.Contains(IPAddress.Parse(first.Contains(':', StringComparison.Ordinal) ? "10.20.5.20" : "fd00::15")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("10.20.5.5")]
    [InlineData("10.20.5.0/33")]
    [InlineData("10.20.5.0/-1")]
    [InlineData("10.20.5.0/")]
    [InlineData("fd00::/129")]
    [InlineData("10.20.5.7/24")]
    [InlineData("010.020.5.0/24")]
    [InlineData("10.20/16")]
    [InlineData("10.20.5.99-10.20.5.10")]
    [InlineData("10.20.5.10-")]
    [InlineData("-10.20.5.10")]
    [InlineData("10.20.5.10-10.20.5.20-10.20.5.30")]
    [InlineData("10.20.5.10 - 10.20.5.20")]
    [InlineData("10.20.5.10-99")]
    [InlineData("10.20.5.10-fd00::5")]
    [InlineData("fd00::1%eth0-fd00::2%eth0")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(AddressRange.TryParse(text, null, out _));
        Assert.Equal(
            $"'{text}' is not a range of addresses; write 10.20.5.0/24 or 10.20.5.10-10.20.5.99.",
            Assert.Throws<FormatException>(() => AddressRange.Parse(text)).Message
        );
    }

    [Fact]
    public void Nothing_is_no_range() => Assert.False(AddressRange.TryParse(null, null, out _));

    [Theory]
    [InlineData("10.0.0.0/24", "256")]
    [InlineData("10.0.0.1-10.0.0.1", "1")]
    [InlineData("0.0.0.0/0", "4294967296")]
    [InlineData("fd00::/64", "18446744073709551616")]
    [InlineData("::/0", "340282366920938463463374607431768211456")]
    public void It_knows_how_many_addresses_it_has(string text, string count) =>
        Assert.Equal(BigInteger.Parse(count), AddressRange.Parse(text).Count);

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.1")]
    [InlineData("10.0.0.2", "fd00::1")]
    public void It_is_not_made_of_what_is_none(string first, string last) =>
        Assert.Contains(
            $"{first} to {last} is not a range",
            Assert.Throws<ArgumentException>(() => new AddressRange(IPAddress.Parse(first), IPAddress.Parse(last))).Message
        );

    [Fact]
    public void Without_addresses_it_prints_as_nothing() => Assert.Equal("", default(AddressRange).ToString());

    [Fact]
    public void Any_range_is_read_as_it_prints()
    {
        Random random = new(1717);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.NextBytes(bytes);
            bytes[0] = 0xfd; // away from the ends, and from addresses that IPv6 writes as IPv4
            UInt128 first = AddressNumber.Of(new IPAddress(bytes));
            IPAddress last = AddressNumber.ToAddress(
                first + (UInt128)random.Next(1 << random.Next(20)),
                new IPAddress(bytes).AddressFamily
            );
            AddressRange range = new(new IPAddress(bytes), last);
            Assert.Equal(range, AddressRange.Parse(range.ToString()));
            Assert.Equal((BigInteger)AddressNumber.Of(last) - (BigInteger)first + 1, range.Count);
        }
    }
}
