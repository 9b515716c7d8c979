using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Gives a container another name, as <c>docker rename</c> does.</summary>
/// <remarks>
/// Its addresses, ports and programs stay as they are. Containers that share a network with it know the new name at once, and the old one no more.
/// </remarks>
/// <example><code>Rename-BridgeContainer c1 web1</code>Makes c1 web1.</example>
[Cmdlet(VerbsCommon.Rename, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class RenameBridgeContainerCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The new name: letters, digits, '_', '.', '-'.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string NewName { get; set; } = "";

    /// <summary>Write the container to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Name, () =>
    {
        if (!Confirmed($"{Name} to {NewName}", "Rename-BridgeContainer", () => Engine.DescribeRenameContainer(Name, NewName)))
            return;
        BridgeContainer renamed = Engine.RenameContainer(Name, NewName, Context);
        if (PassThru)
            WriteObject(renamed);
    });
}
