using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Plans a change from rows: the desired objects before and after, their difference, and the operations that follow.</summary>
/// <param name="host">The host.</param>
internal sealed class ChangePlanner(OpenHost host)
{
    /// <summary>The operations that lead from the rows before to the rows after.</summary>
    /// <param name="state">The state, for the rules and names of other networks and containers.</param>
    /// <param name="before">The rows of the change, as they are.</param>
    /// <param name="after">The rows after the change.</param>
    /// <param name="naming">The part of the change that concerns names; null if none does.</param>
    /// <exception cref="BridgeNetException">FirewallFailed: the firewall does not support the rules.</exception>
    public Change Plan(IStateReader state, StateSlice before, StateSlice after, NameChange? naming = null)
    {
        ChangeRules? rulesChange = host.Rules.Plan(state, host.Desired.Rules(before), host.Desired.Rules(after));
        UpdateNames? namesChange = naming is null ? null : UpdateNames.Plan(state, naming, host.Names);
        IReadOnlyList<KernelObject> shared = SharedWithOthers(state, before, after);
        IReadOnlyList<Operation> ordered = Difference.InOrder([
            .. Difference.Between(
                [.. host.Desired.Objects(before, after), .. Existing(shared)],
                [.. host.Desired.Objects(after, before), .. shared]
            ),
            .. rulesChange is null ? (Operation[])[] : [rulesChange],
            .. namesChange is null ? (Operation[])[] : [namesChange],
            .. new Aftermath(host.Desired).Of(before, after),
        ]);
        // If another backend has the rules, all of them are moved before they are changed.
        return new(rulesChange is not null && host.Rules.PlanMove(state) is { } move ? [move, .. ordered] : ordered);
    }

    /// <summary>Those of shared objects that exist, with their links; a change that needs the others creates them.</summary>
    private IEnumerable<KernelObject> Existing(IReadOnlyList<KernelObject> shared)
    {
        HashSet<string> missing =
        [
            .. shared
                .OfType<LinkObject>()
                .Where(one => host.Links.FindLink(one.Mark.Name) is not { } link || !one.Mark.IsOn(link))
                .Select(static one => one.Key),
        ];
        return shared.Where(one => !missing.Contains(one.Key) && !(one.Parent is { } parent && missing.Contains(parent)));
    }

    /// <summary>The objects of these networks that others have too, which therefore exist before and after the change.</summary>
    private IReadOnlyList<KernelObject> SharedWithOthers(IStateReader state, StateSlice before, StateSlice after)
    {
        Dictionary<string, NetworkRow> these = before
            .Networks.Concat(after.Networks)
            .Select(static of => of.Network)
            .DistinctBy(static network => network.Id)
            .ToDictionary(static network => network.Id);
        IEnumerable<KernelObject> Shared(NetworkRow network) => host.Desired.Drivers.Of(network).Shared(network);
        HashSet<string> keys = [.. these.Values.SelectMany(Shared).Select(static one => one.Key)];
        return keys.Count == 0
            ? []
            :
            [
                .. state
                    .Networks()
                    .Where(network => !these.ContainsKey(network.Id) && host.Desired.Drivers.Find(network.Driver) is not null)
                    .SelectMany(Shared)
                    .Where(one => keys.Contains(one.Key)),
            ];
    }
}
