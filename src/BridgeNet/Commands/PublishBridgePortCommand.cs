using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Publishes ports of a running container at the host, as <c>docker run -p</c> does when it starts one.</summary>
/// <remarks>
/// No process passes anything on: the kernel translates. The port is reached from the host itself, also at 127.0.0.1, from outside, from
/// other networks, from the container's own network and from the container itself. A port that another container has, or that a process of
/// the host listens on, is refused, by name.
/// </remarks>
/// <example><code>Publish-BridgePort web1 8080:80</code>Port 80 of web1 is reached at port 8080 of the host.</example>
/// <example><code>Publish-BridgePort web1 127.0.0.1:8443:443, 53:53/udp</code>Publishes two, one at the host's loopback alone.</example>
/// <example><code>(Publish-BridgePort web1 :80).HostPort</code>Lets a free port of the host be chosen, and shows it.</example>
[Cmdlet(VerbsData.Publish, "BridgePort", SupportsShouldProcess = true)]
[OutputType(typeof(BridgePort))]
public sealed class PublishBridgePortCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "ContainerName")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Container { get; set; } = "";

    /// <summary>What to publish: [ADDRESS:][HOSTPORT:]PORT[/PROTOCOL], with ranges such as 8000-8010:80-90.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Port { get; set; } = [];

    /// <summary>The network through which it is reached; the one with the container's default route if not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string? Network { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Container, () =>
    {
        if (Confirmed($"{string.Join(", ", Port)} of {Container}", "Publish-BridgePort", () => Engine.DescribePublish(Container, Network, Port, Context)))
            WriteObject(Engine.Publish(Container, Network, Port, Context), enumerateCollection: true);
    });
}
