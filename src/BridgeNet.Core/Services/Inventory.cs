using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Tells what there is, by the state; of containers also whether their namespace is there.</summary>
/// <param name="runner">Keeps threads apart.</param>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class Inventory(ChangeRunner runner, IStateStore store, OpenHost host)
{
    /// <summary>All networks with their endpoints, by name, the predefined ones among them.</summary>
    public IReadOnlyList<NetworkRow> Networks() => runner.Guard(() => StateLookup.Networks(store.Reader));

    /// <summary>All containers with their endpoints, by name.</summary>
    public IReadOnlyList<ContainerRow> Containers() => runner.Guard(() => StateLookup.Containers(store.Reader, host.Door));

    /// <summary>All endpoints.</summary>
    public IReadOnlyList<EndpointRow> Endpoints() => runner.Guard(() => store.Reader.Endpoints());

    /// <summary>One endpoint by its whole id; null when there is none.</summary>
    public EndpointRow? FindEndpoint(string id) => runner.Guard(() => store.Reader.FindEndpointById(id));

    /// <summary>All published ports, by container, protocol and port of the container.</summary>
    public IReadOnlyList<PortRow> Ports() => runner.Guard<IReadOnlyList<PortRow>>(() =>
        [.. store.Reader.Ports()
            .OrderBy(static port => port.ContainerName, StringComparer.Ordinal).ThenBy(static port => port.ContainerPort)
            .ThenBy(static port => port.Protocol, StringComparer.Ordinal).ThenBy(static port => port.HostPort).ThenBy(static port => port.HostAddress.AddressFamily)]);

    /// <summary>Finds one, with its endpoints, by full id, then exact name, then id prefix: Docker's order.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, or AmbiguousId.</exception>
    public NetworkRow FindNetwork(string nameOrId) => runner.Guard(() =>
    {
        NetworkRow row = StateLookup.FindNetwork(store.Reader, nameOrId);
        return StateLookup.Complete(row, store.Reader.Endpoints(networkId: row.Id), store.Reader.Reservations(row.Id));
    });

    /// <inheritdoc cref="FindNetwork"/>
    /// <exception cref="BridgeNetException">ContainerNotFound, or AmbiguousId.</exception>
    public ContainerRow FindContainer(string nameOrId) => runner.Guard(() => StateLookup.WithStatus(StateLookup.FindContainer(store.Reader, nameOrId), host.Door));

    /// <summary>Networks with all that is on them as JSON, from which an import makes the same again.</summary>
    /// <param name="networks">Names or ids; null for all, and for containers that are on none.</param>
    public string Export(IReadOnlyList<string>? networks) => runner.Guard(() => TopologyService.Export(store.Reader, networks));
}
