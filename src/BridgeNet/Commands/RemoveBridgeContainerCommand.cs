using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Removes containers with their endpoints; a foreign namespace stays. One pipeline is one change.</summary>
/// <remarks>
/// Programs in the namespace keep running.
/// </remarks>
/// <example><code>Remove-BridgeContainer c1</code>Removes a container, with its endpoints.</example>
/// <example><code>Get-BridgeContainer | Remove-BridgeContainer</code>Removes all containers.</example>
[Cmdlet(VerbsCommon.Remove, "BridgeContainer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveBridgeContainerCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or containers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, Lookup.Containers, Collect);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count > 0)
            Try(null, () => WriteProblems(Engine.RemoveContainers(_ids, Context)));
    }

    private void Collect(ContainerRow container) =>
        Try(
            container.Name,
            () =>
            {
                if (
                    !_ids.Contains(container.Id)
                    && Confirmed(container.Name, "Remove-BridgeContainer", () => Engine.DescribeRemoveContainers([container.Id]))
                )
                    _ids.Add(container.Id);
            }
        );
}
