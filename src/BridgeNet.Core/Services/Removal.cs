using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>
/// The removal of networks, containers and endpoints, and of rows that go with them: a container with a foreign namespace goes with its
/// last endpoint, and so does the default network.
/// </summary>
/// <param name="state">The state.</param>
internal sealed class Removal(IStateReader state)
{
    /// <summary>The endpoints to remove.</summary>
    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    /// <summary>The networks to remove.</summary>
    public IReadOnlyList<NetworkRow> Networks { get; init; } = [];

    /// <summary>The containers to remove, with all of their endpoints.</summary>
    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    /// <summary>The ids of all removed rows.</summary>
    public RemovedRows Rows =>
        field ??= new(
            [.. Endpoints.Select(static endpoint => endpoint.EndpointId)],
            [.. Containers.Concat(ContainersWithLastEndpoint()).Select(static container => container.Id)],
            // Networks that use a configuration come before it.
            [.. AllNetworks().Select(static network => network.Id)]
        );

    /// <summary>Plans the change that removes them.</summary>
    public Change Plan(ChangePlanner planner)
    {
        IReadOnlyList<NetworkRow> networks = AllNetworks();
        HashSet<string> gone = [.. Endpoints.Select(static endpoint => endpoint.EndpointId)],
            goneContainers = [.. Rows.Containers],
            goneNetworks = [.. Rows.Networks];
        Dictionary<string, ContainerRow> owners = Endpoints
            .Select(static endpoint => endpoint.ContainerId)
            .Distinct()
            .ToDictionary(static id => id, Find);
        Dictionary<string, NetworkRow> networksOfEndpoints = Endpoints
            .Select(static endpoint => endpoint.NetworkId)
            .Distinct()
            .ToDictionary(static id => id, id => StateLookup.FindNetwork(state, id));
        NetworkSlice[] concerned =
        [
            .. networks
                .Concat(networksOfEndpoints.Values)
                .DistinctBy(static network => network.Id)
                .Select(network => new NetworkSlice(network, state.Endpoints(networkId: network.Id))),
        ];
        StateSlice before = new()
        {
            Networks = concerned,
            Endpoints =
            [
                .. Endpoints.Select(endpoint => new EndpointSlice(
                    endpoint,
                    networksOfEndpoints[endpoint.NetworkId],
                    owners[endpoint.ContainerId]
                )),
            ],
            Containers = [.. owners.Values],
            Spaces = [.. Containers.Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)],
        };
        StateSlice after = new()
        {
            Networks =
            [
                .. concerned.Where(of => !goneNetworks.Contains(of.Network.Id)).Select(of => of with { All = Remaining(of.All, gone) }),
            ],
            Containers =
            [
                .. owners
                    .Values.Where(owner => !goneContainers.Contains(owner.Id))
                    .Select(owner => owner with { Endpoints = Remaining(owner.Endpoints, gone) }),
            ],
        };
        NameChange naming = new() { Gone = Endpoints, Removed = [.. Containers, .. ContainersWithLastEndpoint()] };
        return planner.Plan(state, before, after, naming) with { Removes = Rows };
    }

    private static IReadOnlyList<EndpointRow> Remaining(IReadOnlyList<EndpointRow> all, HashSet<string> gone) =>
        [.. all.Where(endpoint => !gone.Contains(endpoint.EndpointId))];

    private ContainerRow Find(string id) =>
        Containers.FirstOrDefault(container => container.Id == id) ?? StateLookup.FindContainer(state, id);

    private bool IsLast(IEnumerable<EndpointRow> all) =>
        all.All(endpoint => Endpoints.Any(other => other.EndpointId == endpoint.EndpointId));

    /// <summary>The networks to remove, including the default network if this removes its last endpoint.</summary>
    private IReadOnlyList<NetworkRow> AllNetworks() =>
        [
            .. Networks,
            .. Endpoints
                .Where(static endpoint => endpoint.NetworkName == NetworkPlanner.Default)
                .Select(static endpoint => endpoint.NetworkId)
                .Distinct()
                .Where(id => Networks.All(network => network.Id != id) && IsLast(state.Endpoints(networkId: id)))
                .Select(id => StateLookup.FindNetwork(state, id)),
        ];

    /// <summary>The containers to remove with their last endpoint: a foreign namespace is recorded only while it is on a network.</summary>
    private ContainerRow[] ContainersWithLastEndpoint() =>
        [
            .. Endpoints
                .Select(static endpoint => endpoint.ContainerId)
                .Distinct()
                .Where(id => Containers.All(container => container.Id != id))
                .Select(state.FindContainerById)
                .OfType<ContainerRow>()
                .Where(container =>
                    container.Kind is ContainerKind.Process or ContainerKind.Path && IsLast(state.Endpoints(containerId: container.Id))
                ),
        ];
}
