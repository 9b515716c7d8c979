using System.Net;
using BridgeNet.Sockets;
using Xunit;

namespace BridgeNet.Core.Tests.Sockets;

public sealed class SocketTableTests
{
    // Lines of /proc/net/tcp and its like, of Linux 6.18 on x64.
    private const string Tcp =
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16353 1 000000004c1f9a3e 100 0 0 10 0";
    private const string Tcp6 =
        "   1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2042 1 0000000000000000 100 0 0 10 0";
    private const string Mapped =
        "   2: 0000000000000000FFFF0000020000C0:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0000000000000000 100 0 0 10 0";
    private const string Documentation =
        "   3: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78 1 0000000000000000 100 0 0 10 0";
    private const string Udp =
        "  123: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0";

    // net/sctp/proc.c: "%8pK %8pK %-3d %-3d %-4d %-5d %5u %5lu ", then addresses.
    private const string Sctp = "ffff9b0a ffff9b0b 2   10  29   36412     0 99001 192.0.2.1 2001:0db8:0000:0000:0000:0000:0000:0001 ";

    private static readonly string[] s_all = [Tcp, Tcp6, Mapped, Documentation, Udp, Sctp];

    [Theory]
    [InlineData("tcp", Tcp, "127.0.0.1", 8080, 16353ul)]
    [InlineData("tcp", Tcp6, "::", 22, 2042ul)]
    [InlineData("tcp", Mapped, "192.0.0.2", 80, 77ul)]
    [InlineData("tcp", Documentation, "2001:db8::1", 80, 78ul)]
    [InlineData("udp", Udp, "0.0.0.0", 53, 4711ul)]
    public void A_listener_is_read(string protocol, string line, string address, int port, ulong inode)
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "the lines are of a little-endian machine");
        Assert.Equal(new HostSocket(protocol, IPAddress.Parse(address), port, inode), SocketTable.ReadInet(protocol, line));
    }

    [Fact]
    public void An_SCTP_endpoint_listens_at_each_of_its_addresses() =>
        Assert.Equal(
            [
                new HostSocket("sctp", IPAddress.Parse("192.0.2.1"), 36412, 99001),
                new HostSocket("sctp", IPAddress.Parse("2001:db8::1"), 36412, 99001),
            ],
            SocketTable.ReadSctp(Sctp)
        );

    [Theory]
    [InlineData("tcp", "   0: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 16353 1 0 100 0 0 10 0")] // established
    [InlineData("udp", "   0: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 16353 1 0 100 0 0 10 0")] // connected
    [InlineData("tcp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("tcp", "")]
    public void Sockets_that_do_not_listen_are_skipped(string protocol, string line) => Assert.Null(SocketTable.ReadInet(protocol, line));

    [Theory]
    [InlineData(" ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS")]
    [InlineData("ffff9b0a ffff9b0b 2   7   29   36412     0 99001 192.0.2.1")] // closed
    [InlineData("ffff9b0a ffff9b0b 2   10  29   36412     0 99001 ")]
    [InlineData("")]
    public void An_SCTP_line_that_does_not_listen_is_passed_over(string line) => Assert.Empty(SocketTable.ReadSctp(line));

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Random(7);
        foreach (string line in s_all)
        {
            for (int length = 0; length <= line.Length; length++)
                Read(line[..length]);
            for (int i = 0; i < 5_000; i++)
            {
                char[] damaged = line.ToCharArray();
                for (int j = random.Next(1, 6); j > 0; j--)
                    damaged[random.Next(damaged.Length)] = (char)random.Next(0x2ff);
                Read(new string(damaged));
            }
        }

        static void Read(string line)
        {
            _ = SocketTable.ReadInet("tcp", line);
            _ = SocketTable.ReadInet("udp", line);
            _ = SocketTable.ReadSctp(line).Count();
        }
    }

    [Theory]
    // socket, v6only, asked for (":" is null): stands there
    [InlineData("0.0.0.0", false, "192.0.2.1", true)]
    [InlineData("0.0.0.0", false, "0.0.0.0", true)]
    [InlineData("0.0.0.0", false, ":", true)]
    [InlineData("0.0.0.0", false, "2001:db8::1", false)]
    [InlineData("0.0.0.0", false, "::", false)]
    [InlineData("::", false, "192.0.2.1", true)]
    [InlineData("::", false, "0.0.0.0", true)]
    [InlineData("::", false, "2001:db8::1", true)]
    [InlineData("::", false, ":", true)]
    [InlineData("::", true, "192.0.2.1", false)]
    [InlineData("::", true, "0.0.0.0", false)]
    [InlineData("::", true, "::", true)]
    [InlineData("::", true, ":", true)]
    [InlineData("127.0.0.1", false, "0.0.0.0", true)]
    [InlineData("127.0.0.1", false, "127.0.0.1", true)]
    [InlineData("127.0.0.1", false, "127.0.0.2", false)]
    [InlineData("127.0.0.1", false, ":", true)]
    [InlineData("127.0.0.1", false, "::", false)]
    [InlineData("2001:db8::1", false, "::", true)]
    [InlineData("2001:db8::1", false, "0.0.0.0", false)]
    [InlineData("2001:db8::1", false, "2001:db8::2", false)]
    public void A_wildcard_stands_everywhere_in_its_families(string address, bool v6Only, string asked, bool stands)
    {
        var sockets = new HostSockets([new HostSocket("tcp", IPAddress.Parse(address), 80, 1) { V6Only = v6Only }]);
        IPAddress? at = asked == ":" ? null : IPAddress.Parse(asked);
        Assert.Equal(stands, sockets.FindListener("tcp", at, 80) is not null);
        Assert.Null(sockets.FindListener("udp", at, 80));
        Assert.Null(sockets.FindListener("tcp", at, 81));
    }
}
