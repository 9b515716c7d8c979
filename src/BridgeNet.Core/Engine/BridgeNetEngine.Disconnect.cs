using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>Takes containers off networks in one change; a namespace that is gone already is no obstacle. One that is refused does not keep the others.</summary>
    /// <returns>Why some were refused; empty when all are off.</returns>
    public IReadOnlyList<Problem> Disconnect(IReadOnlyList<Membership> memberships, ChangeContext context) =>
        MakeEach(memberships, PlanDisconnect, RecordDisconnect, context);

    /// <summary>What <see cref="Disconnect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeDisconnect(IReadOnlyList<Membership> memberships) => DescribeEach(memberships, PlanDisconnect);

    private (Change, IReadOnlyList<Attachment>) PlanDisconnect(IStateReader state, IReadOnlyList<Membership> memberships, ICollection<Problem> refused)
    {
        List<Attachment> gone = [];
        foreach (Membership membership in memberships)
            Refusing(refused, () =>
            {
                NetworkRow network = FindNetwork(state, membership.Network);
                ContainerRow container = FindContainer(state, membership.Container);
                if (container.Kind == ContainerKind.Host && network.Name == "host")
                {
                    throw new BridgeNetException(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                        $"Container '{container.Name}' shares the host's namespace and cannot be taken out of it; remove the container.", container.Name);
                }
                EndpointRow endpoint = container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id)
                    ?? throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound,
                        $"Container '{container.Name}' is not on network '{network.Name}'; Get-BridgeEndpoint shows what it is on.", container.Name);
                if (!gone.Exists(other => other.Endpoint.EndpointId == endpoint.EndpointId))
                    gone.Add(new Attachment(endpoint, container));
            });
        EndpointRow[] endpoints = [.. gone.Select(static attachment => attachment.Endpoint)];
        (NetworkRow[] unused, Change removal) = UnusedDefault(state, endpoints);
        Intent intent = new()
        {
            Removing = true,
            Rows = [.. endpoints.Select(static endpoint => endpoint.EndpointId), .. removal.Intent.Rows],
            Links = [.. endpoints.Select(LinkMark.Of), .. removal.Intent.Links],
            Rules = removal.Intent.Rules || HaveRules(state, endpoints),
            Files = FilesOf(Forgotten(state, endpoints)),
            Settle = [.. endpoints.Select(static endpoint => endpoint.ContainerId).Distinct()],
            SettleNetworks = [.. endpoints.Select(static endpoint => endpoint.NetworkId).Distinct()],
        };
        List<Step> steps = [.. DetachSteps(state, endpoints, unused), .. removal.Steps];
        return (new Change(intent, steps), [.. gone.Select(attachment => attachment with { Networks = unused })]);
    }

    /// <summary>The default network when it loses its last endpoint: as it came with the first, it goes with the last.</summary>
    private (NetworkRow[] Unused, Change Removal) UnusedDefault(IStateReader state, IReadOnlyList<EndpointRow> gone)
    {
        NetworkRow[] unused = [.. gone.Where(static endpoint => endpoint.NetworkName == DefaultNetwork).Select(static endpoint => endpoint.NetworkId).Distinct()
            .Where(id => state.Endpoints(networkId: id).All(endpoint => gone.Any(other => other.EndpointId == endpoint.EndpointId)))
            .Select(id => FindNetwork(state, id))];
        return (unused, RemovalChange(state, unused, []));
    }

    /// <summary>The steps that take endpoints away, all links in one request; what else a container is on gets its default route.</summary>
    /// <param name="state">The state.</param>
    /// <param name="gone">The endpoints.</param>
    /// <param name="removed">Networks that go with them, whose rules go as a whole.</param>
    /// <param name="containers">Containers that go with them, whose files go as a whole.</param>
    private List<Step> DetachSteps(IStateReader state, IReadOnlyList<EndpointRow> gone, IReadOnlyList<NetworkRow> removed, IReadOnlyList<ContainerRow>? containers = null)
    {
        if (gone.Count == 0)
            return [];
        ContainerRow[] owners = [.. gone.Select(static endpoint => endpoint.ContainerId).Distinct().Select(id => FindContainer(state, id))];
        NetworkRow[] networks = [.. gone.Select(static endpoint => endpoint.NetworkId).Distinct().Select(id => FindNetwork(state, id))];
        Dictionary<string, ContainerSpace> spaces = owners.ToDictionary(static owner => owner.Id, owner => new ContainerSpace(owner, Door));
        List<Step> steps =
        [
            new(string.Join('\n', gone.Select(static endpoint => $"ip link delete {endpoint.HostInterface}")),
                () => DeleteLinks([.. gone.Select(LinkMark.Of)]),
                () =>
                {
                    foreach (EndpointRow endpoint in gone.Where(endpoint => FindPort(endpoint) is null))
                    {
                        foreach (Step step in LinkSteps(networks.First(network => network.Id == endpoint.NetworkId), endpoint, spaces[endpoint.ContainerId]))
                            step.Apply();
                    }
                    foreach (ContainerRow owner in owners)
                        SettleDefaultRoute(spaces[owner.Id].TryOpen(), owner.Endpoints, owner.Endpoints);
                },
                () =>
                {
                    foreach (ContainerSpace space in spaces.Values)
                        space.Dispose();
                }),
        ];
        steps.AddRange(owners.SelectMany(owner => DefaultRouteStep(
            spaces[owner.Id], before: owner.Endpoints, after: [.. owner.Endpoints.ExceptBy(gone.Select(static endpoint => endpoint.EndpointId), static endpoint => endpoint.EndpointId)])));
        IEnumerable<NetworkRow> staying = networks.ExceptBy(removed.Select(static network => network.Id), static network => network.Id);
        EndpointChange[] changes = [.. staying
            .SelectMany(network => gone.Where(endpoint => endpoint.NetworkId == network.Id), static (network, endpoint) => new EndpointChange(network, endpoint, null))
            .Where(static change => change.IsOfPorts || change.Network.AntiSpoof)];
        steps.AddRange(LoopbackSteps(state, changes));
        if (changes.Length > 0)
            steps.Add(RulesStep(state, changes));
        // Of networks that go, all is forgotten with them.
        if (gone.ExceptBy(removed.Select(static network => network.Id), static endpoint => endpoint.NetworkId).ToArray() is { Length: > 0 } left)
            steps.Add(ForgetFlowsStep(left));
        steps.AddRange(NameSteps(state, new NameChange { Gone = gone, Removed = containers ?? Forgotten(state, gone) }, new ChangeContext()));
        return steps;
    }

    private static void RecordDisconnect(IStateTransaction state, IReadOnlyList<Attachment> gone)
    {
        ForgetEndpoints(state, [.. gone.Select(static attachment => attachment.Endpoint)]);
        foreach (NetworkRow network in gone.SelectMany(static attachment => attachment.Networks).DistinctBy(static network => network.Id))
            state.DeleteNetwork(network.Id);
    }

    private static void ForgetEndpoints(IStateTransaction state, IReadOnlyList<EndpointRow> endpoints)
    {
        foreach (EndpointRow endpoint in endpoints)
            state.DeleteEndpoint(endpoint.EndpointId);
        foreach (ContainerRow container in Forgotten(state, endpoints))
            state.DeleteContainer(container.Id);
    }

    /// <summary>The containers that go with their last endpoint: a namespace of somebody else's is ours to know only while it is on a network.</summary>
    private static ContainerRow[] Forgotten(IStateReader state, IReadOnlyList<EndpointRow> gone) =>
    [
        .. gone.Select(static endpoint => endpoint.ContainerId).Distinct().Select(state.FindContainerById).OfType<ContainerRow>()
            .Where(container => container.Kind is ContainerKind.Process or ContainerKind.Path
                && state.Endpoints(containerId: container.Id).All(endpoint => gone.Any(other => other.EndpointId == endpoint.EndpointId))),
    ];
}

/// <summary>A container on a network, both by name or id.</summary>
/// <param name="Network">The network.</param>
/// <param name="Container">The container.</param>
internal sealed record Membership(string Network, string Container);
