using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Simulation;

/// <summary>The store of a modelled machine.</summary>
/// <param name="process">The process.</param>
internal sealed class ModelStore(ModelProcess process) : IStateStore
{
    /// <inheritdoc/>
    public string Directory => World.StateDirectory;

    /// <inheritdoc/>
    public IStateSnapshot Snapshot() => process.Look(() => new ModelSnapshot(process.World.State.Current));

    /// <inheritdoc/>
    public IStateHold Take(CancellationToken stopped) =>
        process.Look(() =>
            process.World.State.TryTake(process.Id)
                ? new ModelHold(process)
                : throw new BridgeNetException(ErrorIds.StateBusy, ProblemCategory.ResourceBusy, "Another process has the lock.", Directory)
        );

    /// <inheritdoc/>
    public void Dispose() { }

    private sealed class ModelSnapshot(StateTables tables) : ModelReader, IStateSnapshot
    {
        protected override StateTables Tables => tables;

        public void Dispose() { }
    }

    private sealed class ModelHold(ModelProcess process) : IStateHold
    {
        public IStateReader Reader { get; } = new Current(process);

        public IStateTransaction BeginWrite() =>
            process.Do("state.begin", "begin", () => new ModelTransaction(process), static () => new IOException("injected"));

        public void Dispose() => process.World.State.Release(process.Id);
    }

    private sealed class Current(ModelProcess process) : ModelReader
    {
        protected override StateTables Tables => process.Look(() => process.World.State.Current);
    }

    private sealed class ModelTransaction(ModelProcess process) : ModelReader, IStateTransaction
    {
        private StateTables _tables = process.World.State.Current;

        protected override StateTables Tables => process.Look(() => _tables);

        public void Put(NetworkRow network) => _tables = Tables.With(network);

        public void Put(ContainerRow container) => _tables = Tables.With(container);

        public void Put(EndpointRow endpoint) => _tables = Tables.With(endpoint);

        public void Put(Reservation reservation) => _tables = Tables.With(reservation);

        public void PutLastAddress(string networkId, IPNetwork subnet, IPAddress address) =>
            _tables = Tables.WithLastAddress(networkId, subnet, address);

        public void PutFirewallBackend(string name) => _tables = Tables with { FirewallBackend = name };

        public void PutOwner(StateOwner owner) => _tables = Tables with { Owner = owner };

        public void PutLastChange(string id) => _tables = Tables with { LastChange = id };

        public void DeleteNetwork(string id) => _tables = Tables.WithoutNetwork(id);

        public void DeleteContainer(string id) => _tables = Tables.WithoutContainer(id);

        public void DeleteEndpoint(string id) => _tables = Tables.WithoutEndpoint(id);

        public void Commit() =>
            process.Do("state.commit", "commit", () => process.World.State.Commit(_tables), static () => new IOException("injected"));

        public void Dispose() { }
    }
}

/// <summary>Read queries over modelled tables.</summary>
internal abstract class ModelReader : IStateReader
{
    /// <summary>The tables.</summary>
    protected abstract StateTables Tables { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NetworkRow> Networks() => [.. Tables.Networks.Values];

    /// <inheritdoc/>
    public NetworkRow? FindNetwork(string name) => Tables.Networks.Values.FirstOrDefault(network => network.Name == name);

    /// <inheritdoc/>
    public NetworkRow? FindNetworkInAnyCase(string name) =>
        Tables.Networks.Values.FirstOrDefault(network => network.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public NetworkRow? FindNetworkById(string id) => Tables.Networks.GetValueOrDefault(id);

    /// <inheritdoc/>
    public IReadOnlyList<NetworkRow> NetworksByIdPrefix(string prefix) =>
        [.. Tables.Networks.Values.Where(network => network.Id.StartsWith(prefix, StringComparison.Ordinal))];

    /// <inheritdoc/>
    public NetworkRow? FindNetworkByBridge(string bridge) => Tables.Networks.Values.FirstOrDefault(network => network.BridgeName == bridge);

    /// <inheritdoc/>
    public int CountBridges() => Tables.Networks.Values.Count(static network => network.BridgeName is not null);

    /// <inheritdoc/>
    public PrefixSet Subnets(AddressFamily family) =>
        new(
            Tables
                .Networks.Values.Where(static network => !network.ConfigOnly)
                .SelectMany(
                    static network => network.IPAM.Config,
                    static (network, config) => new UsedPrefix(config.Subnet, UsedBy.Network, network.Name)
                )
                .Where(range => range.Family == family)
        );

    /// <inheritdoc/>
    public IPAddress? LastAddress(string networkId, IPNetwork subnet) =>
        Tables.LastAddresses.GetValueOrDefault(StateTables.Key(networkId, subnet.ToString()));

    /// <inheritdoc/>
    public IReadOnlyList<ContainerRow> Containers() => [.. Tables.Containers.Values];

    /// <inheritdoc/>
    public ContainerRow? FindContainer(string name) => Tables.Containers.Values.FirstOrDefault(container => container.Name == name);

    /// <inheritdoc/>
    public ContainerRow? FindContainerInAnyCase(string name) =>
        Tables.Containers.Values.FirstOrDefault(container => container.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public ContainerRow? FindContainerById(string id) => Tables.Containers.GetValueOrDefault(id);

    /// <inheritdoc/>
    public IReadOnlyList<ContainerRow> ContainersByIdPrefix(string prefix) =>
        [.. Tables.Containers.Values.Where(container => container.Id.StartsWith(prefix, StringComparison.Ordinal))];

    /// <inheritdoc/>
    public ContainerRow? FindContainerByNamespace(NamespaceIdentity space) =>
        Tables.Containers.Values.FirstOrDefault(container => container.Kind != ContainerKind.Host && container.NetNS == space);

    /// <inheritdoc/>
    public IReadOnlyList<EndpointRow> Endpoints(string? networkId = null, string? containerId = null) =>
        [
            .. Tables
                .Endpoints.Values.Where(endpoint =>
                    networkId is not null ? endpoint.NetworkId == networkId : containerId is null || endpoint.ContainerId == containerId
                )
                .Select(WithPorts),
        ];

    /// <inheritdoc/>
    public EndpointRow? FindEndpointById(string id) =>
        Tables.Endpoints.TryGetValue(id, out EndpointRow? endpoint) ? WithPorts(endpoint) : null;

    /// <inheritdoc/>
    public IReadOnlyList<Reservation> Reservations(string? networkId = null) =>
        [.. Tables.Reservations.Values.Where(row => networkId is null || row.NetworkId == networkId)];

    /// <inheritdoc/>
    public IReadOnlyList<PortRow> Ports() => [.. Tables.Endpoints.Values.SelectMany(static endpoint => WithPorts(endpoint).Ports)];

    /// <inheritdoc/>
    public string? FirewallBackend() => Tables.FirewallBackend;

    /// <inheritdoc/>
    public string? LastChange() => Tables.LastChange;

    /// <inheritdoc/>
    public StateOwner? Owner() => Tables.Owner;

    // As the columns have them: the names are the endpoint's.
    private static EndpointRow WithPorts(EndpointRow endpoint) =>
        endpoint with
        {
            Ports =
            [
                .. endpoint.Ports.Select(port =>
                    port with
                    {
                        ContainerName = endpoint.ContainerName,
                        NetworkName = endpoint.NetworkName,
                        EndpointId = endpoint.EndpointId,
                    }
                ),
            ],
        };
}
