using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;

namespace BridgeNet.Commands;

/// <summary>Writes networks with their containers, addresses and published ports as one JSON document.</summary>
/// <remarks>
/// The document has everything from which Import-BridgeNetwork makes the same networks again, on this machine or another: ids, subnets,
/// addresses, Ethernet addresses, names, options, reserved addresses. A configuration network goes with those that are made from it.
/// </remarks>
/// <example><code>Export-BridgeNetwork > lab.json</code>Keeps all networks, and containers that are on none, in a file.</example>
/// <example><code>Get-BridgeNetwork test_* | Export-BridgeNetwork</code>Shows the document of some networks.</example>
[Cmdlet(VerbsData.Export, "BridgeNetwork")]
[OutputType(typeof(string))]
public sealed class ExportBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; without it all networks, and containers that are on none.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, given => Lookup.RelatedNetworks(given), network => _ids.Add(network.Id));

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Try(
            null,
            () =>
            {
                bool all = NothingGiven(nameof(Name));
                if (all || _ids.Count > 0)
                    WriteObject(Engine.Export(all ? null : _ids));
            }
        );
}
