using System.Net;
using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>
/// What Linux 6.18 answered to <c>ip address show</c> and <c>ip route show table all</c>, taken by <c>strace -e read=3</c>, without
/// headers.
/// </summary>
public sealed class AddressReadingTests
{
    // ip address add 10.1.0.1/16 broadcast + dev br-0123456789ab
    private const string Address = """
        02 10 80 00  02 00 00 00 # ifaddrmsg
        08 00 01 00  0a 01 00 01 # IFA_ADDRESS
        08 00 02 00  0a 01 00 01 # IFA_LOCAL
        08 00 04 00  0a 01 ff ff # IFA_BROADCAST
        14 00 03 00  62 72 2d 30  31 32 33 34  35 36 37 38  39 61 62 00 # IFA_LABEL
        08 00 08 00  80 00 00 00 # IFA_FLAGS
        14 00 06 00  ff ff ff ff  ff ff ff ff  56 c8 00 00  56 c8 00 00 # IFA_CACHEINFO
        """;

    // ip address add 10.2.0.1 peer 10.2.0.9 dev br-0123456789ab
    private const string PointToPoint = """
        02 20 80 00  02 00 00 00 # ifaddrmsg
        08 00 01 00  0a 02 00 09 # IFA_ADDRESS
        08 00 02 00  0a 02 00 01 # IFA_LOCAL
        14 00 03 00  62 72 2d 30  31 32 33 34  35 36 37 38  39 61 62 00 # IFA_LABEL
        08 00 08 00  80 00 00 00 # IFA_FLAGS
        14 00 06 00  ff ff ff ff  ff ff ff ff  57 c8 00 00  57 c8 00 00 # IFA_CACHEINFO
        """;

    // ip address add fd00:1::1/64 dev br-0123456789ab
    private const string Address6 = """
        0a 40 c0 00  02 00 00 00 # ifaddrmsg
        14 00 01 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 01 # IFA_ADDRESS
        14 00 06 00  ff ff ff ff  ff ff ff ff  c6 9a 00 00  c6 9a 00 00 # IFA_CACHEINFO
        08 00 08 00  c0 00 00 00 # IFA_FLAGS
        """;

    // ip route add default via 10.1.0.254 dev br-0123456789ab
    private const string Default = """
        02 00 00 00  fe 03 00 01  10 00 00 00 # rtmsg
        08 00 0f 00  fe 00 00 00 # RTA_TABLE
        08 00 05 00  0a 01 00 fe # RTA_GATEWAY
        08 00 04 00  02 00 00 00 # RTA_OIF
        """;

    // ip route add 10.9.0.0/16 via 10.1.0.253 table 500
    private const string OtherTable = """
        02 10 00 00  fc 03 00 01  10 00 00 00 # rtmsg: table 252 means that it is in the attribute
        08 00 0f 00  f4 01 00 00 # RTA_TABLE
        08 00 01 00  0a 09 00 00 # RTA_DST
        08 00 05 00  0a 01 00 fd # RTA_GATEWAY
        08 00 04 00  02 00 00 00 # RTA_OIF
        """;

    // The kernel's own route of 10.1.0.1/16.
    private const string Subnet = """
        02 10 00 00  fe 02 fd 01  10 00 00 00 # rtmsg
        08 00 0f 00  fe 00 00 00 # RTA_TABLE
        08 00 01 00  0a 01 00 00 # RTA_DST
        08 00 07 00  0a 01 00 01 # RTA_PREFSRC
        08 00 04 00  02 00 00 00 # RTA_OIF
        """;

    // ip route add blackhole 10.8.0.0/16
    private const string Blackhole = """
        02 10 00 00  fe 03 00 06  00 00 00 00 # rtmsg
        08 00 0f 00  fe 00 00 00 # RTA_TABLE
        08 00 01 00  0a 08 00 00 # RTA_DST
        """;

    // The kernel's own route of fd00:1::1/64.
    private const string Subnet6 = """
        0a 40 00 00  fe 02 00 01  00 00 00 00 # rtmsg
        08 00 0f 00  fe 00 00 00 # RTA_TABLE
        14 00 01 00  fd 00 00 01  00 00 00 00  00 00 00 00  00 00 00 00 # RTA_DST
        08 00 06 00  00 01 00 00 # RTA_PRIORITY
        08 00 04 00  02 00 00 00 # RTA_OIF
        """;

    [Theory]
    [InlineData(Address, "10.1.0.1", 16)]
    [InlineData(PointToPoint, "10.2.0.1", 32)] // not the other side's
    [InlineData(Address6, "fd00:1::1", 64)] // which has no IFA_LOCAL
    public void An_address_is_read(string captured, string address, int length) =>
        Assert.Equal(new InterfaceAddress(2, IPAddress.Parse(address), length), AddressMessages.Read(Hex.Bytes(captured)));

    [Theory]
    [InlineData(Default, "0.0.0.0/0", "10.1.0.254", 2, 1, 254u)]
    [InlineData(OtherTable, "10.9.0.0/16", "10.1.0.253", 2, 1, 500u)]
    [InlineData(Subnet, "10.1.0.0/16", null, 2, 1, 254u)]
    [InlineData(Blackhole, "10.8.0.0/16", null, 0, 6, 254u)]
    [InlineData(Subnet6, "fd00:1::/64", null, 2, 1, 254u)]
    public void A_route_is_read(string captured, string destination, string? gateway, int index, byte type, uint table) =>
        Assert.Equal(
            new Route(IPNetwork.Parse(destination), gateway is null ? null : IPAddress.Parse(gateway), index, type, table),
            AddressMessages.ReadRoute(Hex.Bytes(captured))
        );

    [Theory]
    [InlineData(Address)]
    [InlineData(PointToPoint)]
    [InlineData(Address6)]
    public void An_address_cut_off_anywhere_is_none_or_one_of_its_own(string captured)
    {
        byte[] payload = Hex.Bytes(captured);
        for (int length = 0; length < payload.Length; length++)
        {
            InterfaceAddress? address = AddressMessages.Read(payload.AsSpan(0, length));
            Assert.Equal(length < 8 + 4 + payload[8] - 4, address is null);
        }
    }

    [Theory]
    [InlineData(Default)]
    [InlineData(OtherTable)]
    [InlineData(Subnet)]
    [InlineData(Blackhole)]
    [InlineData(Subnet6)]
    public void A_route_cut_off_anywhere_does_no_harm(string captured)
    {
        byte[] payload = Hex.Bytes(captured);
        for (int length = 0; length < payload.Length; length++)
            Assert.Equal(length < 12, AddressMessages.ReadRoute(payload.AsSpan(0, length)) is null);
    }

    [Theory]
    [InlineData("02 10 00 00  fe 02 fd 01  00 00 00 00  08 00 01 00  0a 01 00 07", "10.1.0.0/16")] // with bits of a host
    [InlineData("02 21 00 00  fe 02 fd 01  00 00 00 00  08 00 01 00  0a 01 00 00", null)] // longer than its address
    [InlineData("02 ff 00 00  fe 02 fd 01  00 00 00 00", null)]
    [InlineData("00 10 00 00  fe 02 fd 01  00 00 00 00", null)] // of no family
    [InlineData("80 10 00 00  fe 02 fd 01  00 00 00 00", null)] // of a family that is not IP
    [InlineData("02 10 00 00  fe 02 fd 01  00 00 00 00  07 00 01 00  0a 01 00 00", "0.0.0.0/16")] // an address of three bytes
    public void An_impossible_message_does_no_harm(string bytes, string? destination) =>
        Assert.Equal(destination, AddressMessages.ReadRoute(Hex.Bytes(bytes))?.Destination.ToString());
}
