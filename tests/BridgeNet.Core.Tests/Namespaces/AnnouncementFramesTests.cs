using System.Net;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using Xunit;

namespace BridgeNet.Core.Tests.Namespaces;

/// <summary>Against frames caught on Linux 6.18.</summary>
public sealed class AnnouncementFramesTests
{
    private static readonly MacAddress s_mac = MacAddress.Parse("02:42:0a:09:00:05");
    private static readonly IPAddress s_address = IPAddress.Parse("10.9.0.5");

    [Fact]
    public void An_ARP_request_is_that_of_arping_U() =>
        Assert.Equal(
            "ffffffffffff"
                + "02420a090005"
                + "0806"
                + "0001"
                + "0800"
                + "06"
                + "04"
                + "0001"
                + "02420a090005"
                + "0a090005"
                + "ffffffffffff"
                + "0a090005",
            Convert.ToHexStringLower(AnnouncementFrames.ArpRequest(s_mac, s_address))
        );

    [Fact]
    public void An_ARP_reply_is_that_of_arping_A() =>
        Assert.Equal(
            "ffffffffffff"
                + "02420a090005"
                + "0806"
                + "0001"
                + "0800"
                + "06"
                + "04"
                + "0002"
                + "02420a090005"
                + "0a090005"
                + "02420a090005"
                + "0a090005",
            Convert.ToHexStringLower(AnnouncementFrames.ArpReply(s_mac, s_address))
        );

    /// <summary>Sent by the kernel with ndisc_notify=1 when the address of the link changed.</summary>
    [Theory]
    [InlineData("2001:db8::5", "20010db8000000000000000000000005", "eed2")]
    [InlineData("fe80::42:aff:fe09:5", "fe8000000000000000420afffe090005", "3aad")]
    public void An_advertisement_is_that_of_the_kernel(string address, string bytes, string checksum) =>
        Assert.Equal(
            "333300000001"
                + "02420a090006"
                + "86dd"
                + "60000000"
                + "0020"
                + "3a"
                + "ff"
                + bytes
                + "ff020000000000000000000000000001"
                + "88"
                + "00"
                + checksum
                + "20000000"
                + bytes
                + "0201"
                + "02420a090006",
            Convert.ToHexStringLower(AnnouncementFrames.Advertisement(MacAddress.Parse("02:42:0a:09:00:06"), IPAddress.Parse(address)))
        );
}
