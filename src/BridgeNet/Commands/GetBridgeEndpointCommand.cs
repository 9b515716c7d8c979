using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists endpoints: the containers on networks, with their addresses.</summary>
/// <remarks>
/// With both -Network and -Container, an endpoint must match both.
/// </remarks>
/// <example><code>Get-BridgeEndpoint -Container c1</code>Lists the interfaces of c1, with network, address, MAC address and host
/// interface.</example>
/// <example><code>Get-BridgeNetwork web | Get-BridgeEndpoint</code>Lists the endpoints of web.</example>
[Cmdlet(VerbsCommon.Get, "BridgeEndpoint")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class GetBridgeEndpointCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _written = [];
    private HashSet<string>? _networks,
        _containers;

    /// <summary>Only endpoints on these networks; names with wildcards, ids, or objects.</summary>
    [Parameter(Position = 0)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Network { get; set; }

    /// <summary>Only endpoints of these containers; names with wildcards, ids, or objects.</summary>
    [Parameter]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>
    /// Only endpoints of these objects: networks, containers, endpoints, published ports. Text is the name of a container.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [Named]
    public PSObject[]? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _networks = Ids(Network, Lookup.Networks, static network => network.Id);
        _containers = Ids(Container, Lookup.Containers, static container => container.Id);
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
