using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Model;

public sealed class AddressNumberTests
{
    [Theory]
    [InlineData("0.0.0.0", "0")]
    [InlineData("10.0.0.1", "167772161")]
    [InlineData("255.255.255.255", "4294967295")]
    [InlineData("::", "0")]
    [InlineData("::1", "1")]
    [InlineData("1::", "5192296858534827628530496329220096")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "340282366920938463463374607431768211455")]
    public void An_address_is_a_number_and_back(string text, string number)
    {
        IPAddress address = IPAddress.Parse(text);
        Assert.Equal(UInt128.Parse(number), AddressNumber.Of(address));
        Assert.Equal(address, AddressNumber.ToAddress(UInt128.Parse(number), address.AddressFamily));
    }

    [Theory]
    [InlineData("10.1.2.3", 32, "10.1.2.3/32")]
    [InlineData("10.1.2.3", 31, "10.1.2.2/31")]
    [InlineData("10.1.2.3", 16, "10.1.0.0/16")]
    [InlineData("10.1.2.3", 0, "0.0.0.0/0")]
    [InlineData("2001:db8::5", 128, "2001:db8::5/128")]
    [InlineData("2001:db8::5", 127, "2001:db8::4/127")]
    [InlineData("2001:db8:1:2:3::5", 64, "2001:db8:1:2::/64")]
    [InlineData("2001:db8::5", 0, "::/0")]
    public void An_address_lies_in_one_subnet_of_each_length(string address, int length, string subnet) =>
        Assert.Equal(IPNetwork.Parse(subnet), AddressNumber.Subnet(IPAddress.Parse(address), length));

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0", "10.0.0.255", "10.0.0.1", "10.0.0.254")]
    [InlineData("10.0.0.0/30", "10.0.0.0", "10.0.0.3", "10.0.0.1", "10.0.0.2")]
    [InlineData("10.0.0.0/31", "10.0.0.0", "10.0.0.1", "10.0.0.0", "10.0.0.1")]
    [InlineData("10.0.0.7/32", "10.0.0.7", "10.0.0.7", "10.0.0.7", "10.0.0.7")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255", "0.0.0.1", "255.255.255.254")]
    [InlineData("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff", "fd00::1", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/126", "fd00::", "fd00::3", "fd00::1", "fd00::3")]
    [InlineData("fd00::/127", "fd00::", "fd00::1", "fd00::", "fd00::1")]
    [InlineData("fd00::7/128", "fd00::7", "fd00::7", "fd00::7", "fd00::7")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_subnet_has_bounds_and_addresses_that_a_device_may_have(
        string text,
        string first,
        string last,
        string firstUsable,
        string lastUsable
    )
    {
        IPNetwork subnet = IPNetwork.Parse(text);
        Assert.Equal((Number(first), Number(last)), AddressNumber.Bounds(subnet));
        Assert.Equal((Number(firstUsable), Number(lastUsable)), AddressNumber.Usable(subnet));
    }

    [Fact]
    public void Numbers_subnets_and_bounds_agree_for_any_address()
    {
        Random random = new(20261124);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.NextBytes(bytes);
            IPAddress address = new(bytes);
            AddressFamily family = address.AddressFamily;
            UInt128 number = AddressNumber.Of(address);
            Assert.Equal(address, AddressNumber.ToAddress(number, family));
            int length = random.Next(AddressNumber.Bits(family) + 1);
            IPNetwork subnet = AddressNumber.Subnet(address, length);
            (UInt128 first, UInt128 last) = AddressNumber.Bounds(subnet);
            Assert.True(subnet.Contains(address) && number >= first && number <= last, $"{address} in {subnet}");
            Assert.Equal(subnet, AddressNumber.Subnet(AddressNumber.ToAddress(first, family), length));
            Assert.Equal(subnet, AddressNumber.Subnet(AddressNumber.ToAddress(last, family), length));
            Assert.True(first == 0 || !subnet.Contains(AddressNumber.ToAddress(first - 1, family)), $"below {subnet}");
            Assert.True(
                length == 0
                    || last == Number(family == AddressFamily.InterNetwork ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
                    || !subnet.Contains(AddressNumber.ToAddress(last + 1, family)),
                $"above {subnet}"
            );
            (UInt128 from, UInt128 to) = AddressNumber.Usable(subnet);
            Assert.True(from >= first && to <= last && from <= to, $"usable of {subnet}");
            if (family == AddressFamily.InterNetwork || (!address.IsIPv4MappedToIPv6 && number > uint.MaxValue))
                Assert.Equal(address, AddressNumber.Parse(address.ToString()));
        }
    }

    [Fact]
    public void Numbers_are_in_the_order_of_addresses()
    {
        IPAddress[] sorted =
        [
            .. ((string[])["9.255.255.255", "10.0.0.0", "10.0.0.128", "127.0.0.1", "128.0.0.0", "223.255.255.255"]).Select(IPAddress.Parse),
        ];
        Assert.Equal(sorted, sorted.Reverse().OrderBy(AddressNumber.Of));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:DB8:0:0::1", true)]
    [InlineData("::", true)]
    [InlineData("", false)]
    [InlineData(" 10.0.0.1", false)]
    [InlineData("10.0.0.1 ", false)]
    [InlineData("10.1", false)]
    [InlineData("1", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("0x0a.0.0.1", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0.1/24", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("fe80::1%2", false)]
    [InlineData("[fd00::1]", false)]
    [InlineData("[fd00::1]:80", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("foo", false)]
    public void An_address_is_read_as_people_write_it(string text, bool read) =>
        Assert.Equal(read ? IPAddress.Parse(text) : null, AddressNumber.Parse(text));

    private static UInt128 Number(string address) => AddressNumber.Of(IPAddress.Parse(address));
}
