using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Drift;

/// <summary>Finds the drift of rules.</summary>
/// <param name="rules">The firewall.</param>
internal sealed class RuleDrift(FirewallRules rules)
{
    /// <summary>The findings for rules.</summary>
    /// <param name="state">The state.</param>
    /// <param name="chosen">The networks to check, by id, in addition to shared rules; null for all.</param>
    public IEnumerable<Finding> Find(IStateReader state, IReadOnlyDictionary<string, NetworkRow>? chosen)
    {
        (NetworkRow Network, FirewallNetwork Rules)[] all =
        [
            .. rules.ByNetwork(state).OrderBy(static of => of.Network.Name, StringComparer.Ordinal),
        ];
        Dictionary<string, NetworkRow> byBridge = all.ToDictionary(static of => of.Rules.BridgeName, static of => of.Network);
        FirewallNetwork[] wanted = [.. all.Select(static of => of.Rules)];
        if (wanted.Length > 0 && rules.PlanMove(state) is { } move)
        {
            yield return new DriftSubject(null).Finding(
                DriftKind.Rule,
                "the rules of all networks",
                $"in {move.To}",
                $"in {move.From}",
                "\n",
                [move]
            );
            yield break;
        }
        NetworkRow? NetworkOf(RuleDifference difference) => byBridge.GetValueOrDefault(difference.Bridge);
        RuleDifference[] differences =
        [
            .. rules
                .Compare(wanted)
                .Where(difference => chosen is null || NetworkOf(difference) is not { } network || chosen.ContainsKey(network.Id)),
        ];
        // All of them are repaired together, in one transaction for each family.
        RebuildRules rebuild = new([
            .. differences.Where(static difference => !difference.Foreign).Select(static difference => difference.Repair).Distinct(),
        ]);
        bool repaired = false;
        foreach (RuleDifference difference in differences)
        {
            DriftItem item = new DriftSubject(NetworkOf(difference)).Item(
                difference.Foreign ? DriftKind.ForeignRule : DriftKind.Rule,
                difference.Object,
                difference.Expected,
                difference.Actual,
                difference.Repair
            );
            yield return new Finding(item with { Repairable = !difference.Foreign }, difference.Foreign || repaired ? [] : [rebuild])
            {
                Words = string.Join('\n', rebuild.Words()),
            };
            repaired |= !difference.Foreign;
        }
    }
}
