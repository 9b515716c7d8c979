using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Renames a container, as <c>docker rename</c> does.</summary>
/// <remarks>
/// Addresses, ports and programs stay unchanged. Containers on the same networks resolve the new name at once, and no longer the old one.
/// </remarks>
/// <example><code>Rename-BridgeContainer c1 web1</code>Renames c1 to web1.</example>
/// <example><code>Get-BridgeContainer test-* | Rename-BridgeContainer -NewName { $_.Name -replace '^test-', 'prod-' }</code>Renames several
/// containers.</example>
[Cmdlet(VerbsCommon.Rename, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class RenameBridgeContainerCommand : BridgeNetCmdlet
{
    /// <summary>The container: name, id, or object.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject Name { get; set; } = "";

    /// <summary>The new name: letters, digits, '_', '.', '-'.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public string NewName { get; set; } = "";

    /// <summary>Write the container to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            [Name],
            given => (ContainerRow[])[Lookup.Container(given)],
            container =>
            {
                if (
                    !Confirmed(
                        $"{container.Name} to {NewName}",
                        "Rename-BridgeContainer",
                        () => Engine.DescribeRenameContainer(container.Id, NewName)
                    )
                )
                    return;
                ContainerRow renamed = Engine.RenameContainer(container.Id, NewName, Context);
                if (PassThru)
                    WriteObject(renamed.ToObject());
            }
        );
}
