using System.Net.Sockets;
using BridgeNet.Probes;
using Xunit;

namespace BridgeNet.Core.Tests.Namespaces;

public sealed class EchoPacketTests
{
    private const AddressFamily V4 = AddressFamily.InterNetwork;
    private const AddressFamily V6 = AddressFamily.InterNetworkV6;

    private const string Data =
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

    // Received by a raw socket from Linux 6.18, identifier 0x1234, sequence 7: its own request on lo, the reply, and
    // "host unreachable" for a neighbour that did not answer ARP.
    private const string OwnRequest = "45000054457d40004001f7297f0000017f000001" + "08000dd112340007" + Data;
    private const string Reply = "45000054457e0000400137297f0000017f000001" + "000015d112340007" + Data;
    private const string HostUnreachable =
        "45c00070543b0000400110db0a5b00010a5b0001"
        + "0301fcfe00000000"
        + "4500005495444000400190a50a5b00010a5b0009"
        + "08000dd112340007"
        + Data;

    [Fact]
    public void A_request_is_the_bytes_that_the_kernel_answers() =>
        Assert.Equal("08000dd112340007" + Data, Convert.ToHexStringLower(EchoPacket.Build(V4, 0x1234, 7)));

    [Fact]
    public void An_ICMPv6_request_leaves_the_checksum_to_the_kernel() =>
        Assert.Equal("8000000012340007" + Data, Convert.ToHexStringLower(EchoPacket.Build(V6, 0x1234, 7)));

    [Theory]
    [InlineData("0001f203f4f5f6f7", 0x220d)] // the example of RFC 1071
    [InlineData("", 0xffff)]
    [InlineData("01", 0xfeff)]
    [InlineData("ffffffff", 0)]
    [InlineData("ffffffffffff0001", 0xfffe)]
    public void Checksum_is_the_internets(string bytes, int expected) =>
        Assert.Equal(expected, EchoPacket.Checksum(Convert.FromHexString(bytes)));

    [Fact]
    public void A_reply_is_read() => Assert.Equal(new EchoAnswer(EchoAnswerKind.Reply, 0x1234, 7, 0), Parse(V4, Reply));

    [Fact]
    public void An_error_is_read_for_the_request_that_it_quotes() =>
        Assert.Equal(new EchoAnswer(EchoAnswerKind.Unreachable, 0x1234, 7, 1), Parse(V4, HostUnreachable));

    [Fact]
    public void An_own_request_is_no_answer() => Assert.Null(Parse(V4, OwnRequest));

    [Fact]
    public void A_damaged_reply_is_no_answer()
    {
        byte[] damaged = Convert.FromHexString(Reply);
        damaged[^1] ^= 1;
        Assert.False(EchoPacket.TryParse(V4, damaged, out _));
    }

    [Fact]
    public void IP_options_are_skipped() =>
        Assert.Equal(new EchoAnswer(EchoAnswerKind.Reply, 0x1234, 7, 0), Parse(V4, "46" + Reply[2..40] + "01010101" + Reply[40..]));

    [Fact]
    public void ICMPv6_comes_without_its_header_and_quotes_with_it()
    {
        const string header = "6000000000403a40" + "fd000000000000000000000000000001" + "fd000000000000000000000000000009";
        Assert.Equal(new EchoAnswer(EchoAnswerKind.Reply, 0x1234, 7, 0), Parse(V6, "8100000012340007" + Data));
        Assert.Equal(new EchoAnswer(EchoAnswerKind.Unreachable, 0x1234, 7, 3), Parse(V6, "0103000000000000" + header + "8000000012340007"));
        Assert.Equal(
            new EchoAnswer(EchoAnswerKind.TimeExceeded, 0x1234, 7, 0),
            Parse(V6, "0300000000000000" + header + "8000000012340007")
        );
        Assert.Null(Parse(V6, "8800000012340007" + Data)); // neighbour advertisement
    }

    [Theory]
    [InlineData(V4, Reply)]
    [InlineData(V4, HostUnreachable)]
    [InlineData(
        V6,
        "0103000000000000"
            + "6000000000403a40"
            + "fd000000000000000000000000000001"
            + "fd000000000000000000000000000009"
            + "8000000012340007"
    )]
    public void A_packet_cut_off_anywhere_is_no_answer(AddressFamily family, string hex)
    {
        byte[] whole = Convert.FromHexString(hex);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(EchoPacket.TryParse(family, whole.AsSpan(0, length), out _), $"{length} bytes");
        }
    }

    private static EchoAnswer? Parse(AddressFamily family, string hex) =>
        EchoPacket.TryParse(family, Convert.FromHexString(hex), out EchoAnswer answer) ? answer : null;
}
