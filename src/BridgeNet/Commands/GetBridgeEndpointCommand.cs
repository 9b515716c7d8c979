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

    /// <summary>Only those on these networks; names with wildcards, ids, or objects.</summary>
    [Parameter(Position = 0)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Network { get; set; }

    /// <summary>Only those of these containers; names with wildcards, ids, or objects.</summary>
    [Parameter]
    [Alias("ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>Only those of these objects: networks, containers, endpoints, published ports. Text is the name of a container.</summary>
    [Parameter(ValueFromPipeline = true)]
    [Named]
    public PSObject[]? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(null, () =>
    {
        HashSet<string>? networks = Ids(Network, given => Lookup.Networks(given), static network => network.Id);
        HashSet<string>? containers = Ids(Container, given => Lookup.Containers(given), static container => container.Id);
        HashSet<string>? endpoints = Ids(InputObject, given => Lookup.RelatedEndpoints(given), static endpoint => endpoint.EndpointId);
        WriteObject(Engine.GetEndpoints()
            .Where(endpoint => (networks?.Contains(endpoint.NetworkId) ?? true) && (containers?.Contains(endpoint.ContainerId) ?? true)
                && (endpoints?.Contains(endpoint.EndpointId) ?? true) && _written.Add(endpoint.EndpointId))
            .Select(static endpoint => endpoint.ToObject()).OrderBy(static endpoint => (BridgeEndpoint)endpoint.BaseObject), enumerateCollection: true);
    });

    private HashSet<string>? Ids<T>(PSObject[]? given, Func<GivenObject, IEnumerable<T>> find, Func<T, string> idOf)
    {
        if (given is null)
            return null;
        HashSet<string> ids = [];
        ForEach(given, find, item => ids.Add(idOf(item)));
        return ids;
    }
}
