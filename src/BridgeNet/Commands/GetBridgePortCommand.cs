using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists published ports, as <c>docker port</c> does.</summary>
/// <remarks>
/// A port of the host that is 0 belongs to a routed network, whose containers are reached at their own addresses.
/// </remarks>
/// <example><code>Get-BridgePort</code>Lists all.</example>
/// <example><code>Get-BridgePort web1 | Unpublish-BridgePort</code>Closes those of one container.</example>
/// <example><code>Get-BridgePort | Where-Object HostPort -eq 8080</code>Tells who has port 8080.</example>
[Cmdlet(VerbsCommon.Get, "BridgePort")]
[OutputType(typeof(BridgePort))]
public sealed class GetBridgePortCommand : BridgeNetCmdlet
{
    /// <summary>Only those of these containers; names with wildcards, or ids.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "ContainerName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Only those of this port of the container.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(PublishedPortCompleter))]
    public int ContainerPort { get; set; }

    /// <summary>Only those of this protocol.</summary>
    [Parameter]
    [ValidateSet("tcp", "udp", "sctp")]
    public string? Protocol { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(null, () =>
    {
        HashSet<string> containers = [];
        Match(Container, Engine.GetContainers, static container => container.Name, Engine.FindContainer, container => containers.Add(container.Name));
        BridgePort[] found = [.. Engine.GetPorts().Where(port => containers.Contains(port.ContainerName)
            && (ContainerPort == 0 || port.ContainerPort == ContainerPort)
            && (Protocol is null || string.Equals(port.Protocol, Protocol, StringComparison.OrdinalIgnoreCase)))];
        WriteObject(found, enumerateCollection: true);
        // As with names: what was asked for exactly has to be there.
        if (found.Length == 0 && ContainerPort != 0 && containers.Count == 1 && Container is [var asked] && !HasWildcard(asked))
            throw UnpublishBridgePortCommand.NotPublished(containers.Single(), ContainerPort, Protocol);
    });
}
