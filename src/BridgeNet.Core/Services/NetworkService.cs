using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Creates and removes networks.</summary>
/// <param name="runner">Makes the changes.</param>
/// <param name="planner">Finds their operations.</param>
/// <param name="networks">Chooses everything of a new network.</param>
internal sealed class NetworkService(ChangeRunner runner, ChangePlanner planner, NetworkPlanner networks)
{
    /// <summary>Creates a network: bridge, addresses, sysctls, rules, and the link up last, so that no packet passes before its rules are there.</summary>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is left behind.</exception>
    public NetworkRow Create(NetworkRequest request, ChangeContext context) =>
        runner.Make(state => PlanCreate(state, request, context), static (state, made, _) => state.Put(made), context);

    /// <summary>What <see cref="Create"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreate(NetworkRequest request, ChangeContext context) =>
        runner.Describe(state => PlanCreate(state, request, context), context);

    /// <summary>Removes networks in one change: rules in one transaction, bridges in one request. One that is refused does not keep the others.</summary>
    /// <param name="names">Names or ids.</param>
    /// <param name="force">Disconnect the containers that are on them; else such a network is refused.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>Why some were refused; empty when all are gone.</returns>
    public IReadOnlyList<Problem> Remove(IReadOnlyList<string> names, bool force, ChangeContext context) =>
        runner.MakeEach(
            names,
            (state, some, refused) => PlanRemove(state, some, force, refused),
            static (state, rows) => rows.DeleteFrom(state),
            context
        );

    /// <summary>What <see cref="Remove"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemove(IReadOnlyList<string> names, bool force) =>
        runner.DescribeEach(names, (state, some, refused) => PlanRemove(state, some, force, refused));

    private (Change, NetworkRow) PlanCreate(IStateReader state, NetworkRequest request, ChangeContext context)
    {
        NetworkRow network = networks.Plan(state, request, context);
        StateSlice after = new() { Networks = [new(network, [])], Forwarding = networks.Forwarding(network, context.Warning) };
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
                $"Network '{network.Name}' has active endpoints: {string.Join(", ", on.Select(static endpoint => endpoint.ContainerName).Order(StringComparer.Ordinal))}. Disconnect them first, or use -Force, which disconnects them.",
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
