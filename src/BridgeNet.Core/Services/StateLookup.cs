using System.Net;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds networks and containers by name or id, including the predefined networks.</summary>
internal static class StateLookup
{
    /// <summary>The predefined networks.</summary>
    public static IReadOnlyList<NetworkRow> Predefined { get; } =
    [Builtin("bridge", "bridge"), Builtin("host", "host"), Builtin("none", "null")];

    /// <summary>All networks with their endpoints, by name, including the predefined ones.</summary>
    public static IReadOnlyList<NetworkRow> Networks(IStateReader state)
    {
        ILookup<string, EndpointRow> endpoints = state.Endpoints().ToLookup(static endpoint => endpoint.NetworkId);
        ILookup<string, Reservation> reservations = state.Reservations().ToLookup(static reservation => reservation.NetworkId);
        IReadOnlyList<NetworkRow> rows = state.Networks();
        return
        [
            .. rows.Select(row => Complete(row, endpoints[row.Id], reservations[row.Id]))
                .Concat(Predefined.Where(network => rows.All(row => row.Id != network.Id)))
                .OrderBy(static network => network.Name, NaturalOrder.Comparer),
        ];
    }

    /// <summary>All containers with their endpoints, by name.</summary>
    public static IReadOnlyList<ContainerRow> Containers(IStateReader state, NamespaceDoor door)
    {
        ILookup<string, EndpointRow> endpoints = state.Endpoints().ToLookup(static endpoint => endpoint.ContainerId);
        return
        [
            .. state
                .Containers()
                .Select(row => WithStatus(WithEndpoints(row, endpoints[row.Id]), door))
                .OrderBy(static container => container.Name, NaturalOrder.Comparer),
        ];
    }

    /// <summary>Finds a network by full id, then exact name, then id prefix: Docker's order.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, or AmbiguousId.</exception>
    public static NetworkRow FindNetwork(IStateReader state, string nameOrId) =>
        Pick(
            nameOrId,
            "network",
            ErrorIds.NetworkNotFound,
            state.FindNetworkById(nameOrId)
                ?? state.FindNetwork(nameOrId)
                ?? Predefined.FirstOrDefault(network => network.Name == nameOrId || network.Id == nameOrId),
            () =>
                [
                    .. state
                        .NetworksByIdPrefix(nameOrId)
                        .Concat(Predefined.Where(network => network.Id.StartsWith(nameOrId, StringComparison.Ordinal)))
                        .DistinctBy(static network => network.Id),
                ],
            static network => network.ShortId
        );

    /// <summary>A network with its endpoints, and the number of its used addresses.</summary>
    public static NetworkRow Complete(NetworkRow network, IEnumerable<EndpointRow> endpoints, IEnumerable<Reservation> reservations)
    {
        EndpointRow[] on = [.. endpoints.OrderBy(static endpoint => endpoint.ContainerName, StringComparer.Ordinal)];
        HashSet<IPAddress> taken =
        [
            .. on.SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address]).OfType<IPAddress>(),
            .. reservations
                .SelectMany(static reservation => (IPAddress?[])[reservation.IPAddress, reservation.IPv6Address])
                .OfType<IPAddress>(),
        ];
        return network with
        {
            Containers = on,
            IPAM = network.IPAM with { Config = [.. network.IPAM.Config.Select(config => AddressPool.Count(config, taken))] },
        };
    }

    /// <inheritdoc cref="FindNetwork"/>
    /// <returns>The container, with its endpoints.</returns>
    /// <exception cref="BridgeNetException">ContainerNotFound, or AmbiguousId.</exception>
    public static ContainerRow FindContainer(IStateReader state, string nameOrId) =>
        WithEndpoints(
            state,
            Pick(
                nameOrId,
                "container",
                ErrorIds.ContainerNotFound,
                state.FindContainerById(nameOrId) ?? state.FindContainer(nameOrId),
                () => state.ContainersByIdPrefix(nameOrId),
                static container => container.ShortId
            )
        );

    /// <summary>A container with its endpoints, in the order of their interfaces.</summary>
    public static ContainerRow WithEndpoints(IStateReader state, ContainerRow container) =>
        WithEndpoints(container, state.Endpoints(containerId: container.Id));

    /// <summary>A container with the current status of its namespace.</summary>
    public static ContainerRow WithStatus(ContainerRow container, NamespaceDoor door) =>
        container with
        {
            Status = door.IsAlive(container) ? "running" : "dead",
        };

    private static ContainerRow WithEndpoints(ContainerRow container, IEnumerable<EndpointRow> endpoints) =>
        container with
        {
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
            0 => throw new BridgeNetException(
                errorId,
                ProblemCategory.ObjectNotFound,
                $"There is no {kind} '{asked}'; choose an existing {kind}.",
                asked
            ),
            _ => throw new BridgeNetException(
                ErrorIds.AmbiguousId,
                ProblemCategory.InvalidArgument,
                $"'{asked}' matches the ids of several {kind}s ({string.Join(", ", matches.Select(shortId))}); give more digits or the name.",
                asked
            ),
        };
    }

    private static NetworkRow Builtin(string name, string driver) =>
        new()
        {
            Name = name,
            // The ids are the same on every host, because each predefined network exists once per host, and scripts may compare them.
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bridgenet predefined network {name}"))),
            Created = DateTimeOffset.UnixEpoch,
            Driver = driver,
        };
}
