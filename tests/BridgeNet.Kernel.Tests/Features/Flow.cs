using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>A UDP client that goes on from one port, so that to the kernel it is one flow.</summary>
internal sealed class Flow : IDisposable
{
    private readonly Socket _client;
    private readonly List<Socket> _servers = [];

    public Flow(NetworkNamespace from, IPAddress address, int port)
    {
        _client = from.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        _client.Connect(address, port);
    }

    /// <summary>A server that hears it, if it comes by.</summary>
    public Socket Listen(NetworkNamespace where, int port)
    {
        Socket server = where.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true });
        server.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        _servers.Add(server);
        return server;
    }

    /// <summary>
    /// Whether a datagram arrives at a server, and is answered: the kernel lets an answered flow through whatever it would not
    /// let begin. One is sent every 50 ms until then, for the first may find nobody's neighbour known.
    /// </summary>
    public bool Reaches(Socket server, int tries)
    {
        byte[] buffer = new byte[16];
        while (server.Poll(0, SelectMode.SelectRead))
            server.Receive(buffer);
        for (int i = 0; i < tries; i++)
        {
            Send();
            if (!server.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead))
                continue;
            EndPoint client = new IPEndPoint(IPAddress.IPv6Any, 0);
            server.ReceiveFrom(buffer, ref client);
            server.SendTo([2], client);
            return _client.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead) && _client.Receive(buffer) > 0;
        }
        return false;
    }

    public void Send()
    {
        try
        {
            _client.Send([1]);
        }
        catch (SocketException)
        {
            // The answer to the one before: nobody listens.
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        foreach (Socket server in _servers)
            server.Dispose();
    }
}
