using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Lists endpoints: which container is on which network, with which address.</summary>
/// <remarks>
/// With both -Network and -Container, an endpoint has to match both.
/// </remarks>
/// <example><code>Get-BridgeEndpoint -Container c1</code>Lists the interfaces of c1, with network, address, MAC and the end on the host.</example>
/// <example><code>Get-BridgeNetwork web | Get-BridgeEndpoint</code>Lists what is on web.</example>
[Cmdlet(VerbsCommon.Get, "BridgeEndpoint", DefaultParameterSetName = "Name")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class GetBridgeEndpointCommand : BridgeNetCmdlet
{
    /// <summary>Only those on these networks; names with wildcards, or ids.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string[]? Network { get; set; }

    /// <summary>Only those of these containers; names with wildcards, or ids.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Name")]
    [Parameter(ParameterSetName = "Network")]
    [Alias("Name", "ContainerName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Only those on this network, as Get-BridgeNetwork gives it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Network")]
    public BridgeNetwork? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(null, () =>
    {
        string[]? asked = InputObject is null ? Network : [InputObject.Id];
        HashSet<string>? networks = asked is null ? null : Names(asked, Engine.GetNetworks, network => network.Name, Engine.FindNetwork);
        IReadOnlyList<BridgeContainer> all = Engine.GetContainers();
        HashSet<string>? containers = Container is null ? null : Names(Container, () => all, container => container.Name, Engine.FindContainer);
        WriteObject(all
            .Where(container => containers?.Contains(container.Name) ?? true)
            .SelectMany(container => container.Endpoints)
            .Where(endpoint => networks?.Contains(endpoint.NetworkName) ?? true), enumerateCollection: true);
    });

    private HashSet<string> Names<T>(string[] asked, Func<IReadOnlyList<T>> all, Func<T, string> nameOf, Func<string, T> find)
    {
        HashSet<string> names = [];
        Match(asked, all, nameOf, find, item => names.Add(nameOf(item)));
        return names;
    }
}
