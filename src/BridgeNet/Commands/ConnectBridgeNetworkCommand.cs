using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Gives a container an interface in a network, as <c>docker network connect</c> does.</summary>
[Cmdlet(VerbsCommunications.Connect, "BridgeNetwork", SupportsShouldProcess = true, DefaultParameterSetName = "Container")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class ConnectBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("NetworkName")]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string Network { get; set; } = "";

    /// <summary>Name or id of the container; with -ProcessId or -NetNSPath, the name to give it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Container")]
    [Parameter(ParameterSetName = "Process")]
    [Parameter(ParameterSetName = "Path")]
    [Alias("Name", "ContainerName")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string? Container { get; set; }

    /// <summary>A running process whose namespace is meant.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Process")]
    [ValidateRange(1, int.MaxValue)]
    public int ProcessId { get; set; }

    /// <summary>The path of a namespace, such as <c>/run/netns/x</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    public string? NetNSPath { get; set; }

    /// <summary>The address to have; only where the network's subnet was given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP")]
    public string? IPAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EndpointRequest request = new(Network) { IPAddress = IPAddress };
        ContainerReference container = new()
        {
            Name = Container,
            ProcessId = ProcessId,
            NetNSPath = NetNSPath is null ? null : GetUnresolvedProviderPathFromPSPath(NetNSPath),
        };
        string target = Container ?? NetNSPath ?? $"process {ProcessId}";
        Try(target, () =>
        {
            if (Confirmed($"{target} to {Network}", "Connect-BridgeNetwork", () => Engine.DescribeConnect(request, container)))
                WriteObject(Engine.Connect(request, container, Context));
        });
    }
}
