using System.Net;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Names;

/// <summary>
/// The host names that a container can resolve: its own, the user's, and those of its neighbours. Pure: rows in, entries out. One object
/// serves all containers of a change, so that the lines of a network are composed once.
/// </summary>
internal sealed class ContainerNames
{
    private readonly Dictionary<string, Members> _networks = [];

    /// <summary>Creates the names for all containers, or for those on some networks.</summary>
    public ContainerNames(IEnumerable<ContainerRow> containers)
    {
        foreach (
            EndpointRow endpoint in containers
                .OrderBy(container => container.Name, StringComparer.Ordinal)
                .SelectMany(container => container.Endpoints)
                .Where(IsUserDefined)
        )
        {
            if (!_networks.TryGetValue(endpoint.NetworkId, out Members? members))
                _networks.Add(endpoint.NetworkId, members = new());
            members.Add(endpoint.ContainerId, new HostsEntry(Addresses(endpoint), NetworkNames(endpoint)));
        }
    }

    /// <summary>
    /// The entries of a container's hosts file, in the order of a lookup: added hosts first, as in Docker, so that a user can override
    /// names; then the container itself; then its neighbours on each of its user-defined networks, by name.
    /// </summary>
    public IEnumerable<HostsEntry> Entries(ContainerRow container, NameSettings settings)
    {
        IPAddress[] gateways = Gateways(container);
        foreach (AddedHost host in settings.AddedHosts)
            yield return new(host.Address is null ? gateways : [host.Address], [host.Name]);
        foreach (EndpointRow endpoint in container.Endpoints)
            yield return new(Addresses(endpoint), [.. OwnNames(container, settings), .. NetworkNames(endpoint)]);
        // Some resolvers (musl's) return the addresses of all lines with a name, so a neighbour must not have these names at all.
        HashSet<string> own = new(
            [.. settings.AddedHosts.Select(static host => host.Name), .. OwnNames(container, settings)],
            StringComparer.OrdinalIgnoreCase
        );
        foreach (
            HostsEntry entry in container.Endpoints.SelectMany(endpoint =>
                _networks.TryGetValue(endpoint.NetworkId, out Members? members) ? members.Neighbours(container.Id, own) : []
            )
        )
            yield return entry;
    }

    /// <summary>The addresses of the host for a container: the gateways of its first network with a gateway.</summary>
    public static IPAddress[] Gateways(ContainerRow container) =>
        container
            .Endpoints.Select(endpoint => ((IPAddress?[])[endpoint.Gateway, endpoint.IPv6Gateway]).OfType<IPAddress>().ToArray())
            .FirstOrDefault(gateways => gateways.Length > 0)
        ?? [];

    // As Docker: the full name first, because `hostname -f` prints the first name, then the part before its first dot. But a container
    // named web.1, without a host name, does not get the name "web", which may be a neighbour's.
    private static IEnumerable<string> OwnNames(ContainerRow container, NameSettings settings)
    {
        string hostname = settings.Hostname ?? container.Name;
        if (settings.Hostname is null && settings.DomainName is null)
            return [hostname];
        string full = settings.DomainName is null ? hostname : $"{hostname}.{settings.DomainName}";
        return [full, hostname, full.Split('.')[0], container.Name];
    }

    /// <summary>The names of an endpoint on its network; none on a predefined one, as in Docker.</summary>
    private static string[] NetworkNames(EndpointRow endpoint) =>
        IsUserDefined(endpoint)
            ?
            [
                .. new[] { endpoint.ContainerName }.Concat(endpoint.Aliases).Where(static name => !ReservedNames.IsReserved(name)),
                endpoint.ContainerId[..Math.Min(12, endpoint.ContainerId.Length)],
            ]
            : [];

    private static IEnumerable<IPAddress> Addresses(EndpointRow endpoint) =>
        ((IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address]).OfType<IPAddress>();

    private static bool IsUserDefined(EndpointRow endpoint) => !NameRules.Predefined.Contains(endpoint.NetworkName);

    /// <summary>The containers of one network, in order, with the owners of each name.</summary>
    private sealed class Members
    {
        private readonly List<(string ContainerId, HostsEntry Entry)> _entries = [];
        private readonly Dictionary<string, List<string>> _owners = new(StringComparer.OrdinalIgnoreCase);

        public void Add(string containerId, HostsEntry entry)
        {
            _entries.Add((containerId, entry));
            foreach (string name in entry.Names)
            {
                if (!_owners.TryGetValue(name, out List<string>? owners))
                    _owners.Add(name, owners = []);
                owners.Add(containerId);
            }
        }

        /// <summary>The entries of all other containers, without the names that the container itself has.</summary>
        public IEnumerable<HostsEntry> Neighbours(string containerId, HashSet<string> own)
        {
            HashSet<string> sharing = [.. own.SelectMany(name => _owners.GetValueOrDefault(name, []))];
            foreach ((string other, HostsEntry entry) in _entries)
            {
                if (other != containerId)
                    yield return sharing.Contains(other) ? entry.Without(own) : entry;
            }
        }
    }
}
