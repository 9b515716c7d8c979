using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Requests;

namespace BridgeNet.Names;

/// <summary>
/// Addresses with names: one line of a <c>hosts</c> file for each address, IPv4 before IPv6; a reverse lookup returns the first name. The
/// lines are composed once, because on a large network an entry is written to the file of every container.
/// </summary>
internal sealed class HostsEntry(IEnumerable<IPAddress> addresses, IEnumerable<string> names)
{
    private readonly IPAddress[] _addresses = [.. addresses];

    /// <summary>The lines, with line ends.</summary>
    public IReadOnlyList<string> Lines { get; } = Render(addresses, names);

    /// <summary>The names of the entry.</summary>
    public IReadOnlyList<string> Names { get; } = [.. names];

    /// <summary>The same addresses without some names.</summary>
    public HostsEntry Without(IReadOnlySet<string> others) => new(_addresses, Names.Where(name => !others.Contains(name)));

    // A name that HostNameRules or ReservedNames reject is left out: it should have been refused before, but an older version may have
    // accepted it, and this is the last place before the file.
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

    // A scope (interface index) has no meaning in another namespace.
    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
}

/// <summary>Composes the text of a container's <c>hosts</c>.</summary>
internal static class HostsFile
{
    /// <summary>Docker's constant lines.</summary>
    private const string Head =
        ContainerFiles.Marker
        + ", which keeps it up to date; without this line it is left alone.\n"
        + "127.0.0.1\tlocalhost\n"
        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::0\tip6-localnet\n"
        + "ff00::0\tip6-mcastprefix\n"
        + "ff02::1\tip6-allnodes\n"
        + "ff02::2\tip6-allrouters\n";

    /// <summary>The text with these entries, each line once.</summary>
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
