using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Creates and removes networks.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="networks">Plans new networks.</param>
/// <param name="forwarding">Plans the host settings of networks.</param>
internal sealed class NetworkService(ChangeRunner runner, ChangePlanner planner, NetworkPlanner networks, ForwardingPlanner forwarding)
{
    /// <summary>
    /// Creates a network: bridge, addresses, settings, rules, and the link up last, so that no packet passes before the rules exist.
    /// </summary>
    /// <exception cref="BridgeNetException">All problems together; nothing is left behind.</exception>
    public NetworkRow Create(NetworkRequest request, ChangeContext context) =>
        runner.Make(state => PlanCreate(state, request, context), static (state, made, _) => state.Put(made), context);

    /// <summary>The commands of <see cref="Create"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreate(NetworkRequest request, ChangeContext context) =>
        runner.Describe(state => PlanCreate(state, request, context), context);

    /// <summary>
    /// Removes networks in one change: their rules in one transaction, their bridges in one request. A refused network does not prevent the
    /// removal of the others.
    /// </summary>
    /// <param name="names">Names or ids.</param>
    /// <param name="force">Whether to disconnect the containers of the networks; otherwise a network with containers is refused.</param>
    /// <param name="context">The callbacks and the cancellation.</param>
    /// <returns>Why networks were refused; empty if all were removed.</returns>
    public IReadOnlyList<Problem> Remove(IReadOnlyList<string> names, bool force, ChangeContext context) =>
        runner.MakeEach(
            names,
            (state, some, refused) => PlanRemove(state, some, force, refused),
            static (state, rows) => rows.DeleteFrom(state),
            context
        );

    /// <summary>The commands of <see cref="Remove"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemove(IReadOnlyList<string> names, bool force) =>
        runner.DescribeEach(names, (state, some, refused) => PlanRemove(state, some, force, refused));

    private (Change, NetworkRow) PlanCreate(IStateReader state, NetworkRequest request, ChangeContext context)
    {
        NetworkRow network = networks.Plan(state, request, context);
        StateSlice after = new() { Networks = [new(network, [])], Forwarding = forwarding.Plan(network, context.Warning) };
        return (planner.Plan(state, new StateSlice(), after), network);
    }

    private (Change, RemovedRows) PlanRemove(IStateReader state, IReadOnlyList<string> names, bool force, ICollection<Problem> refused)
    {
        List<NetworkRow> gone = [];
        foreach (string name in names)
            ChangeRunner.CollectProblems(
                refused,
                () =>
                {
                    NetworkRow network = FindRemovable(state, name, names, force);
                    if (!gone.Exists(other => other.Id == network.Id))
                        gone.Add(network);
                }
            );
        EndpointRow[] endpoints = [.. gone.SelectMany(network => state.Endpoints(networkId: network.Id))];
        Removal removal = new(state) { Endpoints = endpoints, Networks = gone };
        return (removal.Plan(planner), removal.Rows);
    }

    private static NetworkRow FindRemovable(IStateReader state, string name, IReadOnlyList<string> names, bool force)
    {
        NetworkRow network = StateLookup.FindNetwork(state, name);
        if (NameRules.Predefined.Contains(network.Name))
        {
            throw new BridgeNetException(
                ErrorIds.PredefinedNetwork,
                ProblemCategory.InvalidOperation,
                $"'{network.Name}' is a predefined network and cannot be removed.",
                network.Name
            );
        }
        IReadOnlyList<EndpointRow> on = state.Endpoints(networkId: network.Id);
        if (on.Count > 0 && !force)
        {
            throw new BridgeNetException(
                ErrorIds.NetworkInUse,
                ProblemCategory.ResourceBusy,
                $"Network '{network.Name}' has active endpoints: {string.Join(", ", on.Select(static endpoint => endpoint.ContainerName).Order(StringComparer.Ordinal))}. Disconnect them first, or force the removal, which disconnects them.",
                network.Name
            );
        }
        string[] users = network.ConfigOnly
            ?
            [
                .. state
                    .Networks()
                    .Where(other => other.ConfigFrom == network.Name && !names.Contains(other.Name) && !names.Contains(other.Id))
                    .Select(static other => other.Name),
            ]
            : [];
        if (users.Length > 0)
        {
            throw new BridgeNetException(
                ErrorIds.NetworkInUse,
                ProblemCategory.ResourceBusy,
                $"The configuration '{network.Name}' is in use by {string.Join(", ", users)}; remove these networks first.",
                network.Name
            );
        }
        return network;
    }
}
