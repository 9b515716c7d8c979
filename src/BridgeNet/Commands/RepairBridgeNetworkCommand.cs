using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes the kernel have again what networks are meant to be, after a reboot, a crash, flushed rules or somebody's ip link delete.</summary>
/// <remarks>
/// Rules are put back in one transaction for each address family, and connections that work go on. Networks, subnets, addresses and MACs stay
/// the same. What cannot be repaired from here, such as another program's rule in the way, is reported as a warning with what to do. Once more does
/// nothing.
/// </remarks>
/// <example><code>Repair-BridgeNetwork</code>Repairs all networks.</example>
/// <example><code>Repair-BridgeNetwork -WhatIf</code>Lists exactly what would be done.</example>
/// <example><code>Repair-BridgeNetwork web -PassThru</code>Repairs one, and writes what was found to the pipeline.</example>
[Cmdlet(VerbsDiagnostic.Repair, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeDrift))]
public sealed class RepairBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly Dictionary<string, string> _networks = [];
    private bool _all,
        _shared;

    /// <summary>Names with wildcards, ids, prefixes of ids, networks, or differences that Test-BridgeNetwork -Detailed found; all networks without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>Write what was found to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>
    /// Take the state over, although it belongs to another network namespace, which may still exist with its networks in it. They
    /// stay there, and this namespace gets what the state says.
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
        // What all networks share; or a container that is on none, which only a repair of all looks at.
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
                    : _networks.Count == 0 ? "what all networks share"
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
