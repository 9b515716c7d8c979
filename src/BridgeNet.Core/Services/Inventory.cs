using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>What there is, by the state; of containers also whether their namespace is there. It waits for no change, and threads may ask at once.</summary>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class Inventory(IStateStore store, OpenHost host)
{
    /// <summary>All networks with their endpoints, by name, the predefined ones among them.</summary>
    public IReadOnlyList<NetworkRow> Networks() => Read(StateLookup.Networks);

    /// <summary>All containers with their endpoints, by name.</summary>
    public IReadOnlyList<ContainerRow> Containers() => Read(state => StateLookup.Containers(state, host.Door));

    /// <summary>All endpoints.</summary>
    public IReadOnlyList<EndpointRow> Endpoints() => Read(static state => state.Endpoints());

    /// <summary>One endpoint by its whole id; null when there is none.</summary>
    public EndpointRow? FindEndpoint(string id) => Read(state => state.FindEndpointById(id));

    /// <summary>All published ports, by container, protocol and port of the container.</summary>
    public IReadOnlyList<PortRow> Ports() =>
        Read<IReadOnlyList<PortRow>>(static state =>
            [
                .. state
                    .Ports()
                    .OrderBy(static port => port.ContainerName, StringComparer.Ordinal)
                    .ThenBy(static port => port.ContainerPort)
                    .ThenBy(static port => port.Protocol, StringComparer.Ordinal)
                    .ThenBy(static port => port.HostPort)
                    .ThenBy(static port => port.HostAddress.AddressFamily),
            ]
        );

    /// <summary>Finds one, with its endpoints, by full id, then exact name, then id prefix: Docker's order.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, or AmbiguousId.</exception>
    public NetworkRow FindNetwork(string nameOrId) =>
        Read(state =>
        {
            NetworkRow row = StateLookup.FindNetwork(state, nameOrId);
            return StateLookup.Complete(row, state.Endpoints(networkId: row.Id), state.Reservations(row.Id));
        });

    /// <inheritdoc cref="FindNetwork"/>
    /// <exception cref="BridgeNetException">ContainerNotFound, or AmbiguousId.</exception>
    public ContainerRow FindContainer(string nameOrId) =>
        Read(state => StateLookup.WithStatus(StateLookup.FindContainer(state, nameOrId), host.Door));

    /// <summary>Networks with all that is on them as JSON, from which an import makes the same again.</summary>
    /// <param name="networks">Names or ids; null for all, and for containers that are on none.</param>
    public string Export(IReadOnlyList<string>? networks) => Read(state => TopologyService.Export(state, networks));

    private T Read<T>(Func<IStateReader, T> read) =>
        ErrorMap.Translate(() =>
        {
            using IStateSnapshot state = store.Snapshot();
            return read(state);
        });
}
