using BridgeNet.Changes;
using BridgeNet.Drift;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds differences between desired and actual state, and repairs them.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="host">The host.</param>
internal sealed class RepairService(ChangeRunner runner, OpenHost host)
{
    /// <summary>
    /// The maximum number of rounds, because a repair can reveal further drift: the routes of a link that was down could not be checked
    /// before.
    /// </summary>
    private const int MaxRounds = 4;

    private readonly Survey _survey = new(host);

    /// <summary>All differences between desired and actual state; empty if there are none.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    /// <param name="stopped">Stops the waiting for running changes.</param>
    public IReadOnlyList<DriftItem> FindDrift(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        [.. Look(networks, stopped).Select(static finding => finding.Drift)];

    /// <summary>The commands of <see cref="Repair"/>.</summary>
    public IReadOnlyList<string> DescribeRepair(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        [.. Look(networks, stopped).Where(static finding => finding.Repair.Count > 0).Select(static finding => finding.Words)];

    /// <summary>Repairs drift; repeating it changes nothing. Working connections continue.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    /// <param name="context">The callbacks and the cancellation.</param>
    /// <returns>The drift found, and what could not be repaired.</returns>
    public (IReadOnlyList<DriftItem> Found, IReadOnlyList<Problem> Problems) Repair(
        IReadOnlyList<string>? networks,
        ChangeContext context
    ) =>
        runner.Work(
            context,
            (state, effects, record, abandon) =>
            {
                List<DriftItem> found = [];
                List<Problem> problems = [];
                int step = 0;
                for (int round = 0; round < MaxRounds; round++)
                {
                    Finding[] findings = [.. Find(state, networks).Where(finding => !found.Contains(finding.Drift))];
                    found.AddRange(findings.Select(static finding => finding.Drift));
                    if (findings.All(static finding => finding.Repair.Count == 0))
                        break;
                    foreach (Finding finding in findings.Where(static finding => finding.Repair.Count > 0))
                    {
                        context.Cancellation.ThrowIfCancellationRequested();
                        context.Verbose?.Invoke(finding.Words);
                        context.BeforeStep?.Invoke(step++, finding.Words);
                        problems.AddRange(TryRepair(effects, record, abandon, finding));
                    }
                }
                // While a sender was not checked, neighbours may have learned wrong addresses.
                bool IsConcerned(NetworkRow network) =>
                    host.Desired.Rules(network) is { AntiSpoof: true }
                    && found.Exists(drift => drift.NetworkName.Length == 0 || drift.NetworkName == network.Name);
                foreach (NetworkRow network in state.Networks().Where(IsConcerned))
                    ForgetSenders.Of(host.Desired.Drivers.Of(network), network, state).AnnounceOwners(effects);
                return ((IReadOnlyList<DriftItem>)found, (IReadOnlyList<Problem>)problems);
            }
        );

    private static IReadOnlyList<Problem> TryRepair(
        Effects effects,
        Action<Action<IStateTransaction>> record,
        Action abandon,
        Finding finding
    )
    {
        try
        {
            if (finding.Network is { } network)
                record(rows => rows.Put(network));
            foreach (Operation operation in finding.Repair)
            {
                operation.Apply(effects);
                if (operation is MoveRules moved)
                    record(rows => rows.PutFirewallBackend(moved.To));
                // The identity of the namespace is recorded before anything else is done in it.
                else if (operation.Stage == Stage.Namespace && finding.Container is { } container)
                    record(rows => rows.Put(effects.Kernel.Identified(container)));
            }
            return [];
        }
        catch (Exception failure)
        {
            abandon();
            return ErrorMap.ToProblems(failure, finding.Words);
        }
        finally
        {
            effects.Kernel.CloseNamespaces();
        }
    }

    /// <summary>The findings, without differences that only exist because another process is running a change.</summary>
    private IReadOnlyList<Finding> Look(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        runner.Look(state => Find(state, networks), static findings => findings.Count == 0, stopped);

    private IReadOnlyList<Finding> Find(IStateReader state, IReadOnlyList<string>? networks) =>
        _survey.Find(state, networks is null ? null : [.. networks.Select(name => StateLookup.FindNetwork(state, name))]);
}
