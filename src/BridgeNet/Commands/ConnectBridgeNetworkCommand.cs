using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Gives a container an interface in a network, as <c>docker network connect</c> does.</summary>
/// <remarks>
/// A veth pair joins the network's bridge and the container's namespace, under the next free of the names eth0, eth1 and so on. What has a
/// network namespace can be connected: a container of New-BridgeContainer, a process, or a path.
/// </remarks>
/// <example><code>Connect-BridgeNetwork web c1</code>Gives c1 an interface in web.</example>
/// <example><code>Get-BridgeContainer c* | Connect-BridgeNetwork web</code>Gives each of them one.</example>
/// <example><code>Connect-BridgeNetwork web -ProcessId 1234 -Container api</code>
/// Connects a process that runs already; from now on it is called api.</example>
/// <example><code>Connect-BridgeNetwork web -NetNSPath /run/netns/x -IPAddress 173.20.0.9</code>
/// Connects a namespace that ip netns made, with a given address.</example>
[Cmdlet(VerbsCommunications.Connect, "BridgeNetwork", SupportsShouldProcess = true, DefaultParameterSetName = "Container")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class ConnectBridgeNetworkCommand : EndpointCmdlet
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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EndpointRequest request = RequestFor(Network);
        ContainerReference container = new()
        {
            Name = Container,
            ProcessId = ProcessId,
            NetNSPath = NetNSPath is null ? null : GetUnresolvedProviderPathFromPSPath(NetNSPath),
        };
        string target = Container ?? NetNSPath ?? $"process {ProcessId}";
        Try(target, () =>
        {
            if (Confirmed($"{target} to {Network}", "Connect-BridgeNetwork", () => Engine.DescribeConnect(request, container, Context)))
                WriteObject(Engine.Connect(request, container, Context));
        });
    }
}
