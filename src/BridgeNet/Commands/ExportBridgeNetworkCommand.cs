using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;

namespace BridgeNet.Commands;

/// <summary>Writes networks with their containers, addresses and published ports as one JSON document.</summary>
/// <remarks>
/// From the document, Import-BridgeNetwork creates the same networks again, on this machine or another: ids, subnets,
/// addresses, MAC addresses, names, options, reserved addresses. A network includes the configuration that it uses.
/// </remarks>
/// <example><code>Export-BridgeNetwork > lab.json</code>Writes all networks and unconnected containers to a file.</example>
/// <example><code>Get-BridgeNetwork test_* | Export-BridgeNetwork</code>Shows the document of some networks.</example>
[Cmdlet(VerbsData.Export, "BridgeNetwork")]
[OutputType(typeof(string))]
public sealed class ExportBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; by default all networks and unconnected containers.</summary>
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
