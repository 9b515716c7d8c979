using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    private const string Missing = "missing";

    /// <summary>Everything in which the kernel differs from what the state says; empty when all is as it is meant to be.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    public IReadOnlyList<DriftItem> FindDrift(IReadOnlyList<string>? networks) => Guard<IReadOnlyList<DriftItem>>(() =>
        [.. SettledFindings(networks).Select(static finding => finding.Drift)]);

    /// <summary>What <see cref="Repair"/> would do, in words.</summary>
    public IReadOnlyList<string> DescribeRepair(IReadOnlyList<string>? networks) => Guard<IReadOnlyList<string>>(() =>
        [.. SettledFindings(networks).Where(static finding => finding.Mend is not null).Select(static finding => finding.Words)]);

    /// <summary>Mends what can be mended: once more does nothing. Connections that work go on.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>What was found, and what could not be mended.</returns>
    public (IReadOnlyList<DriftItem> Found, IReadOnlyList<Problem> Problems) Repair(IReadOnlyList<string>? networks, ChangeContext context) => Guard<(IReadOnlyList<DriftItem>, IReadOnlyList<Problem>)>(() =>
    {
        using UnderWay underWay = new(this, context);
        using IDisposable? trace = KernelTrace.Listen(context.Debug);
        using IStateTransaction state = BeginChange(context);
        List<DriftItem> found = [];
        List<Problem> problems = [];
        int step = 0;
        // Mending brings differences to light: of a link that was down nobody could tell whether its routes are right.
        for (int round = 0; round < 4; round++)
        {
            Finding[] findings = [.. Findings(state, networks).Where(finding => !found.Contains(finding.Drift))];
            found.AddRange(findings.Select(static finding => finding.Drift));
            if (!findings.Any(static finding => finding.Mend is not null))
                break;
            foreach (Finding finding in findings)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (finding.Mend is not { } mend)
                    continue;
                context.Verbose(finding.Words);
                context.BeforeStep?.Invoke(step++, finding.Words);
                try
                {
                    mend();
                }
                catch (Exception failure)
                {
                    problems.AddRange(ErrorMap.ToProblems(failure, finding.Words));
                }
            }
        }
        // Whoever was not checked for a while may have been believed.
        bool IsConcerned(NetworkRow network) => network.AntiSpoof && found.Exists(drift => drift.NetworkName.Length == 0 || drift.NetworkName == network.Name);
        foreach (NetworkRow network in state.Networks().Where(IsConcerned))
            Announce(network, state.Endpoints(networkId: network.Id).Select(endpoint => (endpoint, FindContainer(state, endpoint.ContainerId))));
        context.BeforeStep?.Invoke(step, "record");
        state.Commit();
        _journal.End();
        return (found, problems);
    });

    /// <summary>Findings that are no change's of another process that is under way: what looks amiss is looked at again when that has ended.</summary>
    private IReadOnlyList<Finding> SettledFindings(IReadOnlyList<string>? networks)
    {
        RequireOwner(_store.Reader);
        if (Findings(_store.Reader, networks) is { Count: 0 } none)
            return none;
        using IStateTransaction state = _store.BeginWrite();
        return Findings(state, networks);
    }

    private IReadOnlyList<Finding> Findings(IStateReader state, IReadOnlyList<string>? names)
    {
        Dictionary<string, NetworkRow> networks = (names is null ? state.Networks() : names.Select(name => FindNetwork(state, name)))
            .Where(static network => network.BridgeName is not null).DistinctBy(static network => network.Id).OrderBy(static network => network.Name, StringComparer.Ordinal).ToDictionary(static network => network.Id);
        IReadOnlyList<EndpointRow> endpoints = names is null ? state.Endpoints() : [.. networks.Keys.SelectMany(id => state.Endpoints(networkId: id))];
        ILookup<string, EndpointRow> byNetwork = endpoints.ToLookup(static endpoint => endpoint.NetworkId), byContainer = endpoints.ToLookup(static endpoint => endpoint.ContainerId);
        IEnumerable<ContainerRow> containers = names is null
            ? state.Containers().Select(row => row with { Endpoints = InOrder(byContainer[row.Id]) })
            : byContainer.Select(group => state.FindContainerById(group.Key)).OfType<ContainerRow>().Select(row => row with { Endpoints = InOrder(state.Endpoints(containerId: row.Id)) });
        HostFacts host = new(Links);
        NameView view = new(state, new NameChange());
        Finding[] findings =
        [
            // Rules first, so that what comes up again is guarded from its first packet on.
            .. RuleFindings(state, names is null ? null : networks),
            // Of no network: what all of them share.
            .. ForwardingFindings(names is { Count: 0 } ? [.. state.Networks().Where(static network => network.BridgeName is not null)] : networks.Values),
            .. networks.Values.SelectMany(network => NetworkFindings(state, network, host, [.. byNetwork[network.Id]])),
            .. containers.OrderBy(static container => container.Name, StringComparer.Ordinal).SelectMany(container => ContainerFindings(state, container, networks, host, view)),
        ];
        return [.. findings.Select(finding => finding with { Drift = Identify(state, finding.Drift) })];
    }

    /// <summary>A difference with the ids of what it concerns, for names come back.</summary>
    private static DriftItem Identify(IStateReader state, DriftItem drift) => drift with
    {
        NetworkId = drift.NetworkName.Length == 0 ? "" : state.FindNetwork(drift.NetworkName)?.Id ?? "",
        ContainerId = drift.ContainerName.Length == 0 ? "" : state.FindContainer(drift.ContainerName)?.Id ?? "",
    };

    private static IReadOnlyList<EndpointRow> InOrder(IEnumerable<EndpointRow> endpoints) => [.. endpoints.OrderBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal)];

    /// <summary>Rules that are not as they are meant to be.</summary>
    /// <param name="state">The state.</param>
    /// <param name="chosen">Whose rules, and those that all share; null for everybody's.</param>
    private IEnumerable<Finding> RuleFindings(IStateReader state, IReadOnlyDictionary<string, NetworkRow>? chosen)
    {
        Dictionary<string, NetworkRow> byBridge = state.Networks().Where(static network => network.BridgeName is not null).ToDictionary(static network => network.BridgeName!);
        FirewallNetwork[] rules = [.. AllRules(state).OrderBy(rule => byBridge[rule.BridgeName].Name, StringComparer.Ordinal)];
        if (rules.Length > 0 && MoveRulesStep(state) is { } move)
        {
            yield return new Finding(new DriftItem
            {
                NetworkName = "",
                Kind = DriftKind.Rule,
                Object = "the rules of all networks",
                Expected = $"in {Firewall.Name}",
                Actual = $"in {state.FirewallBackend()}",
                Repair = move.Words,
            }, () =>
            {
                move.Apply();
                (state as IStateTransaction)?.PutFirewallBackend(Firewall.Name);
            });
            yield break;
        }
        RuleDifference[] differences = [.. Firewall.Compare(rules)];
        if (differences.Length == 0)
            yield break;
        NetworkRow? NetworkOf(RuleDifference difference) => byBridge.GetValueOrDefault(difference.Bridge);
        differences = [.. differences.Where(difference => chosen is null || NetworkOf(difference) is not { } network || chosen.ContainsKey(network.Id))];
        // All of them are mended together, in one transaction of each family.
        string words = string.Join('\n', differences.Where(static difference => !difference.Foreign).Select(static difference => difference.Repair).Distinct());
        bool mended = false;
        foreach (RuleDifference difference in differences)
        {
            yield return new Finding(new DriftItem
            {
                NetworkName = NetworkOf(difference)?.Name ?? "",
                Kind = difference.Foreign ? DriftKind.ForeignRule : DriftKind.Rule,
                Object = difference.Object,
                Expected = difference.Expected,
                Actual = difference.Actual,
                Repair = difference.Repair,
                Repairable = !difference.Foreign,
            }, difference.Foreign || mended ? null : () => Firewall.Rebuild(rules)) { Words = words };
            mended |= !difference.Foreign;
        }
    }

    /// <summary>The host's forwarding, which all networks of a family share.</summary>
    private static IEnumerable<Finding> ForwardingFindings(IReadOnlyCollection<NetworkRow> networks) => s_families
        .Where(family => networks.Any(network => network.Config(family) is not null))
        .Select(static family => family == AddressFamily.InterNetwork ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding")
        .Where(static key => Sysctl.Read(key) == "0")
        .Select(static key => SysctlFinding("", key, "1"));
}
