using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists published ports, as <c>docker port</c> does.</summary>
/// <remarks>
/// A host port of 0 belongs to a routed network: its containers are reached at their own addresses.
/// </remarks>
/// <example><code>Get-BridgePort</code>Lists all published ports.</example>
/// <example><code>Get-BridgePort web1 | Unpublish-BridgePort</code>Unpublishes all ports of a container.</example>
/// <example><code>Get-BridgePort | Where-Object HostPort -eq 8080</code>Shows which container has port 8080.</example>
[Cmdlet(VerbsCommon.Get, "BridgePort")]
[OutputType(typeof(BridgePort))]
public sealed class GetBridgePortCommand : BridgeNetCmdlet
{
    private readonly HashSet<BridgePort> _written = [];

    /// <summary>
    /// Only ports of these containers; names with wildcards, ids, or objects. For a network or an endpoint, the ports published through it.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>Only those with this container port.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(PublishedPortCompleter))]
    public int ContainerPort { get; set; }

    /// <summary>Only those with this protocol.</summary>
    [Parameter]
    [ValidateSet("tcp", "udp", "sctp")]
    public string? Protocol { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Container is null)
            Try(null, () => Write(Engine.GetEndpoints().SelectMany(Ports)));
        else
            ForEach(Container, given => (IEnumerable<BridgePort>[])[Find(given)], Write);
    }

    private IEnumerable<BridgePort> Find(GivenObject given)
    {
        if (given.Noun == Noun.Port)
            return [new(Lookup.Port(given, out EndpointRow endpoint), endpoint)];
        BridgePort[] found = [.. Lookup.RelatedEndpoints(given).SelectMany(Ports)];
        // As with names: an exact port must exist.
        return
            found.Length == 0
            && ContainerPort != 0
            && given.Noun is (Noun.Text or Noun.Container)
            && !given.IsWildcard
            && Lookup.Containers(given) is [var container]
            ? throw Lookup.NotPublished(container.Name, $"{ContainerPort}", Protocol)
            : found;
    }

    private IEnumerable<BridgePort> Ports(EndpointRow endpoint) =>
        endpoint
            .Ports.Where(port =>
                (ContainerPort == 0 || port.ContainerPort == ContainerPort)
                && (Protocol is null || string.Equals(port.Protocol, Protocol, StringComparison.OrdinalIgnoreCase))
            )
            .Select(port => new BridgePort(port, endpoint));

    private void Write(IEnumerable<BridgePort> ports) => WriteObject(ports.Where(_written.Add).Order(), enumerateCollection: true);
}
