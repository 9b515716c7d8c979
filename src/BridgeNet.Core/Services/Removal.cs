using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Networks, containers and endpoints that go together, with what goes along: whoever loses its last network and was not ours, and the default network with its last endpoint.</summary>
/// <param name="state">The state.</param>
internal sealed class Removal(IStateReader state)
{
    /// <summary>Endpoints that go.</summary>
    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    /// <summary>Networks that go.</summary>
    public IReadOnlyList<NetworkRow> Networks { get; init; } = [];

    /// <summary>Containers that go, with all of their endpoints.</summary>
    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    /// <summary>The rows that go.</summary>
    public RemovedRows Rows =>
        field ??= new(
            [.. Endpoints.Select(static endpoint => endpoint.EndpointId)],
            [.. Containers.Concat(Forgotten()).Select(static container => container.Id)],
            // Those that were made from a configuration before it.
            [.. AllNetworks().Select(static network => network.Id)]
        );

    /// <summary>The change that removes them.</summary>
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
        Dictionary<string, NetworkRow> theirs = Endpoints
            .Select(static endpoint => endpoint.NetworkId)
            .Distinct()
            .ToDictionary(static id => id, id => StateLookup.FindNetwork(state, id));
        NetworkSlice[] concerned =
        [
            .. networks
                .Concat(theirs.Values)
                .DistinctBy(static network => network.Id)
                .Select(network => new NetworkSlice(network, state.Endpoints(networkId: network.Id))),
        ];
        StateSlice before = new()
        {
            Networks = concerned,
            Endpoints =
            [
                .. Endpoints.Select(endpoint => new EndpointSlice(endpoint, theirs[endpoint.NetworkId], owners[endpoint.ContainerId])),
            ],
            Containers = [.. owners.Values],
            Spaces = [.. Containers.Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)],
        };
        StateSlice after = new()
        {
            Networks = [.. concerned.Where(of => !goneNetworks.Contains(of.Network.Id)).Select(of => of with { All = Left(of.All, gone) })],
            Containers =
            [
                .. owners
                    .Values.Where(owner => !goneContainers.Contains(owner.Id))
                    .Select(owner => owner with { Endpoints = Left(owner.Endpoints, gone) }),
            ],
        };
        NameChange naming = new() { Gone = Endpoints, Removed = [.. Containers, .. Forgotten()] };
        return planner.Plan(state, before, after, naming) with { Removes = Rows };
    }

    private static IReadOnlyList<EndpointRow> Left(IReadOnlyList<EndpointRow> all, HashSet<string> gone) =>
        [.. all.Where(endpoint => !gone.Contains(endpoint.EndpointId))];

    private ContainerRow Find(string id) =>
        Containers.FirstOrDefault(container => container.Id == id) ?? StateLookup.FindContainer(state, id);

    private bool IsLast(IEnumerable<EndpointRow> all) =>
        all.All(endpoint => Endpoints.Any(other => other.EndpointId == endpoint.EndpointId));

    /// <summary>The default network came with its first endpoint, and goes with its last.</summary>
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

    /// <summary>The containers that go with their last endpoint: a foreign namespace is known only while it is on a network.</summary>
    private ContainerRow[] Forgotten() =>
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
