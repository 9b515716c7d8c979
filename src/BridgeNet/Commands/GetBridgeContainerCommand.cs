using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists containers.</summary>
[Cmdlet(VerbsCommon.Get, "BridgeContainer")]
[OutputType(typeof(BridgeContainer))]
public sealed class GetBridgeContainerCommand : BridgeNetCmdlet
{
    /// <summary>Names with wildcards, ids, or prefixes of ids; all containers without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(null, () =>
        WriteMatches(Name, Engine.GetContainers(), container => container.Name, Engine.FindContainer));
}
