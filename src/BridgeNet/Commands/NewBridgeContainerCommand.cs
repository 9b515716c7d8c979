using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

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
/// Makes one for each row; the columns are Name, Network and IPAddress.</example>
[Cmdlet(VerbsCommon.New, "BridgeContainer", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeContainer))]
public sealed class NewBridgeContainerCommand : EndpointCmdlet
{
    /// <summary>The name: letters, digits, '_', '.', '-'.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>Name or id of its first network; without it, the container has loopback only.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string? Network { get; set; }

    /// <summary>The host name that programs inside see; the machine's if not given.</summary>
    [Parameter]
    public string? Hostname { get; set; }

    /// <summary>The domain that the host name is in.</summary>
    [Parameter]
    public string? DomainName { get; set; }

    /// <summary>Name servers in place of the host's.</summary>
    [Parameter]
    public string[] Dns { get; set; } = [];

    /// <summary>Domains to search in place of the host's; a single '.' for none.</summary>
    [Parameter]
    public string[] DnsSearch { get; set; } = [];

    /// <summary>Options of the resolver in place of the host's, such as ndots:2.</summary>
    [Parameter]
    public string[] DnsOption { get; set; } = [];

    /// <summary>Further hosts to know, as name:address; the address may be host-gateway.</summary>
    [Parameter]
    public string[] AddHost { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            ContainerRequest request = new(name)
            {
                // Without a network it has no more than on 'none', where what means nothing is refused.
                Network = RequestFor(Given(Network) ?? "none"),
                Names = new NameRequest { Hostname = Hostname, DomainName = DomainName, Dns = Given(Dns), DnsSearch = Given(DnsSearch), DnsOption = Given(DnsOption), AddHost = Given(AddHost) },
            };
            Try(name, () =>
            {
                if (Confirmed(name, "New-BridgeContainer", () => Engine.DescribeCreateContainer(request, Context)))
                    WriteObject(Engine.CreateContainer(request, Context));
            });
        }
    }
}
