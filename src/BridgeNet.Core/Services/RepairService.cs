using BridgeNet.Changes;
using BridgeNet.Drift;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds in what the kernel differs from what the state says, and repairs it.</summary>
/// <param name="runner">Makes the changes.</param>
/// <param name="host">The host.</param>
internal sealed class RepairService(ChangeRunner runner, OpenHost host)
{
    /// <summary>Repairing brings differences to light: of a link that was down it is unknown whether its routes are right.</summary>
    private const int MaxRounds = 4;

    private readonly Survey _survey = new(host);

    /// <summary>Everything in which the kernel differs from what the state says; empty when all is as it is meant to be.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    /// <param name="stopped">Stops it while it waits for a change that is under way.</param>
    public IReadOnlyList<DriftItem> FindDrift(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        [.. Look(networks, stopped).Select(static finding => finding.Drift)];

    /// <summary>What <see cref="Repair"/> would do, in words.</summary>
    public IReadOnlyList<string> DescribeRepair(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        [.. Look(networks, stopped).Where(static finding => finding.Repair.Count > 0).Select(static finding => finding.Words)];

    /// <summary>Repairs what can be repaired: once more does nothing. Connections that work go on.</summary>
    /// <param name="networks">Names or ids of networks; null for all networks and containers.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>What was found, and what could not be repaired.</returns>
    public (IReadOnlyList<DriftItem> Found, IReadOnlyList<Problem> Problems) Repair(
        IReadOnlyList<string>? networks,
        ChangeContext context
    ) =>
        runner.Work(
            context,
            (state, effects, record) =>
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
                        problems.AddRange(TryMend(effects, record, finding));
                    }
                }
                // Whoever was not checked for a while may have been believed.
                bool IsConcerned(NetworkRow network) =>
                    network.AntiSpoof && found.Exists(drift => drift.NetworkName.Length == 0 || drift.NetworkName == network.Name);
                foreach (NetworkRow network in state.Networks().Where(IsConcerned))
                    ForgetSenders.Of(host.Desired.Drivers.Of(network), network, state).TellWhoIsWho(effects.Kernel);
                return ((IReadOnlyList<DriftItem>)found, (IReadOnlyList<Problem>)problems);
            }
        );

    private static IReadOnlyList<Problem> TryMend(Effects effects, Action<Action<IStateTransaction>> record, Finding finding)
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
                // Known before anything more is done in it.
                else if (operation.Stage == Stage.Namespace && finding.Container is { } container)
                    record(rows => rows.Put(effects.Kernel.Identified(container)));
            }
            return [];
        }
        catch (Exception failure)
        {
            return ErrorMap.ToProblems(failure, finding.Words);
        }
        finally
        {
            effects.Kernel.LetGo();
        }
    }

    /// <summary>Findings that are no change's of another process that is under way.</summary>
    private IReadOnlyList<Finding> Look(IReadOnlyList<string>? networks, CancellationToken stopped) =>
        runner.Look(state => Find(state, networks), static findings => findings.Count == 0, stopped);

    private IReadOnlyList<Finding> Find(IStateReader state, IReadOnlyList<string>? networks) =>
        _survey.Find(state, networks is null ? null : [.. networks.Select(name => StateLookup.FindNetwork(state, name))]);
}
