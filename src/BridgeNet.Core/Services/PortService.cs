using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Ports;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Publishes ports of connected containers and unpublishes them.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="ports">Chooses host ports.</param>
internal sealed class PortService(ChangeRunner runner, ChangePlanner planner, PortPlanner ports)
{
    /// <summary>Publishes further ports of a container.</summary>
    /// <param name="container">Name or id.</param>
    /// <param name="network">The network of the endpoint; null for that of the container's default route.</param>
    /// <param name="publish">The ports, in the syntax of <c>docker run -p</c>.</param>
    /// <param name="context">The callbacks and the cancellation.</param>
    /// <returns>The new ports.</returns>
    public IReadOnlyList<PortRow> Publish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        runner
            .Make(
                state => PlanPublish(state, container, network, publish, context),
                static (state, made, _) => state.Put(made.After),
                context
            )
            .Added;

    /// <summary>The commands of <see cref="Publish"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribePublish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        runner.Describe(state => PlanPublish(state, container, network, publish, context), context);

    /// <summary>Unpublishes ports, and deletes the conntrack entries of connections through them.</summary>
    public void Unpublish(IReadOnlyList<PortRow> published, ChangeContext context) =>
        runner.Make(
            state => PlanUnpublish(state, published),
            static (state, changed, _) =>
            {
                foreach (EndpointRow endpoint in changed)
                    state.Put(endpoint);
            },
            context
        );

    /// <summary>The commands of <see cref="Unpublish"/>.</summary>
    public IReadOnlyList<string> DescribeUnpublish(IReadOnlyList<PortRow> published) =>
        runner.Describe(state => PlanUnpublish(state, published));

    private (Change, Publication) PlanPublish(
        IStateReader state,
        string containerName,
        string? networkName,
        IReadOnlyList<string> publish,
        ChangeContext context
    )
    {
        ContainerRow container = StateLookup.FindContainer(state, containerName);
        if (container.Kind == ContainerKind.Host)
        {
            throw new BridgeNetException(
                ErrorIds.InvalidPort,
                ProblemCategory.InvalidOperation,
                $"Container '{container.Name}' shares the host's namespace: its ports are already open at the host's addresses.",
                container.Name
            );
        }
        NetworkRow? network = networkName is null ? null : StateLookup.FindNetwork(state, networkName);
        EndpointRow? endpoint = network is null
            ? DesiredEndpoint.ChooseGateway(container.Endpoints, AddressFamily.InterNetwork)
                ?? DesiredEndpoint.ChooseGateway(container.Endpoints, AddressFamily.InterNetworkV6)
                ?? container.Endpoints.FirstOrDefault()
            : container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id);
        if (endpoint is null)
        {
            throw new BridgeNetException(
                ErrorIds.NotConnected,
                ProblemCategory.ObjectNotFound,
                $"Container '{container.Name}' is not on {(network is null ? "any network" : $"network '{network.Name}'")}, so its ports cannot be published; connect it first.",
                container.Name
            );
        }
        network ??= StateLookup.FindNetwork(state, endpoint.NetworkId);
        List<Problem> problems = [];
        List<PortRequest> requests = [.. publish.SelectMany(text => PortSpecification.Parse(text, problems))];
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        IReadOnlyList<PortRow> added = ports.Choose(state, network, endpoint, requests, context.Warning);
        EndpointRow after = endpoint with { Ports = [.. endpoint.Ports, .. added] };
        return (Plan(state, [(endpoint, after)]), new Publication(after, added));
    }

    private (Change, IReadOnlyList<EndpointRow>) PlanUnpublish(IStateReader state, IReadOnlyList<PortRow> published)
    {
        List<(EndpointRow Before, EndpointRow After)> changed = [];
        foreach (IGrouping<string, PortRow> group in published.GroupBy(static port => port.EndpointId))
        {
            if (state.FindEndpointById(group.Key) is { } endpoint)
                changed.Add((endpoint, endpoint with { Ports = [.. endpoint.Ports.Except(group)] }));
        }
        return (Plan(state, changed), [.. changed.Select(static change => change.After)]);
    }

    private Change Plan(IStateReader state, IReadOnlyList<(EndpointRow Before, EndpointRow After)> changed)
    {
        NetworkSlice[] networks =
        [
            .. changed
                .Select(static change => change.Before.NetworkId)
                .Distinct()
                .Select(id => new NetworkSlice(StateLookup.FindNetwork(state, id), state.Endpoints(networkId: id))),
        ];
        Dictionary<string, EndpointRow> after = changed.ToDictionary(
            static change => change.After.EndpointId,
            static change => change.After
        );
        EndpointSlice[] endpoints =
        [
            .. changed.Select(change => new EndpointSlice(
                change.Before,
                networks.First(of => of.Network.Id == change.Before.NetworkId).Network,
                StateLookup.FindContainer(state, change.Before.ContainerId)
            )),
        ];
        return planner.Plan(
            state,
            new StateSlice { Networks = networks, Endpoints = endpoints },
            new StateSlice
            {
                Networks =
                [
                    .. networks.Select(of =>
                        of with
                        {
                            All = [.. of.All.Select(endpoint => after.GetValueOrDefault(endpoint.EndpointId, endpoint))],
                        }
                    ),
                ],
                Endpoints = [.. endpoints.Select(of => of with { Endpoint = after[of.Endpoint.EndpointId] })],
            }
        );
    }

    private sealed record Publication(EndpointRow After, IReadOnlyList<PortRow> Added);
}
