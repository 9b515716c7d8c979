using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists networks, as <c>docker network ls</c> and <c>docker network inspect</c> do.</summary>
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
