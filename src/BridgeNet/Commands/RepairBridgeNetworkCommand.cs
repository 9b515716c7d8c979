using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>
/// Repairs drift: restores the desired state of networks in the kernel, after a reboot, a crash, flushed rules or a manual ip link delete.
/// </summary>
/// <remarks>
/// Rules are restored in one transaction for each address family, and working connections continue. Networks, subnets, addresses and MACs
/// stay
/// the same. Drift that the command cannot repair, such as a foreign rule that blocks traffic, is reported as a warning with the fix. A
/// second run
/// changes nothing.
/// </remarks>
/// <example><code>Repair-BridgeNetwork</code>Repairs all networks.</example>
/// <example><code>Repair-BridgeNetwork -WhatIf</code>Lists the steps without running them.</example>
/// <example><code>Repair-BridgeNetwork web -PassThru</code>Repairs one network, and writes the drift to the pipeline.</example>
[Cmdlet(VerbsDiagnostic.Repair, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeDrift))]
public sealed class RepairBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly Dictionary<string, string> _networks = [];
    private bool _all,
        _shared;

    /// <summary>
    /// Names with wildcards, ids, prefixes of ids, networks, or drift from Test-BridgeNetwork -Detailed; all networks by default.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>Write the drift to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>
    /// Take the state over from another network namespace, which may still exist with its networks. These networks
    /// stay there, and this namespace gets the networks of the state.
    /// </summary>
    [Parameter]
    public SwitchParameter TakeOver { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Name is null)
            _all = true;
        ForEach(Name, Find, network => _networks[network.Id] = network.Name);
    }

    private IReadOnlyList<NetworkRow> Find(GivenObject given)
    {
        if (given.Noun != Noun.Drift)
            return Lookup.Networks(given);
        if (given["NetworkName"] is not null)
            return [Lookup.NetworkOf(given)];
        // The rules that all networks share; or an unconnected container, which only a repair of all networks checks.
        _shared = true;
        _all |= given["ContainerName"] is not null;
        return [];
    }

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Try(
            null,
            () =>
            {
                if (!_all && !_shared && _networks.Count == 0)
                    return;
                if (TakeOver)
                {
                    if (!ShouldProcess("the state", "Take over from another network namespace"))
                        return;
                    Engine.TakeOver(Context);
                }
                string[]? ids = _all ? null : [.. _networks.Keys];
                string target =
                    _all ? "all networks"
                    : _networks.Count == 0 ? "the rules that all networks share"
                    : string.Join(", ", _networks.Values);
                if (!Confirmed(target, "Repair-BridgeNetwork", () => Engine.DescribeRepair(ids, Cancellation)))
                    return;
                (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = Engine.Repair(ids, Context);
                WriteProblems(problems);
                foreach (DriftItem drift in found.Where(static drift => !drift.Repairable))
                    WriteWarning($"{drift}. To repair it: {drift.Repair}.");
                if (PassThru)
                    WriteObject(found.Select(static item => new BridgeDrift(item)), enumerateCollection: true);
            }
        );
}
