using System.Management.Automation;
using BridgeNet.Completion;

namespace BridgeNet.Commands;

/// <summary>Takes a container off a network, as <c>docker network disconnect</c> does.</summary>
/// <remarks>
/// Its interface in that network goes, with the address. The container and its other interfaces stay.
/// </remarks>
/// <example><code>Disconnect-BridgeNetwork web c1</code>Takes c1 off web.</example>
/// <example><code>Get-BridgeEndpoint web | Disconnect-BridgeNetwork</code>Takes everything off web.</example>
[Cmdlet(VerbsCommunications.Disconnect, "BridgeNetwork", SupportsShouldProcess = true)]
public sealed class DisconnectBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("NetworkName")]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string Network { get; set; } = "";

    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "ContainerName")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Container { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Container, () =>
    {
        if (Confirmed($"{Container} from {Network}", "Disconnect-BridgeNetwork", () => Engine.DescribeDisconnect(Network, Container)))
            Engine.Disconnect(Network, Container, Context);
    });
}
