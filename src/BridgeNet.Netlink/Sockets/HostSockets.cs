using System.Net;

namespace BridgeNet.Sockets;

/// <summary>The listening sockets of one network namespace at one moment; a published port would redirect their packets.</summary>
public sealed class HostSockets(IReadOnlyList<HostSocket> sockets)
{
    // The kernel resolves this for the current thread.
    private const string Tables = "/proc/thread-self/net";

    private static readonly string[] s_protocols = ["tcp", "udp"];

    /// <summary>All listening sockets.</summary>
    public IReadOnlyList<HostSocket> All { get; } = sockets;

    /// <summary>
    /// The sockets of the calling thread's namespace. The kernel does not list a socket that is bound but does not listen yet.
    /// </summary>
    public static HostSockets Read()
    {
        using SocketDiagnosis? diagnosis = SocketDiagnosis.TryOpen();
        return new HostSockets([.. s_protocols.SelectMany(protocol => diagnosis?.TryList(protocol) ?? ReadTable(protocol)), .. ReadSctp()]);
    }

    /// <summary>
    /// Like <see cref="Read"/>, but only from the files of /proc; an IPv6 socket then counts as one that accepts IPv4, as most do.
    /// </summary>
    public static HostSockets ReadTables() => new([.. s_protocols.SelectMany(ReadTable), .. ReadSctp()]);

    /// <returns>A socket that conflicts with the published port, or null; see <see cref="HostSocket.StandsAt"/> for the address.</returns>
    public HostSocket? FindListener(string protocol, IPAddress? hostAddress, int port) =>
        All.FirstOrDefault(socket => socket.Port == port && socket.Protocol == protocol && socket.StandsAt(hostAddress));

    private static IReadOnlyList<HostSocket> ReadTable(string protocol) =>
        [
            .. ((string[])[.. Lines(protocol), .. Lines(protocol + "6")])
                .Select(line => SocketTable.ReadInet(protocol, line))
                .OfType<HostSocket>(),
        ];

    private static IEnumerable<HostSocket> ReadSctp() => Lines("sctp/eps").SelectMany(SocketTable.ReadSctp);

    // If the kernel lacks a family or protocol, its file does not exist.
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
