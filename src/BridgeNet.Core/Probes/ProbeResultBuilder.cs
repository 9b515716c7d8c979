using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Probes;

/// <summary>
/// Counts the replies of one exchange and creates its result; a failure is described in a sentence with the names that the user typed.
/// </summary>
internal sealed class ProbeResultBuilder(string source, string destination, IPAddress address, string protocol, TimeSpan timeout)
{
    private readonly List<double> _roundTrips = [];
    private string? _reason;

    public int Sent { get; set; }

    public int Received => _roundTrips.Count;

    public void Reply(TimeSpan roundTrip) => _roundTrips.Add(Math.Round(roundTrip.TotalMilliseconds, 3));

    /// <summary>Records that a request could not be sent.</summary>
    public void SendFailed(SocketException failure) =>
        _reason ??= failure.SocketErrorCode switch
        {
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressNotAvailable =>
                $"no route from {source} to {address}",
            SocketError.AccessDenied => $"{source} may not send to {address}: a firewall rule there drops it, or it is a broadcast address",
            _ => $"could not send to {address}: {failure.Message}",
        };

    /// <summary>Records that an ICMP error was received instead of a reply.</summary>
    public void Refused(EchoAnswer answer, IPAddress from) =>
        _reason ??=
            answer.Kind == EchoAnswerKind.TimeExceeded
                ? $"{from} dropped the packet: it passed too many routers, perhaps in a loop"
                : $"{from} answers: {Describe(answer.Code)}";

    public void Failed(string reason) => _reason ??= reason;

    public ProbeResult ToResult() =>
        new()
        {
            Source = source,
            Destination = destination,
            Address = address,
            Protocol = protocol,
            Sent = Sent,
            Received = Received,
            MinimumMs = Received == 0 ? null : _roundTrips.Min(),
            AverageMs = Received == 0 ? null : Math.Round(_roundTrips.Average(), 3),
            MaximumMs = Received == 0 ? null : _roundTrips.Max(),
            Reason =
                Received > 0 ? "" : _reason ?? $"no reply within {timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s",
        };

    private string Describe(byte code) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
            ? code switch
            {
                0 => "no route to the destination",
                1 => "a firewall rejects it (administratively prohibited)",
                3 => "host unreachable (no host has this address)",
                4 => "port unreachable (a firewall rejects it)",
                _ => $"destination unreachable (code {code})",
            }
            : code switch
            {
                0 => "network unreachable",
                1 => "host unreachable (no host has this address)",
                2 => "protocol unreachable",
                3 => "port unreachable (a firewall rejects it)",
                9 or 10 or 13 => "a firewall rejects it (administratively prohibited)",
                _ => $"destination unreachable (code {code})",
            };
}
