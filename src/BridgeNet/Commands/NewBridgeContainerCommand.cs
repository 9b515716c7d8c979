using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Makes a container, a network namespace with a name, and connects it.</summary>
/// <remarks>
/// A container is the part of a Docker container that networking sees: no image and no process of its own. Run programs in it with
/// Invoke-BridgeContainer.
/// </remarks>
/// <example><code>New-BridgeContainer c1 -Network web</code>Makes one with eth0 in web, an address and a default route.</example>
/// <example><code>New-BridgeContainer c2 -Network db -IPAddress 173.20.0.4</code>
/// Makes one with a given address; db has to have been made with -Subnet.</example>
/// <example><code>New-BridgeContainer web1 -Network web -Publish 8080:80 -Alias www</code>
/// Makes one whose port 80 is reached at port 8080 of the host, and which its neighbours also know as www.</example>
/// <example><code>Import-Csv containers.csv | New-BridgeContainer</code>
/// Makes one for each row; each column that is called as a parameter counts, such as Name, Network, IPAddress and Publish.</example>
[Cmdlet(VerbsCommon.New, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class NewBridgeContainerCommand : EndpointCmdlet
{
    /// <summary>The name: letters, digits, '_', '.', '-'. Of the rows of a table all columns count that are parameters, as of a container that was there before.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject[] Name { get; set; } = [];

    /// <summary>Its first network: name, id, or object; without it, the container has loopback only.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject? Network { get; set; }

    /// <summary>The host name that programs inside see; the machine's if not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Hostname { get; set; }

    /// <summary>The domain that the host name is in.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DomainName { get; set; }

    /// <summary>Name servers in place of the host's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Dns { get; set; } = [];

    /// <summary>Domains to search in place of the host's; a single '.' for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] DnsSearch { get; set; } = [];

    /// <summary>Options of the resolver in place of the host's, such as ndots:2.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] DnsOption { get; set; } = [];

    /// <summary>Further hosts to know, as name:address; the address may be host-gateway.</summary>
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
            // Without a network it has no more than on 'none', where what means nothing is refused.
            Network = RequestFor(network, given, counts: given.Noun != Noun.Container || network is not ("none" or "host")),
            Names = new NameRequest
            {
                Hostname = Given(Hostname),
                DomainName = Given(DomainName),
                Dns = Given(Dns),
                DnsSearch = Given(DnsSearch),
                DnsOption = Given(DnsOption),
                AddHost = Given(AddHost),
            },
        };
    }

    private string NetworkFor(GivenObject given)
    {
        if (Network is not null && GivenObject.Read(Network) is var network)
            return network.Noun != Noun.Text || network.IsWildcard
                ? GivenObject.Key(Lookup.Network(network))
                : Given(network.Text) ?? "none";
        if (given.Noun != Noun.Container)
            return "none";
        return given.List("Networks") switch
        {
            [] => given["Kind"] == "Host" ? "host" : "none",
            [var only] => only,
            var several => throw new BridgeNetException(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"Container '{given}' was on {string.Join(", ", several)}; give one of them with -Network and connect it to the others, or use Export-BridgeNetwork and Import-BridgeNetwork.",
                given.Text
            ),
        };
    }
}
