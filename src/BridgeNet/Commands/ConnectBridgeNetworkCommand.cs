using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Gives a container an interface in a network, as <c>docker network connect</c> does.</summary>
/// <remarks>
/// A veth pair joins the network's bridge and the container's namespace, under the next free of the names eth0, eth1 and so on. What has a
/// network namespace can be connected: a container of New-BridgeContainer, a process, or a path.
/// </remarks>
/// <example><code>Connect-BridgeNetwork web c1</code>Gives c1 an interface in web.</example>
/// <example><code>Get-BridgeContainer c* | Connect-BridgeNetwork web</code>Gives each of them one.</example>
/// <example><code>Get-Process redis-server | Connect-BridgeNetwork web</code>Gives running processes one.</example>
/// <example><code>Connect-BridgeNetwork web -ProcessId 1234 -Container api</code>
/// Connects a process that runs already; from now on it is called api.</example>
/// <example><code>Connect-BridgeNetwork web -NetNSPath /run/netns/x -IPAddress 173.20.0.9</code>
/// Connects a namespace that ip netns made, with a given address.</example>
[Cmdlet(VerbsCommunications.Connect, "BridgeNetwork", SupportsShouldProcess = true, DefaultParameterSetName = "Container")]
[OutputType(typeof(BridgeEndpoint))]
public sealed class ConnectBridgeNetworkCommand : EndpointCmdlet
{
    /// <summary>The networks: names with wildcards, ids, prefixes of ids, or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("NetworkName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[] Network { get; set; } = [];

    /// <summary>
    /// The containers: names with wildcards, ids, prefixes of ids, or objects, processes and files of namespaces among them; with -ProcessId
    /// or -NetNSPath, the name to give it.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = "Container")]
    [Parameter(ParameterSetName = "Process")]
    [Parameter(ParameterSetName = "Path")]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>A running process whose namespace is connected.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Process")]
    [ValidateRange(1, int.MaxValue)]
    public int ProcessId { get; set; }

    /// <summary>The path of a namespace, such as <c>/run/netns/x</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    public string? NetNSPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Network,
            network =>
            {
                (string Key, string Name)[] networks =
                    network.Noun == Noun.Text && !network.IsWildcard
                        ? [(network.Text, network.Text)]
                        :
                        [
                            .. Lookup
                                .NetworksIn(network, IsTyped(nameof(Container)))
                                .Select(static row => (GivenObject.Key(row), row.Name)),
                        ];
                foreach ((ContainerReference container, GivenObject given) in Containers(network))
                {
                    foreach ((string key, string name) in networks)
                        Connect(RequestFor(key, given, Counts(given)), container, name);
                }
            }
        );

    // What a container or a network is says nothing of an endpoint; what an endpoint was, only of the same one.
    private bool Counts(GivenObject given) =>
        given.Noun is Noun.Text or Noun.Row || (given.Noun == Noun.Endpoint && !IsTyped(nameof(Network)) && !IsTyped(nameof(Container)));

    private void Connect(EndpointRequest request, ContainerReference container, string network)
    {
        string target = container.Name is { Length: 64 } id
            ? Engine.FindContainer(id).Name
            : container.Name ?? container.NetNSPath ?? $"process {container.ProcessId}";
        Try(
            target,
            () =>
            {
                if (Confirmed($"{target} to {network}", "Connect-BridgeNetwork", () => Engine.DescribeConnect(request, container, Context)))
                    WriteObject(Engine.Connect(request, container, Context).ToObject());
            }
        );
    }

    // With what brought each: its columns say what is asked of the endpoint.
    private IEnumerable<(ContainerReference Container, GivenObject Given)> Containers(GivenObject network)
    {
        if (ParameterSetName != "Container")
            return
            [
                (
                    new ContainerReference
                    {
                        Name = NameToGive(),
                        ProcessId = ProcessId,
                        NetNSPath = PathOf(NetNSPath),
                    },
                    network
                ),
            ];
        if (network.Noun == Noun.Text && !IsTyped(nameof(Network)) && !IsTyped(nameof(Container)))
            throw Lookup.Either(network);
        List<(ContainerReference, GivenObject)> found = [];
        ForEach(Container, given => found.AddRange(Containers(given, IsTyped(nameof(Container)) ? network : given)));
        return found;
    }

    private IEnumerable<(ContainerReference, GivenObject)> Containers(GivenObject given, GivenObject columns) =>
        given switch
        {
            { Noun: Noun.Text, IsWildcard: false } => [(new ContainerReference { Name = given.Text }, columns)],
            { HasColumns: false } => throw Lookup.NoColumns(given),
            { Value: Process process } => [(new ContainerReference { ProcessId = process.Id }, given)],
            { Value: FileSystemInfo file } => [(new ContainerReference { NetNSPath = file.FullName }, given)],
            { Noun: Noun.Row }
                when int.TryParse(given["ProcessId"], NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0 =>
            [
                (new ContainerReference { Name = given["Container", "Name"], ProcessId = id }, given),
            ],
            { Noun: Noun.Row } when given["NetNSPath"] is { } path =>
            [
                (new ContainerReference { Name = given["Container", "Name"], NetNSPath = PathOf(path) }, given),
            ],
            _ => Lookup.ContainersIn(given).Select(container => (new ContainerReference { Name = container.Id }, columns)),
        };

    private string? NameToGive() =>
        GivenObject.Read(Container).ToArray() switch
        {
            [] => null,
            [{ Noun: Noun.Text, IsWildcard: false } one] => one.Text,
            _ => throw new BridgeNetException(
                ErrorIds.InvalidName,
                ProblemCategory.InvalidArgument,
                "With -ProcessId or -NetNSPath, -Container is the one name to give it; give one text.",
                Container
            ),
        };

    private string? PathOf(string? path)
    {
        try
        {
            return path is null ? null : GetUnresolvedProviderPathFromPSPath(path);
        }
        catch (SessionStateException none)
        {
            throw new BridgeNetException(
                ErrorIds.ContainerNotFound,
                ProblemCategory.ObjectNotFound,
                $"There is no network namespace at {path}: {none.Message}",
                path
            );
        }
    }
}
