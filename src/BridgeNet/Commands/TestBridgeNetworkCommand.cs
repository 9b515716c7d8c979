using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>
/// Tests for drift: whether the kernel has the desired state of networks, such as bridges, addresses, rules and interfaces of containers.
/// </summary>
/// <remarks>
/// Without names, the command checks all networks and the rules that they share. It changes nothing. Repair-BridgeNetwork repairs the
/// drift.
/// </remarks>
/// <example><code>Test-BridgeNetwork</code>Returns True if there is no drift.</example>
/// <example><code>Test-BridgeNetwork -Detailed</code>Lists all drift: the expected state, the actual state, and the commands that repair
/// it.</example>
/// <example><code>if (-not (Test-BridgeNetwork web)) { Repair-BridgeNetwork web }</code>Repairs one network when it needs it.</example>
[Cmdlet(VerbsDiagnostic.Test, "BridgeNetwork")]
[OutputType(typeof(bool), typeof(BridgeDrift))]
public sealed class TestBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; for a container, its networks. All networks by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>List the drift, instead of True or False.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, given => Lookup.RelatedNetworks(given), network => _ids.Add(network.Id));

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Try(
            null,
            () =>
            {
                bool all = NothingGiven(nameof(Name));
                if (!all && _ids.Count == 0)
                    return;
                IReadOnlyList<DriftItem> drift = Engine.FindDrift(all ? null : _ids, Cancellation);
                if (Detailed)
                    WriteObject(drift.Select(static item => new BridgeDrift(item)), enumerateCollection: true);
                else
                    WriteObject(drift.Count == 0);
            }
        );
}
