using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Tests whether the kernel has what networks should be: bridges, addresses, rules, interfaces of containers and the rest.</summary>
/// <remarks>
/// Without names, all networks are looked at, and what they share. It changes nothing. Repair-BridgeNetwork repairs what it finds.
/// </remarks>
/// <example><code>Test-BridgeNetwork</code>Says True when all is as it is meant to be.</example>
/// <example><code>Test-BridgeNetwork -Detailed</code>Lists every difference: what is meant, what there is, and how it is repaired.</example>
/// <example><code>if (-not (Test-BridgeNetwork web)) { Repair-BridgeNetwork web }</code>Repairs one network when it needs it.</example>
[Cmdlet(VerbsDiagnostic.Test, "BridgeNetwork")]
[OutputType(typeof(bool), typeof(BridgeDrift))]
public sealed class TestBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; of a container, the networks it is on. All networks without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>List the differences in place of saying whether there are any.</summary>
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
