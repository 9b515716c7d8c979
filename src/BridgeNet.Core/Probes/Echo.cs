using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using BridgeNet.Containers;
using BridgeNet.Model;

namespace BridgeNet.Probes;

/// <summary>
/// Tests whether an address can be reached from a namespace. Only the socket is created inside; it keeps sending from there while the
/// calling thread stays in its own namespace.
/// </summary>
internal static partial class Echo
{
    // The maximum delay of a cancellation.
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Sends <paramref name="count"/> ICMP echo requests, one each <paramref name="interval"/>, and waits for each reply up to <paramref
    /// name="timeout"/>. Stops at the first request that cannot be sent, because the next would fail, too.
    /// </summary>
    public static ProbeResult Ping(
        INetworkNamespace ns,
        string source,
        string destination,
        IPAddress address,
        int count,
        TimeSpan timeout,
        TimeSpan interval,
        CancellationToken cancellationToken
    )
    {
        bool v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var tally = new ProbeResultBuilder(source, destination, address, "icmp", timeout);
        using Socket socket = OpenSocket(ns, address, SocketType.Raw, v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp);
        new PingExchange(socket, address, tally, count, timeout, interval).Run(cancellationToken);
        return tally.ToResult();
    }

    private static Socket OpenSocket(INetworkNamespace ns, IPAddress address, SocketType type, ProtocolType protocol)
    {
        try
        {
            // Not blocking, so that no call takes longer than its Poll.
            return ns.Run(() => new Socket(address.AddressFamily, type, protocol) { Blocking = false });
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new BridgeNetException(
                ErrorIds.PermissionDenied,
                ProblemCategory.PermissionDenied,
                "ICMP echo needs CAP_NET_RAW: run as root, or inside 'unshare --user --map-root-user --net --mount'.",
                address,
                failure
            );
        }
    }

    /// <summary>One exchange of requests and replies on one socket.</summary>
    private sealed class PingExchange(
        Socket socket,
        IPAddress address,
        ProbeResultBuilder tally,
        int count,
        TimeSpan timeout,
        TimeSpan interval
    )
    {
        // Other programs may ping in the same namespace, and a raw socket receives all their replies.
        private readonly ushort _identifier = (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue);
        private readonly Dictionary<ushort, long> _pending = [];
        private readonly byte[] _buffer = new byte[2048];

        public void Run(CancellationToken cancellationToken)
        {
            long lastSent = 0;
            for (int next = 0; ; )
            {
                cancellationToken.ThrowIfCancellationRequested();
                TimeSpan untilNext =
                    next == count ? TimeSpan.MaxValue
                    : next == 0 ? TimeSpan.Zero
                    : interval - Stopwatch.GetElapsedTime(lastSent);
                if (untilNext <= TimeSpan.Zero)
                {
                    if (!Send((ushort)next++))
                    {
                        return;
                    }
                    lastSent = Stopwatch.GetTimestamp();
                    continue;
                }
                ForgetLate();
                if (_pending.Count == 0 && next == count)
                {
                    return;
                }
                TimeSpan wait = Shortest(s_slice, untilNext, UntilFirstIsLate());
                if (socket.Poll(wait, SelectMode.SelectRead))
                {
                    Receive();
                }
            }
        }

        private bool Send(ushort sequence)
        {
            tally.Sent++;
            byte[] request = EchoPacket.Build(address.AddressFamily, _identifier, sequence);
            _pending[sequence] = Stopwatch.GetTimestamp();
            try
            {
                socket.SendTo(request, new IPEndPoint(address, 0));
                return true;
            }
            catch (SocketException failure)
            {
                _pending.Remove(sequence);
                tally.SendFailed(failure);
                return false;
            }
        }

        private void Receive()
        {
            EndPoint sender = new IPEndPoint(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            int length;
            try
            {
                length = socket.ReceiveFrom(_buffer, ref sender);
            }
            catch (SocketException)
            {
                // The kernel discarded it after Poll (a bad checksum), or reported an error for a request: the deadline decides.
                return;
            }
            long now = Stopwatch.GetTimestamp();
            if (
                !EchoPacket.TryParse(address.AddressFamily, _buffer.AsSpan(0, length), out EchoAnswer answer)
                || answer.Identifier != _identifier
                || !_pending.TryGetValue(answer.Sequence, out long sent)
            )
            {
                return;
            }
            IPAddress from = ((IPEndPoint)sender).Address;
            if (answer.Kind != EchoAnswerKind.Reply)
            {
                _pending.Remove(answer.Sequence);
                tally.Refused(answer, from);
            }
            // Compared by bytes: the address of a link-local sender has a scope that the requested address may lack.
            else if (from.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()))
            {
                _pending.Remove(answer.Sequence);
                tally.Reply(Stopwatch.GetElapsedTime(sent, now));
            }
        }

        private void ForgetLate()
        {
            foreach ((ushort sequence, long sent) in _pending)
            {
                if (Stopwatch.GetElapsedTime(sent) >= timeout)
                {
                    _pending.Remove(sequence);
                }
            }
        }

        private TimeSpan UntilFirstIsLate() =>
            _pending.Count == 0 ? TimeSpan.MaxValue : timeout - Stopwatch.GetElapsedTime(_pending.Values.Min());

        private static TimeSpan Shortest(TimeSpan a, TimeSpan b, TimeSpan c)
        {
            TimeSpan shortest = a < b ? a : b;
            shortest = c < shortest ? c : shortest;
            return shortest < TimeSpan.Zero ? TimeSpan.Zero : shortest;
        }
    }
}
