using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Unpublishes ports of a container, and cuts their connections.</summary>
/// <remarks>
/// One pipeline is one change.
/// </remarks>
/// <example><code>Unpublish-BridgePort web1 80</code>Unpublishes port 80/tcp of web1, at all host ports.</example>
/// <example><code>Get-BridgePort web1 | Unpublish-BridgePort</code>Unpublishes all ports of web1.</example>
[Cmdlet(VerbsData.Unpublish, "BridgePort", SupportsShouldProcess = true)]
public sealed class UnpublishBridgePortCommand : BridgeNetCmdlet
{
    private readonly List<PortRow> _ports = [];

    /// <summary>
    /// Published ports from Get-BridgePort; or, with -ContainerPort, containers: names with wildcards, ids, prefixes of ids, or objects.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("InputObject", "Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Container { get; set; } = [];

    /// <summary>The port of the container, 1 to 65535.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int), Empty = 0)]
    [ValidateRange(0, 65535)]
    [ArgumentCompleter(typeof(PublishedPortCompleter))]
    public int ContainerPort { get; set; }

    /// <summary>The protocol; tcp by default.</summary>
    [Parameter]
    [ValidateSet("tcp", "udp", "sctp")]
    public string Protocol { get; set; } = "tcp";

    /// <summary>Only at this host port, 1 to 65535.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int), Empty = 0)]
    [ValidateRange(0, 65535)]
    public int HostPort { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Container,
            Find,
            port =>
            {
                if (
                    !_ports.Contains(port)
                    && Confirmed($"{port.ContainerName} {port}", "Unpublish-BridgePort", () => Engine.DescribeUnpublish([port]))
                )
                    _ports.Add(port);
            }
        );

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ports.Count > 0)
            Try(null, () => Engine.Unpublish(_ports, Context));
    }

    private IEnumerable<PortRow> Find(GivenObject given)
    {
        if (given.Noun == Noun.Port)
            return [Lookup.Port(given, out _)];
        IReadOnlyList<ContainerRow> containers = Lookup.ContainersIn(given);
        if (ContainerPort == 0)
        {
            throw new BridgeNetException(
                ErrorIds.InvalidPort,
                ProblemCategory.InvalidArgument,
                $"The port of '{given}' to close is missing; give -ContainerPort, or pipe an object from Get-BridgePort.",
                given.Text
            );
        }
        // Not bound by property name: results of Test-BridgeConnection have a protocol too.
        string protocol = given.Noun == Noun.Row && !IsTyped(nameof(Protocol)) && given["Protocol"] is { } cell ? cell : Protocol;
        PortRow[] found =
        [
            .. containers
                .SelectMany(static container => container.Endpoints)
                .SelectMany(static endpoint => endpoint.Ports)
                .Where(port =>
                    port.ContainerPort == ContainerPort
                    && (HostPort == 0 || port.HostPort == HostPort)
                    && string.Equals(port.Protocol, protocol, StringComparison.OrdinalIgnoreCase)
                ),
        ];
        // A wildcard matches only published ones.
        return found.Length == 0 && containers is [var one] && !given.IsWildcard
            ? throw Lookup.NotPublished(one.Name, $"{ContainerPort}", protocol, $"{HostPort}")
            : found;
    }
}
