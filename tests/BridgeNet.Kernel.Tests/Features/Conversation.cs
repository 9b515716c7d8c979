using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>A TCP connection that is open for longer than a change.</summary>
internal sealed class Conversation : IDisposable
{
    // What arrives has a wait that a busy machine keeps; what does not is waited for shortly: a byte needs less than a millisecond.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5),
        s_silence = TimeSpan.FromMilliseconds(300);

    private readonly Socket _client,
        _server;

    /// <param name="from">Where the client is.</param>
    /// <param name="to">Where the server is.</param>
    /// <param name="address">The address that the client calls.</param>
    /// <param name="port">The port that the client calls.</param>
    /// <param name="listening">The port that the server listens on.</param>
    public Conversation(NetworkNamespace from, NetworkNamespace to, IPAddress address, int port, int listening)
    {
        using Socket listener = to.Run(() =>
            new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
        );
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, listening));
        listener.Listen();
        _client = from.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        _client.Connect(address, port);
        Assert.True(listener.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead));
        _server = listener.Accept();
    }

    /// <summary>Whether a byte gets through to the server.</summary>
    public bool GoesOn() => Pass(_client, _server, s_patience);

    /// <summary>Whether no byte gets through to the server.</summary>
    public bool IsCut() => !Pass(_client, _server, s_silence);

    /// <summary>Whether a byte gets back to the client.</summary>
    public bool IsAnswered() => Pass(_server, _client, s_patience);

    /// <summary>Whether no byte gets back to the client.</summary>
    public bool IsUnanswered() => !Pass(_server, _client, s_silence);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static bool Pass(Socket from, Socket to, TimeSpan wait)
    {
        try
        {
            from.Send([1]);
            return to.Poll(wait, SelectMode.SelectRead) && to.Receive(new byte[16]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
