using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Imports networks with their containers and endpoints from a document.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="forwarding">Plans the host settings of networks.</param>
/// <param name="host">The host.</param>
internal sealed class TopologyService(ChangeRunner runner, ChangePlanner planner, ForwardingPlanner forwarding, OpenHost host)
{
    /// <summary>
    /// Imports everything in a document of <see cref="TopologyExport"/> in one change, with the same ids, IP and MAC addresses; after an error,
    /// nothing is left.
    /// </summary>
    /// <returns>The ids of the networks.</returns>
    /// <exception cref="BridgeNetException">All problems together; nothing is left behind.</exception>
    public IReadOnlyList<string> Import(string document, ChangeContext context) =>
        [.. runner.Make(state => PlanImport(state, document, context), Record, context).Networks.Select(static network => network.Id)];

    /// <summary>The commands of <see cref="Import"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeImport(string document, ChangeContext context) =>
        runner.Describe(state => PlanImport(state, document, context), context);

    private (Change, Topology) PlanImport(IStateReader state, string document, ChangeContext context)
    {
        Topology read = Topology.Read(document);
        List<Problem> problems = [];
        new TopologyRules(host.Desired.Drivers, read, problems, context.Warning).Check();
        // Invalid values are not looked up.
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        Topology here = new TopologyPlacement(host).Place(state, read, problems, context.Warning);
        new TopologyConflicts(host, state, here, problems).Check();
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        return ImportChange(state, here, context);
    }

    private (Change, Topology) ImportChange(IStateReader state, Topology topology, ChangeContext context)
    {
        Dictionary<string, NetworkRow> networks = topology.Networks.ToDictionary(static network => network.Id);
        ILookup<string, EndpointRow> byNetwork = topology.Endpoints.ToLookup(static endpoint => endpoint.NetworkId),
            byContainer = topology.Endpoints.ToLookup(static endpoint => endpoint.ContainerId);
        Dictionary<string, ContainerRow> containers = topology.Containers.ToDictionary(
            static container => container.Id,
            container => container with { Endpoints = [.. byContainer[container.Id]] }
        );
        StateSlice after = new()
        {
            Networks = [.. networks.Values.Select(network => new NetworkSlice(network, [.. byNetwork[network.Id]]))],
            Endpoints =
            [
                .. topology.Endpoints.Select(endpoint => new EndpointSlice(
                    endpoint,
                    networks[endpoint.NetworkId],
                    containers[endpoint.ContainerId]
                )),
            ],
            Containers = [.. containers.Values],
            Spaces = [.. containers.Values.Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)],
            Forwarding =
            [
                .. networks
                    .Values.SelectMany(network => forwarding.Plan(network, context.Warning))
                    .DistinctBy(static setting => setting.Key),
            ],
        };
        NameChange naming = new() { Added = topology.Endpoints, Made = [.. containers.Values] };
        return (planner.Plan(state, new StateSlice(), after, naming), topology);
    }

    private static void Record(IStateTransaction state, Topology topology, KernelAccess kernel)
    {
        foreach (NetworkRow network in topology.Networks)
            state.Put(network);
        foreach (ContainerRow container in topology.Containers)
            state.Put(kernel.Identified(container));
        foreach (EndpointRow endpoint in topology.Endpoints)
            state.Put(endpoint);
        foreach (Reservation reservation in topology.Reservations)
            state.Put(reservation);
        foreach (Topology.GivenAddress last in topology.LastAddresses)
            state.PutLastAddress(last.NetworkId, last.Subnet, last.Address);
    }
}
