using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Makes a change of the rows that it is about: what the kernel should have before and after, the difference, and what follows from it.</summary>
/// <param name="host">The host.</param>
internal sealed class ChangePlanner(OpenHost host)
{
    /// <summary>The operations that lead from one side to the other.</summary>
    /// <param name="state">The state, for what of rules and names is of others.</param>
    /// <param name="before">The rows that the change concerns, as they are.</param>
    /// <param name="after">As they are to be.</param>
    /// <param name="naming">What of it concerns names; null for nothing.</param>
    /// <exception cref="BridgeNetException">FirewallFailed: the firewall could not hold its rules.</exception>
    public Change Plan(IStateReader state, StateSlice before, StateSlice after, NameChange? naming = null)
    {
        ChangeRules? rulesChange = host.Rules.Plan(state, host.Desired.Rules(before), host.Desired.Rules(after));
        UpdateNames? namesChange = naming is null ? null : UpdateNames.Plan(state, naming, host.Names);
        IReadOnlyList<Operation> ordered = Difference.InOrder([
            .. Difference.Between(host.Desired.Objects(before, after), host.Desired.Objects(after, before)),
            .. rulesChange is null ? (Operation[])[] : [rulesChange],
            .. namesChange is null ? (Operation[])[] : [namesChange],
            .. new Aftermath(host.Desired).Of(before, after),
        ]);
        // Whoever changes rules moves all of them first, where another backend holds them.
        return new(rulesChange is not null && host.Rules.PlanMove(state) is { } move ? [move, .. ordered] : ordered);
    }
}
