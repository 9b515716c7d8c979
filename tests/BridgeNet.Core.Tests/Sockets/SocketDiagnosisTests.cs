using System.Net;
using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Sockets;
using Xunit;
using static Tmds.Linux.LibC;

namespace BridgeNet.Core.Tests.Sockets;

public sealed class SocketDiagnosisTests
{
    // What Linux 6.18 answered to ss -ltn, without headers: 127.0.0.1:8081, and [::]:8080 with IPV6_V6ONLY.
    private const string V4 =
        "020a0000"
        + "1f910000"
        + "7f000001000000000000000000000000"
        + "00000000000000000000000000000000"
        + "00000000"
        + "d000000000000000"
        + "00000000"
        + "00000000"
        + "80000000"
        + "00000000"
        + "dca80600"
        + "0500080000000000"
        + "08000f0000000000"
        + "0c00150001000000"
        + "00000000"
        + "0600160052000000";
    private const string V6 =
        "0a0a0000"
        + "1f900000"
        + "00000000000000000000000000000000"
        + "00000000000000000000000000000000"
        + "00000000"
        + "d100000000000000"
        + "00000000"
        + "00000000"
        + "80000000"
        + "00000000"
        + "dba80600"
        + "0500080000000000"
        + V6Only
        + "08000f0000000000"
        + "0c00150001000000"
        + "00000000"
        + "0600160012000000";
    private const string V6Only = "05000b0001000000";

    [Fact]
    public void Listeners_of_both_families_are_listed()
    {
        var kernel = new ScriptedKernel([Listed(V4), ScriptedKernel.Done()], [Listed(V6), ScriptedKernel.Done()]);
        using var diagnosis = new SocketDiagnosis(new NetlinkConnection(kernel));
        Assert.Equal(
            [
                new HostSocket("tcp", IPAddress.Loopback, 8081, 0x6a8dc),
                new HostSocket("tcp", IPAddress.IPv6Any, 8080, 0x6a8db) { V6Only = true },
            ],
            diagnosis.TryList("tcp")
        );
        // SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, as ss sends it; but for the states, of which ss -l asks for unconnected ones too.
        string rest = new('0', 2 * 48);
        Assert.Equal("48000000" + "14000103" + "00000000" + "02060000" + "00040000" + rest, Hex(kernel.Sent[0]));
        Assert.Equal("48000000" + "14000103" + "00000000" + "0a060000" + "00040000" + rest, Hex(kernel.Sent[1]));
    }

    [Fact]
    public void For_UDP_unconnected_sockets_are_requested()
    {
        var kernel = new ScriptedKernel([ScriptedKernel.Done()], [ScriptedKernel.Done()]);
        using var diagnosis = new SocketDiagnosis(new NetlinkConnection(kernel));
        Assert.Empty(diagnosis.TryList("udp")!);
        Assert.StartsWith("48000000" + "14000103" + "00000000" + "02110000" + "80000000", Hex(kernel.Sent[0]));
    }

    [Fact]
    public void A_listener_for_both_families_is_distinguished() => Assert.False(Read(V6.Replace(V6Only, "05000b0000000000"))!.V6Only);

    [Fact]
    public void An_IPv4_address_of_an_IPv6_socket_is_IPv4() =>
        Assert.Equal(
            IPAddress.Parse("192.0.2.1"),
            Read(V6.Replace("1f900000" + new string('0', 32), "1f90000000000000000000000000ffffc0000201"))!.Address
        );

    [Theory]
    [InlineData(V4)]
    [InlineData(V6)]
    public void A_message_cut_off_anywhere_does_not_throw(string hex)
    {
        byte[] whole = Convert.FromHexString(hex);
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(length < 72, SocketDiagnosis.Read("tcp", whole.AsSpan(0, length)) is null);
    }

    [Fact]
    public void A_kernel_without_it_says_nothing()
    {
        using var diagnosis = new SocketDiagnosis(new NetlinkConnection(new ScriptedKernel([ScriptedKernel.Error(ENOENT)])));
        Assert.Null(diagnosis.TryList("udp"));
    }

    private static HostSocket? Read(string hex) => SocketDiagnosis.Read("tcp", Convert.FromHexString(hex));

    private static byte[] Listed(string hex) => ScriptedKernel.Message(20, Convert.FromHexString(hex));

    private static string Hex(byte[] message) => Convert.ToHexStringLower([.. message[..8], .. message[12..]]);
}
