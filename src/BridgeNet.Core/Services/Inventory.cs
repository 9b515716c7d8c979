using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>
/// Queries on the state, and whether the namespaces of containers exist. Queries do not wait for changes, and may run in several threads.
/// </summary>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class Inventory(IStateStore store, OpenHost host)
{
    /// <summary>All networks with their endpoints, by name, including the predefined ones.</summary>
    public IReadOnlyList<NetworkRow> Networks() => Read(StateLookup.Networks);

    /// <summary>All containers with their endpoints, by name.</summary>
    public IReadOnlyList<ContainerRow> Containers() => Read(state => StateLookup.Containers(state, host.Door));

    /// <summary>All endpoints.</summary>
    public IReadOnlyList<EndpointRow> Endpoints() => Read(static state => state.Endpoints());

    /// <summary>An endpoint by its full id; null if it does not exist.</summary>
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

    /// <summary>Finds a network, with its endpoints, by full id, then exact name, then id prefix: Docker's order.</summary>
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

    /// <summary>Exports networks with their containers and endpoints as JSON, from which an import creates the same again.</summary>
    /// <param name="networks">Names or ids; null for all networks, and for containers without a network.</param>
    public string Export(IReadOnlyList<string>? networks) => Read(state => TopologyExport.Write(state, networks));

    /// <summary>The interfaces of the host that a network can be on: with their state and addresses.</summary>
    public IReadOnlyList<(string Name, string Description)> Parents() =>
        ErrorMap.Translate<IReadOnlyList<(string, string)>>(() =>
        {
            ILookup<int, InterfaceAddress> addresses = AddressNumber
                .Families.SelectMany(host.Links.GetAddresses)
                .ToLookup(static address => address.LinkIndex);
            return
            [
                .. host
                    .Links.GetLinks()
                    .Where(static link => link is { Name: not "lo", Master: 0 } && !LinkMark.HasAnyAlias(link))
                    .OrderBy(static link => link.Name, StringComparer.Ordinal)
                    .Select(link =>
                        (
                            link.Name,
                            string.Join(
                                ' ',
                                [
                                    link.Up ? "up" : "down",
                                    $"mtu {link.Mtu}",
                                    .. addresses[link.Index].Select(static address => $"{address.Address}/{address.PrefixLength}"),
                                ]
                            )
                        )
                    ),
            ];
        });

    private T Read<T>(Func<IStateReader, T> read) =>
        ErrorMap.Translate(() =>
        {
            using IStateSnapshot state = store.Snapshot();
            return read(state);
        });
}
