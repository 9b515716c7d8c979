using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>A TCP connection that stays open.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Socket _client,
        _server;

    /// <param name="from">Where the client is.</param>
    /// <param name="listener">Where the server listens.</param>
    /// <param name="address">The address that the client connects to.</param>
    /// <param name="port">The port that the client connects to.</param>
    public Wire(NetworkNamespace from, Socket listener, string address, int port)
    {
        IPAddress target = IPAddress.Parse(address);
        _client = from.Run(() => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _client.Connect(target, port);
        Assert.True(listener.Poll(s_patience, SelectMode.SelectRead), $"nobody came in by {address}:{port}");
        _server = listener.Accept();
        _client.ReceiveTimeout = _server.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
    }

    /// <summary>
    /// Listens on a port of a namespace, for both families; one listener for a port, since a program that is being started holds a copy of
    /// a closed one for a moment.
    /// </summary>
    public static Socket Listen(NetworkNamespace where, int port)
    {
        Socket listener = where.Run(() =>
            new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
        );
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen();
        return listener;
    }

    /// <summary>Whether bytes go through both ways.</summary>
    public bool Works() => Passes(_client, _server) && Passes(_server, _client);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static bool Passes(Socket from, Socket to)
    {
        byte[] buffer = new byte[1];
        from.Send([42]);
        return to.Receive(buffer) == 1 && buffer[0] == 42;
    }
}
