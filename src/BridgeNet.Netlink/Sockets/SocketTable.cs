using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace BridgeNet.Sockets;

/// <summary>
/// Reads the lines of /proc/net/{tcp,tcp6,udp,udp6} and sctp/eps (proc(5)). It never throws, whatever the text; sockets that do not listen
/// are skipped.
/// </summary>
public static class SocketTable
{
    // net/tcp_states.h. A UDP socket is in TCP_CLOSE until it is connected. A connected one receives only from one peer, and the packets of
    // that flow are not redirected by a published port.
    private const string TCP_CLOSE = "07",
        TCP_LISTEN = "0A";

    // The state in sctp/eps, in decimal.
    private const string SCTP_SS_LISTENING = "10";

    /// <summary><c>sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …</c></summary>
    public static HostSocket? ReadInet(string protocol, string line)
    {
        string[] words = Words(line);
        if (words.Length < 10 || words[3] != (protocol == "udp" ? TCP_CLOSE : TCP_LISTEN))
            return null;
        string[] local = words[1].Split(':');
        return
            local.Length == 2
            && ReadAddress(local[0]) is { } address
            && ushort.TryParse(local[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort port)
            && ulong.TryParse(words[9], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            ? new HostSocket(protocol, address, port, inode)
            : null;
    }

    /// <summary><c>ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS</c>: one socket for each address.</summary>
    public static IEnumerable<HostSocket> ReadSctp(string line)
    {
        string[] words = Words(line);
        if (
            words.Length < 9
            || words[3] != SCTP_SS_LISTENING
            || !ushort.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || !ulong.TryParse(words[7], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
        )
        {
            return [];
        }
        return words
            .Skip(8)
            .Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : null)
            .OfType<IPAddress>()
            .Select(address => new HostSocket("sctp", Plain(address), port, inode));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Parses 32-bit words in host order that contain an address in network order.</summary>
    private static IPAddress? ReadAddress(string hex)
    {
        if (hex.Length is not (8 or 32))
            return null;
        Span<byte> bytes = stackalloc byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i += 4)
        {
            if (!uint.TryParse(hex.AsSpan(i * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint word))
                return null;
            MemoryMarshal.Write(bytes[i..], word);
        }
        return Plain(new IPAddress(bytes));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
