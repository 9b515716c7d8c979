using System.Management.Automation;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Finds what was given: by id where an object has one, so that it is never its namesake; by name, id, beginning of an id or wildcard where
/// text was typed. Names are compared as Linux does, with regard to case, in wildcards too.
/// </summary>
internal sealed class Lookup(BridgeNetEngine engine)
{
    /// <summary>The networks that were given; what is no network is refused.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<NetworkRow> Networks(GivenObject given) => given.Noun switch
    {
        Noun.Text => ByText(given.Text, engine.GetNetworks, static network => network.Name, engine.FindNetwork),
        Noun.Row when given.Id is null && given["Name"] is { } name => ByText(name, engine.GetNetworks, static network => network.Name, engine.FindNetwork),
        Noun.Network or Noun.Row => [Network(given, given.Id, given["Name"])],
        _ => throw Wrong(given, Noun.Network),
    };

    /// <summary>The networks that were given, or that what was given is on.</summary>
    /// <inheritdoc cref="Networks"/>
    public IReadOnlyList<NetworkRow> RelatedNetworks(GivenObject given) => given.Noun switch
    {
        Noun.Container => [.. Containers(given).SelectMany(static container => container.Endpoints).Select(endpoint => engine.FindNetwork(endpoint.NetworkId))],
        Noun.Endpoint or Noun.Port => [NetworkOf(given)],
        Noun.Drift when given["NetworkName"] is not null => [NetworkOf(given)],
        _ => Networks(given),
    };

    /// <summary>The one network that was given; a wildcard has to mean one.</summary>
    public NetworkRow Network(GivenObject given) => Single(given, Networks(given), "network");

    /// <summary>The networks that a command about networks and containers was given: those of a column <c>Network</c>, the one of an endpoint.</summary>
    public IReadOnlyList<NetworkRow> NetworksIn(GivenObject given) => given.Noun switch
    {
        Noun.Endpoint => [NetworkOf(given)],
        Noun.Row => given["NetworkId", "Network", "NetworkName"] is { } text ? Networks(GivenObject.Read(text)) : throw Wrong(given, Noun.Network),
        _ => Networks(given),
    };

    /// <summary>The network that an endpoint, a port or a difference is of.</summary>
    public NetworkRow NetworkOf(GivenObject given) => Network(given, given.IdIn("NetworkId"), given["NetworkName", "Network"]);

    /// <summary>The containers that were given; what is no container is refused.</summary>
    /// <exception cref="BridgeNetException">ContainerNotFound, AmbiguousId, InvalidWildcard, or WrongObject.</exception>
    public IReadOnlyList<ContainerRow> Containers(GivenObject given) => given.Noun switch
    {
        Noun.Text => ByText(given.Text, engine.GetContainers, static container => container.Name, engine.FindContainer),
        Noun.Row when given.Id is null && given["Name"] is { } name => ByText(name, engine.GetContainers, static container => container.Name, engine.FindContainer),
        Noun.Container or Noun.Row => [Container(given, given.Id, given["Name"])],
        _ => throw Wrong(given, Noun.Container),
    };

    /// <summary>The containers that were given, or that what was given has or is of.</summary>
    /// <inheritdoc cref="Containers"/>
    public IReadOnlyList<ContainerRow> RelatedContainers(GivenObject given) => given.Noun switch
    {
        Noun.Network => [.. Networks(given).SelectMany(static network => network.Containers).Select(endpoint => engine.FindContainer(endpoint.ContainerId))],
        Noun.Endpoint or Noun.Port => [ContainerOf(given)],
        Noun.Connection => [Container(given, null, given["Source"])],
        Noun.Drift when given["ContainerName"] is not null => [ContainerOf(given)],
        Noun.Drift when given["NetworkName"] is not null => [.. NetworkOf(given).Containers.Select(endpoint => engine.FindContainer(endpoint.ContainerId))],
        _ => Containers(given),
    };

    /// <summary>The one container that was given; a wildcard has to mean one.</summary>
    public ContainerRow Container(GivenObject given) => Single(given, Containers(given), "container");

    /// <summary>The containers that a command about networks and containers was given: those of a column <c>Container</c>, the one of an endpoint.</summary>
    public IReadOnlyList<ContainerRow> ContainersIn(GivenObject given) => given.Noun switch
    {
        Noun.Endpoint => [ContainerOf(given)],
        Noun.Row when given["ContainerId", "Container", "ContainerName"] is { } text => Containers(GivenObject.Read(text)),
        _ => Containers(given),
    };

    /// <summary>The container that an endpoint, a port or a difference is of.</summary>
    public ContainerRow ContainerOf(GivenObject given) => Container(given, given.IdIn("ContainerId"), given["ContainerName", "Container"]);

    /// <summary>The endpoint that was given.</summary>
    /// <exception cref="BridgeNetException">NotConnected: it was removed.</exception>
    public EndpointRow Endpoint(GivenObject given)
    {
        ContainerRow container = ContainerOf(given);
        NetworkRow network = NetworkOf(given);
        string? id = given.IdIn("EndpointId");
        return container.Endpoints.FirstOrDefault(endpoint => id is null ? endpoint.NetworkId == network.Id : endpoint.EndpointId == id)
            ?? throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound,
                id is not null && container.Endpoints.Any(endpoint => endpoint.NetworkId == network.Id)
                    ? $"The endpoint '{given}' was removed, and '{container.Name}' was connected to '{network.Name}' again since; get it anew with Get-BridgeEndpoint."
                    : $"The endpoint '{given}' was removed; Get-BridgeEndpoint lists those there are.", given.Text);
    }

    /// <summary>The endpoints on a network or of a container, or the one that was given.</summary>
    public IReadOnlyList<EndpointRow> RelatedEndpoints(GivenObject given) => given.Noun switch
    {
        Noun.Network => [.. Networks(given).SelectMany(static network => network.Containers)],
        Noun.Endpoint or Noun.Port => [Endpoint(given)],
        Noun.Drift when given["NetworkName"] is not null && given["ContainerName"] is not null => [Endpoint(given)],
        Noun.Drift when given["NetworkName"] is not null => NetworkOf(given).Containers,
        _ => [.. RelatedContainers(given).SelectMany(static container => container.Endpoints)],
    };

    /// <summary>The published port that was given, and the endpoint that has it.</summary>
    /// <exception cref="BridgeNetException">PortNotFound: it is published no more.</exception>
    public PortRow Port(GivenObject given, out EndpointRow endpoint)
    {
        EndpointRow owner = endpoint = Endpoint(given);
        return owner.Ports.FirstOrDefault(port => $"{port.HostAddress}" == given["HostAddress"] && $"{port.HostPort}" == given["HostPort"] && $"{port.ContainerPort}" == given["ContainerPort"] && port.Protocol == given["Protocol"])
            ?? throw new BridgeNetException(ErrorIds.PortNotFound, ProblemCategory.ObjectNotFound,
                $"Port {given["ContainerPort"]}/{given["Protocol"]} of container '{owner.ContainerName}' is not published{(given["HostPort"] is "0" or null ? "" : $" at port {given["HostPort"]} of the host")} any more; Get-BridgePort lists those that are.", owner.ContainerName);
    }

    /// <summary>An object of another kind where it means nothing.</summary>
    public static BridgeNetException Wrong(GivenObject given, Noun wanted)
    {
        string what = $"{wanted}".ToLowerInvariant();
        string cure = given.Noun switch
        {
            Noun.Network or Noun.Container or Noun.Endpoint or Noun.Port => $"pipe it to Get-Bridge{wanted} first for {(wanted is Noun.Network ? "its network" : $"its {what}")}, or give a name",
            _ => $"give a name, an id or what Get-Bridge{wanted} gives",
        };
        return new(ErrorIds.WrongObject, ProblemCategory.InvalidArgument, $"'{given}' is {Article(given)}, not a {what}; {cure}.", given.Text);
    }

    private static string Article(GivenObject given) => given.Noun switch
    {
        Noun.Endpoint => "an endpoint",
        Noun.Drift => "a difference that Test-BridgeNetwork found",
        Noun.Foreign => "an object of another kind",
        var noun => $"a {noun}".ToLowerInvariant(),
    };

    private static IReadOnlyList<T> ByText<T>(string text, Func<IReadOnlyList<T>> all, Func<T, string> nameOf, Func<string, T> find)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return [find(text)];
        try
        {
            WildcardPattern pattern = new(text);
            return [.. all().Where(item => pattern.IsMatch(nameOf(item)))];
        }
        catch (WildcardPatternException)
        {
            throw new BridgeNetException(ErrorIds.InvalidWildcard, ProblemCategory.InvalidArgument, $"'{text}' is not a wildcard: a '[' needs its ']'; write such as web*, web? or web[12].", text);
        }
    }

    private static T Single<T>(GivenObject given, IReadOnlyList<T> found, string what) => found.Count == 1
        ? found[0]
        : throw new BridgeNetException(what == "network" ? ErrorIds.NetworkNotFound : ErrorIds.ContainerNotFound, ProblemCategory.ObjectNotFound,
            $"'{given}' means {(found.Count == 0 ? "no" : $"{found.Count}")} {what}s, where one is needed; give a name or an id.", given.Text);

    // Of the predefined networks there is one each, whose id comes and goes with its use.
    private NetworkRow Network(GivenObject given, string? id, string? name) =>
        Find(given, name is "bridge" or "host" or "none" ? null : id, name, Noun.Network, engine.FindNetwork, static network => network.Id, static network => network.Name);

    private ContainerRow Container(GivenObject given, string? id, string? name) =>
        Find(given, id, name, Noun.Container, engine.FindContainer, static container => container.Id, static container => container.Name);

    private T Find<T>(GivenObject given, string? id, string? name, Noun noun, Func<string, T> find, Func<T, string> idOf, Func<T, string> nameOf)
        where T : class
    {
        string what = noun == Noun.Network ? "network" : "container";
        if ((id ?? name) is not { } sought)
        {
            throw new BridgeNetException(ErrorIds.WrongObject, ProblemCategory.InvalidArgument,
                $"What was given has neither the id nor the name of a {what}; give a name, an id or what Get-Bridge{noun} gives.", given.Text);
        }
        // A name is also tried as the beginning of an id, which an object's never is.
        if (TryFind(sought, find) is { } found && (id is null ? nameOf(found) == name : idOf(found) == id))
            return found;
        // What Select-Object or JSON left has no type; its id still says what it is.
        if (id is not null && given.Noun == Noun.Row && (noun == Noun.Network ? TryFind(id, engine.FindContainer) is not null : TryFind(id, engine.FindNetwork) is not null))
        {
            throw new BridgeNetException(ErrorIds.WrongObject, ProblemCategory.InvalidArgument,
                $"'{given}' is a {(noun == Noun.Network ? "container" : "network")}, not a {what}; give a name, an id or what Get-Bridge{noun} gives.", given.Text);
        }
        bool again = id is not null && name is not null && TryFind(name, find) is { } namesake && nameOf(namesake) == name;
        throw new BridgeNetException(noun == Noun.Network ? ErrorIds.NetworkNotFound : ErrorIds.ContainerNotFound, ProblemCategory.ObjectNotFound,
            id is null ? $"There is no {what} '{name}'; Get-Bridge{noun} lists those there are."
            : $"The {what} {(name is null ? "" : $"'{name}' ")}with the id {id[..12]} was removed{(again ? ", and another of that name was created since; get it anew with" : ";")} Get-Bridge{noun}{(again ? "" : " lists those there are")}.", name ?? id);
    }

    private static T? TryFind<T>(string sought, Func<string, T> find)
        where T : class
    {
        try
        {
            return find(sought);
        }
        catch (BridgeNetException missing) when (missing.Problems.All(static problem => problem.ErrorId is ErrorIds.NetworkNotFound or ErrorIds.ContainerNotFound or ErrorIds.AmbiguousId))
        {
            return null;
        }
    }
}
