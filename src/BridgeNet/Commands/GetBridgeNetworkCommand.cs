using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists networks, as <c>docker network ls</c> and <c>docker network inspect</c> do.</summary>
/// <remarks>
/// An exact name that is not there is an error; a wildcard that matches nothing is not.
/// </remarks>
/// <example><code>Get-BridgeNetwork</code>Lists all networks, with the predefined ones.</example>
/// <example><code>Get-BridgeNetwork web* | Format-List</code>Shows all there is to know of some.</example>
/// <example><code>Get-BridgeNetwork | Where-Object Driver -eq bridge | Select-Object Name, Subnet, Gateway | ConvertTo-Csv</code>
/// Makes a file of them.</example>
[Cmdlet(VerbsCommon.Get, "BridgeNetwork")]
[OutputType(typeof(BridgeNetwork))]
public sealed class GetBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>Names with wildcards, ids, or prefixes of ids; all networks without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(null, () =>
        WriteMatches(Name, Engine.GetNetworks(), network => network.Name, Engine.FindNetwork));
}
