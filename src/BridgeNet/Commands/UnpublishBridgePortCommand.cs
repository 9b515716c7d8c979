using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Closes published ports of a running container, and cuts the connections that came by them.</summary>
/// <remarks>
/// All that one pipeline brings are closed in one change.
/// </remarks>
/// <example><code>Unpublish-BridgePort web1 80</code>Closes whatever leads to port 80/tcp of web1.</example>
/// <example><code>Get-BridgePort web1 | Unpublish-BridgePort</code>Closes all of web1.</example>
[Cmdlet(VerbsData.Unpublish, "BridgePort", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
public sealed class UnpublishBridgePortCommand : BridgeNetCmdlet
{
    private readonly List<BridgePort> _ports = [];

    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Container { get; set; } = "";

    /// <summary>The port of the container.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Name")]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(PublishedPortCompleter))]
    public int ContainerPort { get; set; }

    /// <summary>The protocol; tcp if not given.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ValidateSet("tcp", "udp", "sctp")]
    public string Protocol { get; set; } = "tcp";

    /// <summary>Only that of this port of the host.</summary>
    [Parameter(ParameterSetName = "Name")]
    [ValidateRange(1, 65535)]
    public int HostPort { get; set; }

    /// <summary>Published ports, as Get-BridgePort gives them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Port")]
    public BridgePort[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Container, () =>
    {
        foreach (BridgePort port in ParameterSetName == "Port" ? InputObject : Find())
        {
            if (!_ports.Contains(port) && Confirmed($"{port.ContainerName} {port}", "Unpublish-BridgePort", () => Engine.DescribeUnpublish([port])))
                _ports.Add(port);
        }
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ports.Count > 0)
            Try(null, () => Engine.Unpublish(_ports, Context));
    }

    private BridgePort[] Find()
    {
        string container = Engine.FindContainer(Container).Name;
        BridgePort[] found = [.. Engine.GetPorts().Where(port => port.ContainerName == container && port.ContainerPort == ContainerPort
            && string.Equals(port.Protocol, Protocol, StringComparison.OrdinalIgnoreCase) && (HostPort == 0 || port.HostPort == HostPort))];
        return found.Length > 0
            ? found
            : throw NotPublished(container, ContainerPort, Protocol, HostPort);
    }

    internal static BridgeNetException NotPublished(string container, int port, string? protocol, int hostPort = 0) => new(ErrorIds.PortNotFound, ProblemCategory.ObjectNotFound,
        $"Port {port}{(protocol is null ? "" : $"/{protocol.ToLowerInvariant()}")} of container '{container}' is not published{(hostPort == 0 ? "" : $" at port {hostPort} of the host")}; Get-BridgePort lists those that are.", container);
}
