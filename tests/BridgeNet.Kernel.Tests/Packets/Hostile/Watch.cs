using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>
/// Receivers in several places that note which crafted frames get there: all that an interface receives, and what a service of the host is
/// given.
/// </summary>
internal sealed class Watch : IDisposable
{
    public const int HostPort = 91;

    // ETH_P_ALL, in network order.
    private const ProtocolType AnyProtocol = (ProtocolType)0x0300;

    private readonly Dictionary<Socket, string> _sockets = [];
    private readonly HashSet<(string Place, int Number)> _seen = [];
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Whatever reaches a namespace's interfaces, on the way in or out.</summary>
    public void Wire(string place, NetworkNamespace space) =>
        Add(place, space.Run(() => new Socket(AddressFamily.Packet, SocketType.Raw, AnyProtocol)));

    /// <summary>A service of the calling thread's namespace, at all addresses.</summary>
    public void Service(string place)
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, HostPort));
        Add(place, socket);
    }

    public bool Has(string place, int number) => _seen.Contains((place, number));

    /// <summary>Listens until all that should come has come, and then as long as a straggler could take.</summary>
    public void Until(Func<bool> complete)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!complete() && clock.Elapsed < TimeSpan.FromSeconds(5))
            Read(20);
        for (clock.Restart(); clock.ElapsedMilliseconds < 300; )
            Read(20);
    }

    public void Read(int milliseconds)
    {
        List<Socket> readable = [.. _sockets.Keys];
        Socket.Select(readable, null, null, TimeSpan.FromMilliseconds(milliseconds));
        foreach (Socket socket in readable)
        {
            for (int i = 0; i < 1000 && socket.Available > 0; i++)
            {
                if (Craft.NumberIn(_buffer.AsSpan(0, socket.Receive(_buffer))) is { } number)
                    _seen.Add((_sockets[socket], number));
            }
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets.Keys)
            socket.Dispose();
    }

    private void Add(string place, Socket socket)
    {
        socket.ReceiveBufferSize = 4 << 20;
        socket.Blocking = false;
        _sockets.Add(socket, place);
    }
}
