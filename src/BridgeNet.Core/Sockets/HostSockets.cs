using System.Net;

namespace BridgeNet.Sockets;

/// <summary>The listening sockets of one network namespace at one moment: what a published port would take its packets from.</summary>
internal sealed class HostSockets(IReadOnlyList<HostSocket> sockets)
{
    // Resolved by the kernel for the thread that asks.
    private const string Tables = "/proc/thread-self/net";

    public IReadOnlyList<HostSocket> All { get; } = sockets;

    /// <summary>Those of the calling thread's namespace. One that is bound but does not listen yet is in no list of the kernel's.</summary>
    public static HostSockets Read()
    {
        List<HostSocket> found = [];
        foreach (string protocol in (string[])["tcp", "udp"])
        {
            found.AddRange(Lines(protocol).Select(line => SocketTable.ReadInet(protocol, line)).OfType<HostSocket>());
            found.AddRange(Lines(protocol + "6").Select(line => SocketTable.ReadInet(protocol, line)).OfType<HostSocket>());
        }
        found.AddRange(Lines("sctp/eps").SelectMany(SocketTable.ReadSctp));
        if (found.Exists(socket => socket.Address.Equals(IPAddress.IPv6Any)))
        {
            IReadOnlySet<ulong> v6Only = SocketDiagnosis.V6OnlySockets();
            found = [.. found.Select(socket => v6Only.Contains(socket.Inode) ? socket with { V6Only = true } : socket)];
        }
        return new HostSockets(found);
    }

    /// <returns>A socket that listens where the port would be published, or null; see <see cref="HostSocket.StandsAt"/> for the address.</returns>
    public HostSocket? FindListener(string protocol, IPAddress? hostAddress, int port) =>
        All.FirstOrDefault(socket => socket.Port == port && socket.Protocol == protocol && socket.StandsAt(hostAddress));

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
