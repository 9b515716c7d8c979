using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists endpoints: which container is on which network, with which address.</summary>
/// <remarks>
/// With both -Network and -Container, an endpoint has to match both.
/// </remarks>
/// <example><code>Get-BridgeEndpoint -Container c1</code>Lists the interfaces of c1, with network, address, MAC and the end on the host.</example>
/// <example><code>Get-BridgeNetwork web | Get-BridgeEndpoint</code>Lists what is on web.</example>
[Cmdlet(VerbsCommon.Get, "BridgeEndpoint")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class GetBridgeEndpointCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _written = [];
    private HashSet<string>? _networks,
        _containers;

    /// <summary>Only those on these networks; names with wildcards, ids, or objects.</summary>
    [Parameter(Position = 0)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Network { get; set; }

    /// <summary>Only those of these containers; names with wildcards, ids, or objects.</summary>
    [Parameter]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>Only those of these objects: networks, containers, endpoints, published ports. Text is the name of a container.</summary>
    [Parameter(ValueFromPipeline = true)]
    [Named]
    public PSObject[]? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _networks = Ids(Network, given => Lookup.Networks(given), static network => network.Id);
        _containers = Ids(Container, given => Lookup.Containers(given), static container => container.Id);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            Try(null, () => Write(Engine.GetEndpoints()));
        else
            ForEach(InputObject, given => Write(Lookup.RelatedEndpoints(given)));
    }

    private void Write(IEnumerable<EndpointRow> endpoints) =>
        WriteObject(
            endpoints
                .Where(endpoint =>
                    (_networks?.Contains(endpoint.NetworkId) ?? true)
                    && (_containers?.Contains(endpoint.ContainerId) ?? true)
                    && _written.Add(endpoint.EndpointId)
                )
                .Select(static endpoint => endpoint.ToObject())
                .OrderBy(static endpoint => (BridgeEndpoint)endpoint.BaseObject),
            enumerateCollection: true
        );

    private HashSet<string>? Ids<T>(PSObject[]? given, Func<GivenObject, IEnumerable<T>> find, Func<T, string> idOf)
    {
        if (given is null)
            return null;
        HashSet<string> ids = [];
        ForEach(given, find, item => ids.Add(idOf(item)));
        return ids;
    }
}
