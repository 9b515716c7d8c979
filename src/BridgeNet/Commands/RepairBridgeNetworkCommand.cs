using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes the kernel have again what networks are meant to be, after a reboot, a crash, flushed rules or somebody's ip link delete.</summary>
/// <remarks>
/// Rules are put back in one transaction for each address family, and connections that work go on. Networks, subnets, addresses and MACs stay
/// the same. What cannot be mended from here, such as another program's rule in the way, is told as a warning with what to do. Once more does
/// nothing.
/// </remarks>
/// <example><code>Repair-BridgeNetwork</code>Mends all networks.</example>
/// <example><code>Repair-BridgeNetwork -WhatIf</code>Lists exactly what would be done.</example>
/// <example><code>Repair-BridgeNetwork web -PassThru</code>Mends one, and writes what was found to the pipeline.</example>
[Cmdlet(VerbsDiagnostic.Repair, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeDrift))]
public sealed class RepairBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, or prefixes of ids; all networks without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Write what was found to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Name is not null)
            Try(null, () => Match(Name, Engine.GetNetworks, static network => network.Name, Engine.FindNetwork, network => _ids.Add(network.Id)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Try(null, () =>
    {
        if (Name is not null && _ids.Count == 0)
            return;
        IReadOnlyList<string>? ids = Name is null ? null : _ids;
        if (!Confirmed(Name is null ? "all networks" : string.Join(", ", Name), "Repair-BridgeNetwork", () => Engine.DescribeRepair(ids)))
            return;
        (IReadOnlyList<BridgeDrift> found, IReadOnlyList<Problem> problems) = Engine.Repair(ids, Context);
        WriteProblems(problems);
        foreach (BridgeDrift drift in found.Where(static drift => !drift.Repairable))
            WriteWarning($"{drift}. To mend it: {drift.Repair}.");
        if (PassThru)
            WriteObject(found, enumerateCollection: true);
    });
}
