using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Closes published ports of a running container, and cuts the connections that came by them.</summary>
/// <remarks>
/// All that one pipeline brings are closed in one change.
/// </remarks>
/// <example><code>Unpublish-BridgePort web1 80</code>Closes whatever leads to port 80/tcp of web1.</example>
/// <example><code>Get-BridgePort web1 | Unpublish-BridgePort</code>Closes all of web1.</example>
[Cmdlet(VerbsData.Unpublish, "BridgePort", SupportsShouldProcess = true)]
public sealed class UnpublishBridgePortCommand : BridgeNetCmdlet
{
    private readonly List<PortRow> _ports = [];

    /// <summary>Published ports, as Get-BridgePort gives them; or containers, of which -ContainerPort says what to close: names with wildcards, ids, prefixes of ids, or objects.</summary>
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

    /// <summary>The protocol; tcp if not given.</summary>
    [Parameter]
    [ValidateSet("tcp", "udp", "sctp")]
    public string Protocol { get; set; } = "tcp";

    /// <summary>Only that of this port of the host, 1 to 65535.</summary>
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
                $"Nothing says which port of '{given}' to close; give -ContainerPort, or pipe what Get-BridgePort gives.",
                given.Text
            );
        }
        // Not bound by name: what Test-BridgeConnection found has a protocol too.
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
        // Of a wildcard, those that are.
        return found.Length == 0 && containers is [var one] && !given.IsWildcard
            ? throw Lookup.NotPublished(one.Name, $"{ContainerPort}", protocol, $"{HostPort}")
            : found;
    }
}
