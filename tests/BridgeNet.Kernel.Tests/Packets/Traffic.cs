using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Containers;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// Servers in some namespaces and attempts from others, all at once on one thread: what does not get through is waited for
/// only once.
/// </summary>
internal sealed class Traffic : IDisposable
{
    /// <summary>How long nothing has to come back, until it counts as stopped; what gets through takes a millisecond.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(250);

    /// <summary>How long what should get through may take: a lost first packet is sent again after a second.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly List<Socket> _listeners = [],
        _datagrams = [];
    private readonly List<Attempt> _attempts = [];

    /// <summary>Listens on ports of both protocols and families; answers with the address that the client has there.</summary>
    public Traffic Serve(NetworkNamespace where, params int[] ports)
    {
        foreach (int port in ports)
        {
            Socket stream = Open(where, SocketType.Stream, ProtocolType.Tcp, port);
            stream.Listen();
            _listeners.Add(stream);
            _datagrams.Add(Open(where, SocketType.Dgram, ProtocolType.Udp, port));
        }
        return this;
    }

    /// <inheritdoc cref="Attempt(string, NetworkNamespace, string, IPEndPoint, string, IPAddress)"/>
    public Traffic Try(
        string what,
        NetworkNamespace where,
        string protocol,
        IPAddress address,
        int port,
        string expected,
        IPAddress? from = null
    )
    {
        _attempts.Add(new Attempt(what, where, protocol, new IPEndPoint(address, port), expected, from));
        return this;
    }

    /// <summary>Waits for all attempts.</summary>
    /// <returns>Those that ended in another way than they should, in words.</returns>
    public IReadOnlyList<string> Surprises()
    {
        long start = Stopwatch.GetTimestamp();
        while (_attempts.Where(static attempt => attempt.Outcome is null).ToArray() is { Length: > 0 } open)
        {
            TimeSpan patience = open.Any(static attempt => attempt.Expected != Attempt.Nothing) ? s_patience : s_silence;
            if (Stopwatch.GetElapsedTime(start) > patience)
                break;
            Turn(open);
        }
        string[] surprises =
        [
            .. _attempts
                .Where(static attempt => !attempt.IsAsExpected)
                .Select(static attempt => $"{attempt.What}: {attempt.Outcome ?? Attempt.Nothing} in place of {attempt.Expected}"),
        ];
        foreach (Attempt attempt in _attempts)
            attempt.Dispose();
        _attempts.Clear();
        return surprises;
    }

    /// <summary>All attempts end as they should.</summary>
    public void Check()
    {
        IReadOnlyList<string> surprises = Surprises();
        Assert.True(surprises.Count == 0, string.Join('\n', surprises));
    }

    public void Dispose()
    {
        foreach (IDisposable socket in (IDisposable[])[.. _listeners, .. _datagrams, .. _attempts])
            socket.Dispose();
    }

    private void Turn(IReadOnlyList<Attempt> open)
    {
        List<Socket> readable =
        [
            .. _listeners,
            .. _datagrams,
            .. open.Where(static attempt => !attempt.Connecting).Select(static attempt => attempt.Socket),
        ];
        List<Socket> writable = [.. open.Where(static attempt => attempt.Connecting).Select(static attempt => attempt.Socket)];
        Socket.Select(readable, writable, null, TimeSpan.FromMilliseconds(20));
        foreach (Socket listener in _listeners.Where(readable.Contains))
        {
            using Socket client = listener.Accept();
            client.Send(Encoding.ASCII.GetBytes(Seen(client.RemoteEndPoint!)));
        }
        foreach (Socket server in _datagrams.Where(readable.Contains))
        {
            EndPoint client = new IPEndPoint(IPAddress.IPv6Any, 0);
            server.ReceiveFrom(new byte[16], ref client);
            server.SendTo(Encoding.ASCII.GetBytes(Seen(client)), client);
        }
        foreach (Attempt attempt in open)
        {
            if (writable.Contains(attempt.Socket))
                attempt.OnConnected();
            else if (readable.Contains(attempt.Socket))
                attempt.OnReadable();
        }
    }

    private static string Seen(EndPoint client) =>
        ((IPEndPoint)client).Address is { IsIPv4MappedToIPv6: true } mapped ? $"{mapped.MapToIPv4()}" : $"{((IPEndPoint)client).Address}";

    private static Socket Open(NetworkNamespace where, SocketType type, ProtocolType protocol, int port)
    {
        Socket socket = where.Run(() => new Socket(AddressFamily.InterNetworkV6, type, protocol) { DualMode = true });
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        return socket;
    }
}
