using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Connects containers to networks and disconnects them.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="attachments">Plans new endpoints.</param>
/// <param name="containers">Finds containers.</param>
internal sealed class EndpointService(
    ChangeRunner runner,
    ChangePlanner planner,
    AttachmentPlanner attachments,
    ContainerPlanner containers
)
{
    /// <summary>
    /// Connects a container to a network: an interface with name and addresses, and the default route if this endpoint has the highest
    /// priority.
    /// </summary>
    public EndpointRow Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        runner
            .Make(
                state => PlanConnect(state, request, container, context),
                static (state, made, _) => made.Record(state, made.Container),
                context
            )
            .Endpoint;

    /// <summary>The commands of <see cref="Connect"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        runner.Describe(state => PlanConnect(state, request, container, context), context);

    /// <summary>
    /// Disconnects containers in one change, also if a namespace does not exist any more. A refused container does not prevent the others.
    /// </summary>
    /// <returns>Why containers were refused; empty if all were disconnected.</returns>
    public IReadOnlyList<Problem> Disconnect(IReadOnlyList<Membership> memberships, ChangeContext context) =>
        runner.MakeEach(memberships, PlanDisconnect, static (state, rows) => rows.DeleteFrom(state), context);

    /// <summary>The commands of <see cref="Disconnect"/>; refuses for the same reasons.</summary>
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
                            $"Container '{container.Name}' shares the host's namespace and cannot be disconnected from it; remove the container.",
                            container.Name
                        );
                    }
                    EndpointRow endpoint =
                        container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id)
                        ?? throw new BridgeNetException(
                            ErrorIds.NotConnected,
                            ProblemCategory.ObjectNotFound,
                            $"Container '{container.Name}' is not on network '{network.Name}'; its endpoints show its networks.",
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

/// <summary>A container and a network, each by name or id.</summary>
/// <param name="Network">The network.</param>
/// <param name="Container">The container.</param>
internal sealed record Membership(string Network, string Container);
