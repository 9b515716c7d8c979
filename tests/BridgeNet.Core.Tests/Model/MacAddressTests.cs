using System.Net;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests.Model;

public sealed class MacAddressTests
{
    [Fact]
    public void Docker_address_is_02_42_and_the_IPv4_address() =>
        Assert.Equal("02:42:ad:14:00:02", MacAddress.FromIPv4(IPAddress.Parse("173.20.0.2")).ToString());

    [Theory]
    [InlineData("02:42:AC:11:00:02", "02:42:ac:11:00:02")]
    [InlineData("02-42-ac-11-00-ff", "02:42:ac:11:00:ff")]
    public void Parses_what_people_write(string text, string printed) => Assert.Equal(printed, MacAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("02:42:ac:11:00")]
    [InlineData("02:42:ac:11:00:02:03")]
    [InlineData("02:42:ac:11:00:g2")]
    [InlineData("+2:42:ac:11:00:02")]
    [InlineData(" 2:42:ac:11:00:02")]
    public void Refuses_what_is_not_six_pairs_of_hex_digits(string text)
    {
        Assert.False(MacAddress.TryParse(text, null, out _));
        Assert.Throws<FormatException>(() => MacAddress.Parse(text));
    }

    [Fact]
    public void Bytes_round_trip() =>
        Assert.Equal([0x02, 0x42, 0xAD, 0x14, 0x00, 0x04], new MacAddress([0x02, 0x42, 0xAD, 0x14, 0x00, 0x04]).GetBytes());

    [Fact]
    public void Random_address_is_local_unicast_as_Dockers() => Assert.StartsWith("02:42:", MacAddress.Random().ToString());
}
