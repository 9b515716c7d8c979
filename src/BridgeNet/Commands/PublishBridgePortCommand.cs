using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Publishes ports of an existing container on the host, as <c>docker run -p</c> does for a new one.</summary>
/// <remarks>
/// The kernel translates the packets; no proxy process runs. The port is reachable from the host itself, also at 127.0.0.1, from outside,
/// from
/// other networks, from the container's own network and from the container itself. A port that another container or a process of the host
/// uses is refused, and the error names the owner.
/// </remarks>
/// <example><code>Publish-BridgePort web1 8080:80</code>Publishes port 80 of web1 as port 8080 of the host.</example>
/// <example><code>Publish-BridgePort web1 127.0.0.1:8443:443, 53:53/udp</code>Publishes two ports, the first only at the host's loopback
/// address.</example>
/// <example><code>(Publish-BridgePort web1 :80).HostPort</code>Publishes a port at a free host port, and shows that port.</example>
[Cmdlet(VerbsData.Publish, "BridgePort", SupportsShouldProcess = true)]
[OutputType(typeof(BridgePort))]
public sealed class PublishBridgePortCommand : BridgeNetCmdlet
{
    /// <summary>
    /// The containers: names with wildcards, ids, prefixes of ids, or objects; for an endpoint, its container, through its network.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Container { get; set; } = [];

    /// <summary>What to publish: [ADDRESS:][HOSTPORT:]PORT[/PROTOCOL], with ranges such as 8000-8010:80-90; or published ports.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [PublishList]
    public string[] Port { get; set; } = [];

    /// <summary>The network of the endpoint: name, id or object; by default the network of the container's default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject? Network { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Container,
            given =>
            {
                string? network = NetworkFor(given);
                foreach (ContainerRow container in Lookup.ContainersIn(given))
                    Try(container.Name, () => Publish(container, network));
            }
        );

    private void Publish(ContainerRow container, string? network)
    {
        string target = $"{string.Join(", ", Port)} of {container}";
        if (!Confirmed(target, "Publish-BridgePort", () => Engine.DescribePublish(container.Id, network, Port, Context)))
            return;
        ILookup<string, PortRow> added = Engine.Publish(container.Id, network, Port, Context).ToLookup(static port => port.EndpointId);
        WriteObject(
            Engine
                .FindContainer(container.Id)
                .Endpoints.SelectMany(endpoint => added[endpoint.EndpointId].Select(port => new BridgePort(port, endpoint))),
            enumerateCollection: true
        );
    }

    // The requested network, that of an endpoint, or the one with the default route.
    private string? NetworkFor(GivenObject given)
    {
        if (Network is not null && GivenObject.Read(Network) is { Text.Length: > 0 } asked)
            return Lookup.Network(asked).Id;
        return given.Noun == Noun.Endpoint ? Lookup.NetworkOf(given).Id : null;
    }
}
