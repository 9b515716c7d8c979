using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Connects containers to networks and takes them off.</summary>
/// <param name="runner">Makes the changes.</param>
/// <param name="planner">Finds their operations.</param>
/// <param name="attachments">Chooses everything of a new endpoint.</param>
/// <param name="containers">Finds the container that is meant.</param>
internal sealed class EndpointService(
    ChangeRunner runner,
    ChangePlanner planner,
    AttachmentPlanner attachments,
    ContainerPlanner containers
)
{
    /// <summary>Gives a container an interface in a network: a name, an address, and the default route if it is its turn.</summary>
    public EndpointRow Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        runner
            .Make(
                state => PlanConnect(state, request, container, context),
                static (state, made, _) => made.Record(state, made.Container),
                context
            )
            .Endpoint;

    /// <summary>What <see cref="Connect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        runner.Describe(state => PlanConnect(state, request, container, context), context);

    /// <summary>Takes containers off networks in one change; a namespace that is gone already is no obstacle. One that is refused does not keep the others.</summary>
    /// <returns>Why some were refused; empty when all are off.</returns>
    public IReadOnlyList<Problem> Disconnect(IReadOnlyList<Membership> memberships, ChangeContext context) =>
        runner.MakeEach(memberships, PlanDisconnect, static (state, rows) => rows.DeleteFrom(state), context);

    /// <summary>What <see cref="Disconnect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeDisconnect(IReadOnlyList<Membership> memberships) =>
        runner.DescribeEach(memberships, PlanDisconnect);

    private (Change, Attachment) PlanConnect(
        IStateReader state,
        EndpointRequest request,
        ContainerReference reference,
        ChangeContext context
    )
    {
        (NetworkRow network, bool isNew) = attachments.FindOrChooseNetwork(state, request.Network);
        ContainerRow container = containers.Resolve(state, reference);
        Attachment made = attachments.Plan(state, network, isNew, container, request, containers.InterfacesInside(container), context);
        bool known = state.FindContainerById(container.Id) is not null;
        NameChange naming = new() { Added = [made.Endpoint], Made = known ? [] : [container] };
        return (planner.Plan(state, made.Before, made.After, naming), made);
    }

    private (Change, RemovedRows) PlanDisconnect(IStateReader state, IReadOnlyList<Membership> memberships, ICollection<Problem> refused)
    {
        List<EndpointRow> gone = [];
        foreach (Membership membership in memberships)
            ChangeRunner.CollectProblems(
                refused,
                () =>
                {
                    NetworkRow network = StateLookup.FindNetwork(state, membership.Network);
                    ContainerRow container = StateLookup.FindContainer(state, membership.Container);
                    if (container.Kind == ContainerKind.Host && network.Name == "host")
                    {
                        throw new BridgeNetException(
                            ErrorIds.PredefinedNetwork,
                            ProblemCategory.InvalidOperation,
                            $"Container '{container.Name}' shares the host's namespace and cannot be taken out of it; remove the container.",
                            container.Name
                        );
                    }
                    EndpointRow endpoint =
                        container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id)
                        ?? throw new BridgeNetException(
                            ErrorIds.NotConnected,
                            ProblemCategory.ObjectNotFound,
                            $"Container '{container.Name}' is not on network '{network.Name}'; Get-BridgeEndpoint shows what it is on.",
                            container.Name
                        );
                    if (!gone.Exists(other => other.EndpointId == endpoint.EndpointId))
                        gone.Add(endpoint);
                }
            );
        Removal removal = new(state) { Endpoints = gone };
        return (removal.Plan(planner), removal.Rows);
    }
}

/// <summary>A container on a network, both by name or id.</summary>
/// <param name="Network">The network.</param>
/// <param name="Container">The container.</param>
internal sealed record Membership(string Network, string Container);
