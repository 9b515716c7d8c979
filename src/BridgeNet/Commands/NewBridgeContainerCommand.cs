using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes a container, a network namespace with a name, and connects it.</summary>
/// <remarks>
/// A container is the part of a Docker container that networking sees: no image and no process of its own. Run programs in it with
/// Invoke-BridgeContainer.
/// </remarks>
/// <example><code>New-BridgeContainer c1 -Network web</code>Makes one with eth0 in web, an address and a default route.</example>
/// <example><code>New-BridgeContainer c2 -Network db -IPAddress 173.20.0.4</code>
/// Makes one with a given address; db has to have been made with -Subnet.</example>
/// <example><code>Import-Csv containers.csv | New-BridgeContainer</code>
/// Makes one for each row; the columns are Name, Network and IPAddress.</example>
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
