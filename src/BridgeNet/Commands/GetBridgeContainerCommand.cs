using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists containers.</summary>
/// <remarks>
/// Lists containers created by New-BridgeContainer, and processes and namespaces that Connect-BridgeNetwork has connected. Status is dead
/// when the
/// namespace does not exist any more.
/// </remarks>
/// <example><code>Get-BridgeContainer</code>Lists all containers.</example>
/// <example><code>Get-BridgeNetwork db | Get-BridgeContainer</code>Lists the containers on a network.</example>
/// <example><code>(Get-BridgeContainer c1).Endpoints</code>Lists the endpoints of a container.</example>
[Cmdlet(VerbsCommon.Get, "BridgeContainer")]
[OutputType(typeof(BridgeContainer))]
public sealed class GetBridgeContainerCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _written = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; for a network, its containers. All containers by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Name is null)
            Try(
                null,
                () => WriteObject(Engine.GetContainers().Select(static container => container.ToObject()), enumerateCollection: true)
            );
        else
            ForEach(
                Name,
                given => given.IdIn("ContainerId") is { } id && _written.Contains(id) ? [] : Lookup.RelatedContainers(given),
                Write
            );
    }

    // Each object once, even if several given objects lead to it.
    private void Write(ContainerRow container)
    {
        if (_written.Add(container.Id))
            WriteObject(container.ToObject());
    }
}
