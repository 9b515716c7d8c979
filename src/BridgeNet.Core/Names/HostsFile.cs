using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Requests;

namespace BridgeNet.Names;

/// <summary>
/// Addresses that share names: a line of a <c>hosts</c> file for each, IPv4 before IPv6; the first name is the one that a reverse
/// lookup gives. The lines are made once, for on a large network an entry goes into the file of every container.
/// </summary>
internal sealed class HostsEntry(IEnumerable<IPAddress> addresses, IEnumerable<string> names)
{
    private readonly IPAddress[] _addresses = [.. addresses];

    /// <summary>The lines, with their ends.</summary>
    public IReadOnlyList<string> Lines { get; } = Render(addresses, names);

    /// <summary>The names that were asked for.</summary>
    public IReadOnlyList<string> Names { get; } = [.. names];

    /// <summary>The same addresses without some of their names.</summary>
    public HostsEntry Without(IReadOnlySet<string> others) => new(_addresses, Names.Where(name => !others.Contains(name)));

    // A name that HostNameRules or ReservedNames does not let pass is left out even here, where it should have been refused
    // long ago, but perhaps by an older version: this is the last place before the file.
    private static string[] Render(IEnumerable<IPAddress> addresses, IEnumerable<string> names)
    {
        string list = string.Join(
            ' ',
            names
                .Where(static name => HostNameRules.IsName(name) && !ReservedNames.IsLoopback(name))
                .Distinct(StringComparer.OrdinalIgnoreCase)
        );
        return list.Length == 0
            ? []
            :
            [
                .. addresses
                    .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)
                    .Select(address => $"{WithoutScope(address)}\t{list}\n"),
            ];
    }

    // The number of an interface means nothing in another namespace.
    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
}

/// <summary>Writes the text of a container's <c>hosts</c>.</summary>
internal static class HostsFile
{
    /// <summary>Docker's lines, in Docker's words.</summary>
    private const string Head =
        ContainerFiles.Marker
        + ", which keeps it up to date; without this line it is left alone.\n"
        + "127.0.0.1\tlocalhost\n"
        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::0\tip6-localnet\n"
        + "ff00::0\tip6-mcastprefix\n"
        + "ff02::1\tip6-allnodes\n"
        + "ff02::2\tip6-allrouters\n";

    /// <summary>The entries in the order given, each line once.</summary>
    public static string Build(IEnumerable<HostsEntry> entries)
    {
        StringBuilder text = new(Head);
        HashSet<string> written = [];
        foreach (string line in entries.SelectMany(entry => entry.Lines))
        {
            if (written.Add(line))
                text.Append(line);
        }
        return text.ToString();
    }
}
