using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists containers.</summary>
/// <remarks>
/// Containers made by New-BridgeContainer, and processes and namespaces that Connect-BridgeNetwork has connected. Status is dead when a
/// namespace is no longer there.
/// </remarks>
/// <example><code>Get-BridgeContainer</code>Lists all containers.</example>
/// <example><code>(Get-BridgeContainer c1).Endpoints</code>Lists the endpoints of one.</example>
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
        Match(Name, Engine.GetContainers, static container => container.Name, Engine.FindContainer, WriteObject));
}
