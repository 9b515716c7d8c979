using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes a container, a network namespace with a name, and connects it.</summary>
[Cmdlet(VerbsCommon.New, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class NewBridgeContainerCommand : BridgeNetCmdlet
{
    /// <summary>The name: letters, digits, '_', '.', '-'.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>Name or id of its first network; without it, the container has loopback only.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string? Network { get; set; }

    /// <summary>The address to have; only where the network's subnet was given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP")]
    public string? IPAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EndpointRequest? request = Network is null ? null : new(Network) { IPAddress = IPAddress };
        foreach (string name in Name)
        {
            Try(name, () =>
            {
                if (Confirmed(name, "New-BridgeContainer", () => Engine.DescribeCreateContainer(name, request)))
                    WriteObject(Engine.CreateContainer(name, request, Context));
            });
        }
    }
}
