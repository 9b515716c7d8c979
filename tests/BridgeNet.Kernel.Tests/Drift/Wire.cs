using System.Net;
using System.Net.Sockets;
using BridgeNet.Namespaces;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>A TCP connection that stays open.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _client, _server;

    /// <param name="from">Where the client is.</param>
    /// <param name="to">Where the server is.</param>
    /// <param name="address">The address that the client connects to.</param>
    /// <param name="port">The port that the client connects to.</param>
    /// <param name="serverPort">The port that the server listens on.</param>
    public Wire(NetworkNamespace from, NetworkNamespace to, string address, int port, int serverPort)
    {
        IPAddress target = IPAddress.Parse(address);
        using Socket listener = to.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true });
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, serverPort));
        listener.Listen();
        _client = from.Run(() => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _client.Connect(target, port);
        _server = listener.Accept();
        _client.ReceiveTimeout = _server.ReceiveTimeout = 10_000;
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
