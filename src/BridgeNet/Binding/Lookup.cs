using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Finds the given objects, and the objects related to them: docs/PIPES.md has the relations. Commands that change something ask for the
/// object itself, so that they never change a related object.
/// </summary>
internal sealed class Lookup(Session engine)
{
    private readonly KindLookup<NetworkRow> _networks = new(
        Noun.Network,
        ErrorIds.NetworkNotFound,
        engine.GetNetworks,
        engine.FindNetwork,
        static row => (row.Id, row.Name)
    );

    private readonly KindLookup<ContainerRow> _containers = new(
        Noun.Container,
        ErrorIds.ContainerNotFound,
        engine.GetContainers,
        engine.FindContainer,
        static row => (row.Id, row.Name)
    );

    /// <summary>The given networks; other objects are refused.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<NetworkRow> Networks(GivenObject given) =>
        given.Noun == Noun.Network
            ? [Network(given, given.Id, given["Name"])]
            : _networks.Read(given, id => _containers.TryFind(id) is not null);

    /// <summary>The one given network; a wildcard must match exactly one.</summary>
    public NetworkRow Network(GivenObject given) =>
        given.Noun == Noun.Network ? Networks(given)[0] : _networks.ReadOne(given, id => _containers.TryFind(id) is not null);

    /// <summary>The given networks, or the networks of the given object.</summary>
    /// <inheritdoc cref="Networks"/>
    /// <param name="given">The given value.</param>
    /// <param name="known">Ids of networks to skip, because the time to read a network grows with its endpoints.</param>
    public IReadOnlyList<NetworkRow> RelatedNetworks(GivenObject given, ISet<string>? known = null) =>
        given.Noun switch
        {
            Noun.Container => OfContainers(Containers(given), known),
            Noun.Row when IsContainer(given) => OfContainers([_containers.ByIdentity(given, given.Id, null)], known),
            Noun.Endpoint or Noun.Port when known is not null && given.IdIn("NetworkId") is { } id && known.Contains(id) => [],
            Noun.Endpoint or Noun.Port => [NetworkOf(given)],
            Noun.Drift when given["NetworkName"] is not null => [NetworkOf(given)],
            _ => Networks(given),
        };

    /// <summary>
    /// The networks for commands that also take containers: those of a column <c>Network</c>, or the network of an endpoint.
    /// </summary>
    /// <param name="given">The given value.</param>
    /// <param name="alone">Whether containers were given separately; otherwise the name of a row may be a container name.</param>
    public IReadOnlyList<NetworkRow> NetworksIn(GivenObject given, bool alone) =>
        given.Noun switch
        {
            Noun.Endpoint => [NetworkOf(given)],
            Noun.Row when given["NetworkId"] is { } id => Networks(GivenObject.Read(id)),
            Noun.Row when given.List("Network") is { Count: > 0 } names => [.. names.SelectMany(name => Networks(GivenObject.Read(name)))],
            Noun.Row when !alone => throw Wrong(given, Noun.Network),
            _ => Networks(given),
        };

    /// <summary>The network of an endpoint, a port or a drift object.</summary>
    public NetworkRow NetworkOf(GivenObject given) => Network(given, given.IdIn("NetworkId"), given["NetworkName"]);

    /// <summary>The given containers; other objects are refused.</summary>
    /// <exception cref="BridgeNetException">ContainerNotFound, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<ContainerRow> Containers(GivenObject given) => _containers.Read(given, id => _networks.TryFind(id) is not null);

    /// <summary>The one given container; a wildcard must match exactly one.</summary>
    public ContainerRow Container(GivenObject given) => _containers.ReadOne(given, id => _networks.TryFind(id) is not null);

    /// <summary>The given containers, or the containers of the given object.</summary>
    /// <inheritdoc cref="Containers"/>
    public IReadOnlyList<ContainerRow> RelatedContainers(GivenObject given) =>
        given.Noun switch
        {
            Noun.Network => OnNetworks(Networks(given)),
            Noun.Endpoint or Noun.Port => [ContainerOf(given)],
            Noun.Connection => [_containers.ByIdentity(given, given.IdIn("SourceId"), given["Source"])],
            Noun.Row when IsNetwork(given) => OnNetworks(NetworksById(given)),
            Noun.Drift when given["ContainerName"] is not null => [ContainerOf(given)],
            Noun.Drift when given["NetworkName"] is not null => OnNetworks([NetworkOf(given)]),
            _ => Containers(given),
        };

    /// <summary>
    /// The containers for commands that also take networks: those of a column <c>Container</c>, or the container of an endpoint.
    /// </summary>
    public IReadOnlyList<ContainerRow> ContainersIn(GivenObject given) =>
        given.Noun switch
        {
            Noun.Endpoint => [ContainerOf(given)],
            Noun.Row when given["ContainerId"] is { } id => Containers(GivenObject.Read(id)),
            Noun.Row when given.List("Container") is { Count: > 0 } names =>
            [
                .. names.SelectMany(name => Containers(GivenObject.Read(name))),
            ],
            Noun.Row when given["ContainerName"] is { } name => Containers(GivenObject.Read(name)),
            _ => Containers(given),
        };

    /// <summary>The given endpoint.</summary>
    /// <exception cref="BridgeNetException">NotConnected: it was removed. ContainerNotFound or NetworkNotFound: its container or network
    /// was removed.</exception>
    public EndpointRow Endpoint(GivenObject given)
    {
        string? id = given.IdIn("EndpointId");
        if (id is not null && engine.FindEndpoint(id) is { } known)
            return known;
        if (id is not null && given["ContainerId", "ContainerName"] is null)
            throw Removed($"The endpoint with the id {id[..12]} was removed; Get-BridgeEndpoint lists the existing ones.", id);
        ContainerRow container = ContainerOf(given);
        NetworkRow network = NetworkOf(given);
        EndpointRow? now = container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id);
        if (now is not null && id is null)
            return now;
        string since = now is null
            ? "; Get-BridgeEndpoint lists the existing ones"
            : $", and '{container.Name}' was connected to '{network.Name}' again; get the new endpoint with Get-BridgeEndpoint";
        throw Removed($"The endpoint '{given}' was removed{since}.", given.Text);
    }

    /// <summary>The endpoints of a network or a container, or the given endpoint.</summary>
    public IReadOnlyList<EndpointRow> RelatedEndpoints(GivenObject given) =>
        given.Noun switch
        {
            Noun.Network => [.. Networks(given).SelectMany(static network => network.Containers)],
            Noun.Endpoint or Noun.Port => [Endpoint(given)],
            Noun.Text when given.Text.Length == 64 && engine.FindEndpoint(given.Text) is { } endpoint => [endpoint],
            Noun.Row when IsNetwork(given) => [.. NetworksById(given).SelectMany(static network => network.Containers)],
            Noun.Drift when given["NetworkName"] is not null && given["ContainerName"] is not null => [Endpoint(given)],
            Noun.Drift when given["NetworkName"] is not null => NetworkOf(given).Containers,
            _ => [.. RelatedContainers(given).SelectMany(static container => container.Endpoints)],
        };

    /// <summary>The given published port, and its endpoint.</summary>
    /// <exception cref="BridgeNetException">PortNotFound: it is no longer published.</exception>
    public PortRow Port(GivenObject given, out EndpointRow endpoint)
    {
        EndpointRow owner = endpoint = Endpoint(given);
        return owner.Ports.FirstOrDefault(port =>
                port.Protocol == given["Protocol"]
                && $"{port.HostAddress}" == given["HostAddress"]
                && $"{port.HostPort}" == given["HostPort"]
                && $"{port.ContainerPort}" == given["ContainerPort"]
            ) ?? throw NotPublished(owner.ContainerName, given["ContainerPort"], given["Protocol"], given["HostPort"]);
    }

    /// <summary>The refusal of a port that is not published.</summary>
    public static BridgeNetException NotPublished(string container, string? port, string? protocol, string? hostPort = null)
    {
        string at = hostPort is "0" or null ? "" : $" at port {hostPort} of the host",
            of = protocol is null ? "" : $"/{protocol.ToLowerInvariant()}";
        return new(
            ErrorIds.PortNotFound,
            ProblemCategory.ObjectNotFound,
            $"Port {port}{of} of container '{container}' is not published{at}; Get-BridgePort lists the published ports.",
            container
        );
    }

    /// <summary>The refusal of an object of an unsupported kind.</summary>
    public static BridgeNetException Wrong(GivenObject given, Noun wanted)
    {
        string what = $"{wanted}".ToLowerInvariant();
        string cure = given.Noun is Noun.Network or Noun.Container or Noun.Endpoint or Noun.Port
            ? $"pipe it to Get-Bridge{wanted} first to get the related {what}, or give a name"
            : $"give a name, an id or an object from Get-Bridge{wanted}";
        string sentence = $"'{given}' is {Article(given)}, not a {what}; {cure}.";
        return new(ErrorIds.WrongObject, ProblemCategory.InvalidArgument, sentence, given.Text);
    }

    /// <summary>The refusal of text from the pipeline that may name a network or a container.</summary>
    public static BridgeNetException Either(GivenObject given) =>
        new(
            ErrorIds.WrongObject,
            ProblemCategory.InvalidArgument,
            $"'{given}' came from the pipeline and may name a network or a container; give the other one with -Network or -Container.",
            given.Text
        );

    private static BridgeNetException Removed(string sentence, string target) =>
        new(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound, sentence, target);

    private static string Article(GivenObject given) =>
        given.Noun switch
        {
            Noun.Endpoint => "an endpoint",
            Noun.Drift => "a drift object",
            Noun.Row or Noun.Foreign => "an object of another kind",
            var noun => $"a {noun}".ToLowerInvariant(),
        };

    private ContainerRow ContainerOf(GivenObject given) => _containers.ByIdentity(given, given.IdIn("ContainerId"), given["ContainerName"]);

    // Each predefined network exists once, and gets a new id with each use.
    private NetworkRow Network(GivenObject given, string? id, string? name)
    {
        if (id is not null && name is "bridge" or "host" or "none" && _networks.TryFind(id) is null)
            return IsContainer(given) ? throw Wrong(given, Noun.Network) : _networks.ByIdentity(given, null, name);
        return _networks.ByIdentity(given, id, name);
    }

    /// <summary>Refuses a row that has the id of an object of another kind, where only its name would be read.</summary>
    /// <exception cref="BridgeNetException">WrongObject.</exception>
    public void RefuseOther(GivenObject given, Noun wanted)
    {
        if (given.Noun != Noun.Text && given.Noun != Noun.Row && given.Noun != wanted)
            throw Wrong(given, wanted);
        if (given.Noun == Noun.Row && (wanted == Noun.Network ? IsContainer(given) : IsNetwork(given)))
            throw Wrong(given, wanted);
        if (!given.HasColumns)
            throw NoColumns(given);
    }

    /// <summary>The refusal of a hashtable, because PowerShell does not bind its keys to parameters.</summary>
    public static BridgeNetException NoColumns(GivenObject given) =>
        new(
            ErrorIds.WrongObject,
            ProblemCategory.InvalidArgument,
            $"The keys of a hashtable are not read as columns; pipe '{given}' as [pscustomobject], or splat it with @.",
            given.Text
        );

    // An object from Select-Object or JSON has no type; its id still identifies it.
    private bool IsNetwork(GivenObject given) => given.Id is { } id && _networks.TryFind(id) is not null;

    private bool IsContainer(GivenObject given) => given.Id is { } id && _containers.TryFind(id) is not null;

    private IReadOnlyList<NetworkRow> NetworksById(GivenObject given) => [_networks.ByIdentity(given, given.Id, null)];

    private IReadOnlyList<NetworkRow> OfContainers(IEnumerable<ContainerRow> containers, ISet<string>? known) =>
        [
            .. containers
                .SelectMany(static container => container.Endpoints)
                .Select(static endpoint => endpoint.NetworkId)
                .Where(id => known is null || !known.Contains(id))
                .Select(engine.FindNetwork),
        ];

    private IReadOnlyList<ContainerRow> OnNetworks(IEnumerable<NetworkRow> networks) =>
        [.. networks.SelectMany(static network => network.Containers).Select(endpoint => engine.FindContainer(endpoint.ContainerId))];
}
