using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Model;

namespace BridgeNet.Probes;

internal static partial class Echo
{
    /// <summary>
    /// Connects <paramref name="count"/> times to a TCP port and closes the connection; the round trip is that of the handshake. A refused
    /// connection ends the test: the host replies, but no service listens.
    /// </summary>
    public static ProbeResult Tcp(
        INetworkNamespace ns,
        string source,
        string destination,
        IPAddress address,
        int port,
        int count,
        TimeSpan timeout,
        TimeSpan interval,
        CancellationToken cancellationToken
    )
    {
        var tally = new ProbeResultBuilder(source, destination, address, $"tcp/{port}", timeout);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                cancellationToken.WaitHandle.WaitOne(interval);
            }
            cancellationToken.ThrowIfCancellationRequested();
            using Socket socket = OpenSocket(ns, address, SocketType.Stream, ProtocolType.Tcp);
            tally.Sent++;
            if (!Connect(socket, new IPEndPoint(address, port), tally, timeout, cancellationToken))
            {
                break;
            }
        }
        return tally.ToResult();
    }

    /// <summary>False if further attempts would have the same result.</summary>
    private static bool Connect(
        Socket socket,
        IPEndPoint target,
        ProbeResultBuilder tally,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            socket.Connect(target);
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual case: the connection is in progress.
        }
        catch (SocketException failure) when (failure.SocketErrorCode != SocketError.ConnectionRefused)
        {
            tally.SendFailed(failure);
            return false;
        }
        catch (SocketException)
        {
            tally.Failed(Refusal(target));
            return false;
        }

        while (!socket.Poll(s_slice, SelectMode.SelectWrite))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(started) >= timeout)
            {
                return true;
            }
        }
        TimeSpan roundTrip = Stopwatch.GetElapsedTime(started);
        var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        switch (error)
        {
            case SocketError.Success when roundTrip <= timeout:
                tally.Reply(roundTrip);
                return true;
            case SocketError.Success:
                return true;
            case SocketError.ConnectionRefused:
                tally.Failed(Refusal(target));
                return false;
            case SocketError.HostUnreachable:
                tally.Failed($"host unreachable: no host has {target.Address}, or a firewall rejects it");
                return true;
            default:
                tally.Failed(new SocketException((int)error).Message);
                return true;
        }
    }

    private static string Refusal(IPEndPoint target) =>
        $"connection refused: {target.Address} answers, but nothing listens on port {target.Port} (or a firewall rejects it)";
}
