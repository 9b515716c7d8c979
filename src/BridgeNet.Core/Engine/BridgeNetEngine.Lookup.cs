using System.Net;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    private static readonly NetworkRow[] s_predefined = [Builtin("bridge", "bridge"), Builtin("host", "host"), Builtin("none", "null")];

    /// <summary>All networks with their endpoints, by name, the predefined ones among them.</summary>
    public IReadOnlyList<NetworkRow> GetNetworks() => Guard<IReadOnlyList<NetworkRow>>(() =>
    {
        ILookup<string, EndpointRow> endpoints = _store.Reader.Endpoints().ToLookup(static endpoint => endpoint.NetworkId);
        ILookup<string, Reservation> reservations = _store.Reader.Reservations().ToLookup(static reservation => reservation.NetworkId);
        IReadOnlyList<NetworkRow> rows = _store.Reader.Networks();
        return [.. rows
            .Select(row => Complete(row, endpoints[row.Id], reservations[row.Id]))
            .Concat(s_predefined.Where(network => rows.All(row => row.Id != network.Id)))
            .OrderBy(static network => network.Name, NaturalOrder.Comparer)];
    });

    /// <summary>All containers with their endpoints, by name.</summary>
    public IReadOnlyList<ContainerRow> GetContainers() => Guard<IReadOnlyList<ContainerRow>>(() =>
    {
        ILookup<string, EndpointRow> endpoints = _store.Reader.Endpoints().ToLookup(static endpoint => endpoint.ContainerId);
        return [.. _store.Reader.Containers()
            .Select(row => Complete(row, endpoints[row.Id]))
            .OrderBy(static container => container.Name, NaturalOrder.Comparer)];
    });

    /// <summary>All endpoints.</summary>
    public IReadOnlyList<EndpointRow> GetEndpoints() => Guard(() => _store.Reader.Endpoints());

    /// <summary>One endpoint by its whole id; null when there is none.</summary>
    public EndpointRow? FindEndpoint(string id) => Guard(() => _store.Reader.FindEndpointById(id));

    /// <summary>Finds one, with its endpoints, by full id, then exact name, then id prefix: Docker's order.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, or AmbiguousId.</exception>
    public NetworkRow FindNetwork(string nameOrId) => Guard(() =>
    {
        NetworkRow row = FindNetwork(_store.Reader, nameOrId);
        return Complete(row, _store.Reader.Endpoints(networkId: row.Id), _store.Reader.Reservations(row.Id));
    });

    /// <inheritdoc cref="FindNetwork(string)"/>
    /// <exception cref="BridgeNetException">ContainerNotFound, or AmbiguousId.</exception>
    public ContainerRow FindContainer(string nameOrId) => Guard(() => FindContainer(_store.Reader, nameOrId));

    private static NetworkRow FindNetwork(IStateReader state, string nameOrId) =>
        Pick(nameOrId, "network", ErrorIds.NetworkNotFound,
            state.FindNetworkById(nameOrId) ?? state.FindNetwork(nameOrId) ?? s_predefined.FirstOrDefault(network => network.Name == nameOrId || network.Id == nameOrId),
            () => [.. state.NetworksByIdPrefix(nameOrId).Concat(s_predefined.Where(network => network.Id.StartsWith(nameOrId, StringComparison.Ordinal))).DistinctBy(static network => network.Id)],
            static network => network.ShortId);

    private static NetworkRow Complete(NetworkRow network, IEnumerable<EndpointRow> endpoints, IEnumerable<Reservation> reservations)
    {
        EndpointRow[] on = [.. endpoints.OrderBy(static endpoint => endpoint.ContainerName, StringComparer.Ordinal)];
        HashSet<IPAddress> taken =
        [
            .. on.SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address]).OfType<IPAddress>(),
            .. reservations.SelectMany(static reservation => (IPAddress?[])[reservation.IPAddress, reservation.IPv6Address]).OfType<IPAddress>(),
        ];
        return network with
        {
            Containers = on,
            IPAM = network.IPAM with { Config = [.. network.IPAM.Config.Select(config => AddressPool.Count(config, taken))] },
        };
    }

    private ContainerRow FindContainer(IStateReader state, string nameOrId)
    {
        ContainerRow found = Pick(nameOrId, "container", ErrorIds.ContainerNotFound,
            state.FindContainerById(nameOrId) ?? state.FindContainer(nameOrId),
            () => state.ContainersByIdPrefix(nameOrId),
            container => container.ShortId);
        return Complete(found, state.Endpoints(containerId: found.Id));
    }

    private ContainerRow Complete(ContainerRow container, IEnumerable<EndpointRow> endpoints) => container with
    {
        Status = Door.IsAlive(container) ? "running" : "dead",
        Endpoints = [.. endpoints.OrderBy(static endpoint => endpoint.InterfaceName, NaturalOrder.Comparer)],
    };

    private static T Pick<T>(string asked, string kind, string errorId, T? exact, Func<IReadOnlyList<T>> byPrefix, Func<T, string> shortId)
        where T : class
    {
        if (exact is not null)
            return exact;
        IReadOnlyList<T> matches = NameRules.IdPrefix().IsMatch(asked) ? byPrefix() : [];
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new BridgeNetException(errorId, ProblemCategory.ObjectNotFound,
                $"There is no {kind} '{asked}'; Get-Bridge{char.ToUpperInvariant(kind[0])}{kind[1..]} lists those there are.", asked),
            _ => throw new BridgeNetException(ErrorIds.AmbiguousId, ProblemCategory.InvalidArgument,
                $"'{asked}' begins the ids of several {kind}s ({string.Join(", ", matches.Select(shortId))}); give more digits or the name.", asked),
        };
    }

    private static NetworkRow Builtin(string name, string driver) => new()
    {
        Name = name,
        // The same on every host: there is one of each, and scripts may compare them.
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bridgenet predefined network {name}"))),
        Created = DateTimeOffset.UnixEpoch,
        Driver = driver,
    };
}
