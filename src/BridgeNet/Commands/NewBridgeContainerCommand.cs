using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Commands;

/// <summary>Creates a container, a named network namespace, and connects it.</summary>
/// <remarks>
/// A container is the network part of a Docker container: it has no image and no process. Run programs in it with
/// Invoke-BridgeContainer.
/// </remarks>
/// <example><code>New-BridgeContainer c1 -Network web</code>Creates a container with eth0 in web, an address and a default route.</example>
/// <example><code>New-BridgeContainer c2 -Network db -IPAddress 173.20.0.4</code>
/// Creates a container with a static address; requires that db was created with -Subnet.</example>
/// <example><code>New-BridgeContainer web1 -Network web -Publish 8080:80 -Alias www</code>
/// Creates a container, publishes its port 80 at port 8080 of the host, and gives it the additional name www.</example>
/// <example><code>Import-Csv containers.csv | New-BridgeContainer</code>
/// Creates a container for each row; columns bind to the parameters of the same names, such as Name, Network, IPAddress and
/// Publish.</example>
[Cmdlet(VerbsCommon.New, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class NewBridgeContainerCommand : EndpointCmdlet
{
    /// <summary>
    /// The name: letters, digits, '_', '.', '-'. For rows of a table and for container objects, all properties that are parameters are
    /// used.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject[] Name { get; set; } = [];

    /// <summary>The first network: name, id, or object; by default the container has loopback only.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject? Network { get; set; }

    /// <summary>The host name that programs inside see; by default the machine's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Hostname { get; set; }

    /// <summary>The domain of the host name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DomainName { get; set; }

    /// <summary>DNS servers instead of the host's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Dns { get; set; } = [];

    /// <summary>Search domains instead of the host's; a single '.' for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] DnsSearch { get; set; } = [];

    /// <summary>Resolver options instead of the host's, such as ndots:2.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] DnsOption { get; set; } = [];

    /// <summary>Additional entries of the hosts file, as name:address; the address may be host-gateway.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] AddHost { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            given =>
            {
                ContainerRequest request = RequestFor(given);
                if (Confirmed(request.Name, "New-BridgeContainer", () => Engine.DescribeCreateContainer(request, Context)))
                    WriteObject(Engine.CreateContainer(request, Context).ToObject());
            }
        );

    private ContainerRequest RequestFor(GivenObject given)
    {
        Lookup.RefuseOther(given, Noun.Container);
        RefuseArgument(given, nameof(Name));
        string network = NetworkFor(given);
        return new(given.Text)
        {
            // Without a network the same options are refused as on 'none'.
            Network = RequestFor(network, given, counts: given.Noun != Noun.Container || network is not ("none" or "host")),
            Names = new NameRequest
            {
                Hostname = NullIfEmpty(Hostname),
                DomainName = NullIfEmpty(DomainName),
                Dns = NonEmpty(Dns),
                DnsSearch = NonEmpty(DnsSearch),
                DnsOption = NonEmpty(DnsOption),
                AddHost = NonEmpty(AddHost),
            },
        };
    }

    private string NetworkFor(GivenObject given)
    {
        if (Network is not null && GivenObject.Read(Network) is var network)
            return network.Noun != Noun.Text || network.IsWildcard
                ? GivenObject.Key(Lookup.Network(network))
                : NullIfEmpty(network.Text) ?? "none";
        if (given.Noun != Noun.Container)
            return "none";
        return given.List("Networks") switch
        {
            [] => given["Kind"] == "Host" ? "host" : "none",
            [var only] => only,
            var several => throw new BridgeNetException(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"Container '{given}' was on {string.Join(", ", several)}; give one of them with -Network and connect the container to the others, or use Export-BridgeNetwork and Import-BridgeNetwork.",
                given.Text
            ),
        };
    }
}
