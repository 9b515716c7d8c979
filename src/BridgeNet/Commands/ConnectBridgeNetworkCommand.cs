using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Commands;

/// <summary>Connects a container to a network, as <c>docker network connect</c> does.</summary>
/// <remarks>
/// A veth pair joins the network's bridge and the container's namespace, as the next free interface of eth0, eth1 and so on. Everything
/// with a
/// network namespace can be connected: a container from New-BridgeContainer, a process, or a path.
/// </remarks>
/// <example><code>Connect-BridgeNetwork web c1</code>Connects c1 to web.</example>
/// <example><code>Get-BridgeContainer c* | Connect-BridgeNetwork web</code>Connects several containers.</example>
/// <example><code>Get-Process redis-server | Connect-BridgeNetwork web</code>Connects running processes.</example>
/// <example><code>Connect-BridgeNetwork web -ProcessId 1234 -Container api</code>
/// Connects a running process, under the container name api.</example>
/// <example><code>Connect-BridgeNetwork web -NetNSPath /run/netns/x -IPAddress 173.20.0.9</code>
/// Connects a namespace that ip netns created, with a static address.</example>
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
    /// The containers: names with wildcards, ids, prefixes of ids, objects, processes or files of namespaces; with -ProcessId
    /// or -NetNSPath, the name of the new container.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = "Container")]
    [Parameter(ParameterSetName = "Process")]
    [Parameter(ParameterSetName = "Path")]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[]? Container { get; set; }

    /// <summary>The id of a running process; its network namespace is connected.</summary>
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

    // The properties of a container or a network do not describe an endpoint; the properties of an endpoint describe only the same
    // endpoint.
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

    // Each with its input object: the properties of that object are part of the request.
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
                "With -ProcessId or -NetNSPath, -Container is the name of the new container; give one name.",
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
