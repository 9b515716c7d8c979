using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Probes;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// One try to reach somebody: a TCP connection, a UDP datagram or an ICMP echo. A server answers with the address that it sees.
/// </summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>What became of it when nothing came back.</summary>
    public const string Nothing = "-";

    /// <summary>What became of a ping that was answered; expected of others, that they are, whatever address the server sees.</summary>
    public const string Answered = "ok";

    private readonly Socket _socket;
    private readonly string _protocol;
    private readonly ushort _identifier = (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue);

    /// <param name="what">What it is, for whom it surprises.</param>
    /// <param name="where">Where it starts.</param>
    /// <param name="protocol"><c>tcp</c>, <c>udp</c> or <c>ping</c>.</param>
    /// <param name="target">Whom it is for.</param>
    /// <param name="expected">The address that the server should see, <see cref="Answered"/> for a ping, or <see cref="Nothing"/>.</param>
    /// <param name="from">The address that it comes from; null for the one that the kernel chooses.</param>
    public Attempt(string what, NetworkNamespace where, string protocol, IPEndPoint target, string expected, IPAddress? from = null)
    {
        (What, _protocol, Expected) = (what, protocol, expected);
        bool v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = where.Run(() =>
            protocol switch
            {
                "tcp" => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
                "udp" => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp),
                _ => new Socket(target.AddressFamily, SocketType.Raw, v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp),
            }
        );
        _socket.Blocking = false;
        if (from is not null)
            _socket.Bind(new IPEndPoint(from, 0));
        Connecting = protocol == "tcp";
        Trying(() =>
        {
            if (protocol == "ping")
                _socket.SendTo(EchoPacket.Build(target.AddressFamily, _identifier, 1), target);
            else
                _socket.Connect(target);
            if (protocol == "udp")
                _socket.Send([1]);
        });
    }

    public string What { get; }

    public string Expected { get; }

    /// <summary>What became of it; null while that is open.</summary>
    public string? Outcome { get; private set; }

    public bool IsAsExpected => Expected == Answered ? Outcome is not (null or Nothing) : (Outcome ?? Nothing) == Expected;

    /// <summary>Whether the handshake is under way.</summary>
    public bool Connecting { get; private set; }

    public Socket Socket => _socket;

    public void OnConnected()
    {
        Connecting = false;
        if ((int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0)
            Outcome = Nothing;
    }

    public void OnReadable() =>
        Trying(() =>
        {
            byte[] buffer = new byte[2048];
            int length = _socket.Receive(buffer);
            if (_protocol != "ping")
                Outcome = length == 0 ? Nothing : Encoding.ASCII.GetString(buffer, 0, length);
            else if (
                EchoPacket.TryParse(_socket.AddressFamily, buffer.AsSpan(0, length), out EchoAnswer answer)
                && answer.Identifier == _identifier
            )
                Outcome = answer.Kind == EchoAnswerKind.Reply ? Answered : Nothing;
        });

    public void Dispose() => _socket.Dispose();

    private void Trying(Action work)
    {
        try
        {
            work();
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress) { }
        catch (SocketException)
        {
            Outcome = Nothing;
        }
    }
}
