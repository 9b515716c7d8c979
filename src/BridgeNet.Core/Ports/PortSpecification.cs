using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ports;

/// <summary>
/// Parses Docker's <c>-p</c>: <c>[[ADDRESS:]HOSTPORTS:]PORTS[/PROTOCOL]</c>, where ports are a number or a range. Accepts the same text as
/// nat.ParsePortSpec of docker/go-connections, except container port 0, at which nothing can listen.
/// </summary>
internal static class PortSpecification
{
    private const string Shape =
        "write [ADDRESS:][HOSTPORT:]PORT[/PROTOCOL], such as 8080:80, 127.0.0.1:8080:80/tcp, 8000-8010:80-90/udp or [::1]:8080:80";

    private static readonly string[] s_protocols = ["tcp", "udp", "sctp"];

    /// <summary>Parses one specification; adds all problems with it to <paramref name="problems"/>, and then returns nothing.</summary>
    public static IReadOnlyList<PortRequest> Parse(string? text, ICollection<Problem> problems)
    {
        var reader = new Reader(text ?? "");
        IReadOnlyList<PortRequest> requests = reader.Read();
        foreach (string wrong in reader.Wrong)
            problems.Add(new Problem(ErrorIds.InvalidPort, ProblemCategory.InvalidArgument, wrong, text));
        return reader.Wrong.Count == 0 ? requests : [];
    }

    private readonly record struct Range(ushort First, ushort Last)
    {
        public int Count => Last - First + 1;
    }

    private sealed class Reader(string text)
    {
        public List<string> Wrong { get; } = [];

        public IReadOnlyList<PortRequest> Read()
        {
            if (Split() is not var (address, host, container))
                return [];
            (string ports, string protocol) = container.IndexOf('/') is >= 0 and var slash
                ? (container[..slash], container[(slash + 1)..])
                : (container, "");
            if (ports.Length == 0)
            {
                Wrong.Add($"'{text}' names no port of the container: {Shape}.");
                return [];
            }
            IPAddress? hostAddress = address is null ? null : ReadAddress(address);
            string? knownProtocol = ReadProtocol(protocol);
            Range? inside = ReadRange(ports, "container", 1);
            Range? outside = host.Length == 0 ? new Range(0, 0) : ReadRange(host, "host", 0);
            if (inside is not { } to || outside is not { } from || knownProtocol is null || Wrong.Count > 0)
                return [];
            bool free = from.Last == 0;
            // Docker's meaning of a range of host ports for one container port: any free port of the range.
            bool choice = to.Count == 1;
            if (!choice && from.Count != to.Count && !(free && host.Length == 0))
            {
                Wrong.Add(
                    $"'{text}' pairs {from.Count} host {Plural(from.Count)} with {to.Count} of the container: give two ranges of the same length, or leave the host ports out to use free ones."
                );
                return [];
            }
            return
            [
                .. Enumerable
                    .Range(0, to.Count)
                    .Select(i => new PortRequest(
                        hostAddress,
                        (ushort)(free ? 0 : from.First + i),
                        (ushort)(
                            free ? 0
                            : choice ? from.Last
                            : from.First + i
                        ),
                        (ushort)(to.First + i),
                        knownProtocol
                    )),
            ];
        }

        /// <summary>Parses the address; null if there is none.</summary>
        private (string? Address, string Host, string Container)? Split()
        {
            if (text.StartsWith('['))
            {
                int close = text.IndexOf("]:", StringComparison.Ordinal);
                string[] rest = close < 0 ? [] : text[(close + 2)..].Split(':');
                if (rest.Length == 2)
                    return (text[1..close], rest[0], rest[1]);
                Wrong.Add(
                    $"'{text}' has invalid text after the address in brackets: write [::1]:8080:80, or [::1]::80 for a free port of the host."
                );
                return null;
            }
            // An IPv6 address without brackets contains colons, too; the last two separate the ports.
            string[] parts = text.Split(':');
            return parts switch
            {
                [var container] => (null, "", container),
                [var host, var container] => (null, host, container),
                _ => (string.Join(':', parts[..^2]) is { Length: > 0 } address ? address : null, parts[^2], parts[^1]),
            };
        }

        private IPAddress? ReadAddress(string address)
        {
            // .NET also accepts 1, 0x7f.1, 010.0.0.1 and fe80::1%eth0.
            if (
                address.All(letter => char.IsAsciiHexDigit(letter) || letter is ':' or '.')
                && IPAddress.TryParse(address, out IPAddress? read)
            )
            {
                if (read.AddressFamily == AddressFamily.InterNetworkV6)
                    return read.IsIPv4MappedToIPv6 ? read.MapToIPv4() : read;
                if (read.ToString() == address)
                    return read;
            }
            Wrong.Add(
                $"'{address}' is not an address of the host: write an IPv4 address such as 127.0.0.1, or an IPv6 address in brackets such as [::1]."
            );
            return null;
        }

        private string? ReadProtocol(string protocol)
        {
            string lower = protocol.Length == 0 ? "tcp" : protocol.ToLowerInvariant();
            if (s_protocols.Contains(lower))
                return lower;
            Wrong.Add($"'{protocol}' is not a supported protocol: use tcp, udp or sctp.");
            return null;
        }

        private Range? ReadRange(string ports, string side, ushort least)
        {
            string[] ends = ports.Split('-');
            if (ends.Length > 2 || !TryRead(ends[0], out ushort first) || !TryRead(ends[^1], out ushort last))
            {
                Wrong.Add($"'{ports}' is not a port of the {side}: use a number from 1 to 65535, or a range such as 8000-8010.");
                return null;
            }
            if (last < first)
            {
                Wrong.Add($"The range '{ports}' of the {side} is in the wrong order: write {last}-{first}.");
                return null;
            }
            if (first >= least && (first > 0 || last == 0))
                return new Range(first, last);
            Wrong.Add(
                side == "host"
                    ? $"The range '{ports}' of the host begins at 0: begin it at 1, or leave it out to use a free port."
                    : $"'{ports}' is not a port of the {side}, because nothing can listen on port 0: use 1 to 65535."
            );
            return null;
        }

        // .NET ignores zero characters at the end.
        private static bool TryRead(string number, out ushort port) =>
            ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port) && number.All(char.IsAsciiDigit);

        private static string Plural(int count) => count == 1 ? "port" : "ports";
    }
}
