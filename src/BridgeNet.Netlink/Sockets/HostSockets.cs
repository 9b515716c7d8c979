using System.Net;

namespace BridgeNet.Sockets;

/// <summary>The listening sockets of one network namespace at one moment: what a published port would take its packets from.</summary>
public sealed class HostSockets(IReadOnlyList<HostSocket> sockets)
{
    // Resolved by the kernel for the thread that asks.
    private const string Tables = "/proc/thread-self/net";

    private static readonly string[] s_protocols = ["tcp", "udp"];

    /// <summary>All of them.</summary>
    public IReadOnlyList<HostSocket> All { get; } = sockets;

    /// <summary>Those of the calling thread's namespace. One that is bound but does not listen yet is in no list of the kernel's.</summary>
    public static HostSockets Read()
    {
        using SocketDiagnosis? diagnosis = SocketDiagnosis.TryOpen();
        return new HostSockets([.. s_protocols.SelectMany(protocol => diagnosis?.TryList(protocol) ?? ReadTable(protocol)), .. ReadSctp()]);
    }

    /// <summary>As <see cref="Read"/>, by the files of /proc alone; an IPv6 socket then counts as one that takes IPv4, as most do.</summary>
    public static HostSockets ReadTables() => new([.. s_protocols.SelectMany(ReadTable), .. ReadSctp()]);

    /// <returns>A socket that listens where the port would be published, or null; see <see cref="HostSocket.StandsAt"/> for the address.</returns>
    public HostSocket? FindListener(string protocol, IPAddress? hostAddress, int port) =>
        All.FirstOrDefault(socket => socket.Port == port && socket.Protocol == protocol && socket.StandsAt(hostAddress));

    private static IReadOnlyList<HostSocket> ReadTable(string protocol) =>
        [
            .. ((string[])[.. Lines(protocol), .. Lines(protocol + "6")])
                .Select(line => SocketTable.ReadInet(protocol, line))
                .OfType<HostSocket>(),
        ];

    private static IEnumerable<HostSocket> ReadSctp() => Lines("sctp/eps").SelectMany(SocketTable.ReadSctp);

    // A family or a protocol that the kernel lacks has no file.
    private static string[] Lines(string table)
    {
        try
        {
            return File.ReadAllLines($"{Tables}/{table}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
