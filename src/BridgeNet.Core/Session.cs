using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.Services;
using BridgeNet.State;

namespace BridgeNet;

/// <summary>
/// The use cases for networks, containers and endpoints in one network namespace: the one that the calling thread was in when it opened the
/// session. An instance keeps a netlink socket and the state open.
/// </summary>
/// <remarks>Several threads may use an instance; changes run one at a time anyway.</remarks>
internal sealed class Session : IDisposable
{
    private readonly IStateStore _store;
    private readonly OpenHost _host;
    private readonly ChangeRunner _runner;
    private readonly Inventory _inventory;
    private readonly NetworkService _networks;
    private readonly SettingsService _settings;
    private readonly EndpointService _endpoints;
    private readonly ContainerService _containers;
    private readonly PortService _ports;
    private readonly RepairService _repair;
    private readonly TopologyService _topology;
    private readonly ConnectivityService _connectivity;

    /// <param name="store">The state.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="namespaceDirectory">The directory for namespaces of containers.</param>
    /// <param name="drivers">The network drivers; null for those of this module.</param>
    internal Session(IStateStore store, IMachine machine, string namespaceDirectory, NetworkDrivers? drivers = null)
    {
        _store = store;
        drivers ??= NetworkDrivers.Default;
        _host = new OpenHost(machine, drivers, store.Directory, namespaceDirectory);
        _runner = new ChangeRunner(store, _host);
        _inventory = new Inventory(store, _host);
        ChangePlanner planner = new(_host);
        PortPlanner ports = new(_host);
        NetworkPlanner networks = new(_host, new SubnetPlanner(_host));
        ForwardingPlanner forwarding = new(_host);
        AttachmentPlanner attachments = new(networks, forwarding, new EndpointPlanner(ports, _host));
        _networks = new NetworkService(_runner, planner, networks, forwarding);
        _settings = new SettingsService(_runner, planner, _host);
        _endpoints = new EndpointService(_runner, planner, attachments, new ContainerPlanner(_host));
        _containers = new ContainerService(_runner, planner, attachments, _host);
        _ports = new PortService(_runner, planner, ports);
        _repair = new RepairService(_runner, _host);
        _topology = new TopologyService(_runner, planner, forwarding, _host);
        _connectivity = new ConnectivityService(_inventory, _host);
    }

    /// <summary>The keys of the driver options that networks accept.</summary>
    public static IReadOnlyList<string> OptionKeys { get; } = [.. NetworkDrivers.Default.OptionKeys];

    /// <summary>The network drivers: name, description, and whether users can create networks with them.</summary>
    public static IReadOnlyList<(string Name, string Description, bool CanBeCreated)> Drivers { get; } =
    [
        .. NetworkDrivers.Default.All.Select(static driver =>
            (driver.Name, driver.Description, driver.Capabilities.HasFlag(DriverCapabilities.CanBeCreated))
        ),
    ];

    /// <inheritdoc cref="Inventory.Networks"/>
    public IReadOnlyList<NetworkRow> GetNetworks() => _inventory.Networks();

    /// <inheritdoc cref="Inventory.FindNetwork"/>
    public NetworkRow FindNetwork(string nameOrId) => _inventory.FindNetwork(nameOrId);

    /// <inheritdoc cref="Inventory.Containers"/>
    public IReadOnlyList<ContainerRow> GetContainers() => _inventory.Containers();

    /// <inheritdoc cref="Inventory.FindContainer"/>
    public ContainerRow FindContainer(string nameOrId) => _inventory.FindContainer(nameOrId);

    /// <inheritdoc cref="NameKeeper.FilesOf"/>
    public IContainerFiles? FilesOf(ContainerRow container) => _host.Names.FilesOf(container);

    /// <inheritdoc cref="Inventory.Endpoints"/>
    public IReadOnlyList<EndpointRow> GetEndpoints() => _inventory.Endpoints();

    /// <inheritdoc cref="Inventory.FindEndpoint"/>
    public EndpointRow? FindEndpoint(string id) => _inventory.FindEndpoint(id);

    /// <inheritdoc cref="Inventory.Ports"/>
    public IReadOnlyList<PortRow> GetPorts() => _inventory.Ports();

    /// <inheritdoc cref="Inventory.Parents"/>
    public IReadOnlyList<(string Name, string Description)> GetParents() => _inventory.Parents();

    /// <inheritdoc cref="NetworkService.Create"/>
    public NetworkRow CreateNetwork(NetworkRequest request, ChangeContext context) =>
        ReportAfterwards(context, heard => _networks.Create(request, heard));

    /// <inheritdoc cref="NetworkService.DescribeCreate"/>
    public IReadOnlyList<string> DescribeCreateNetwork(NetworkRequest request, ChangeContext context) =>
        ReportAfterwards(context, heard => _networks.DescribeCreate(request, heard));

    /// <inheritdoc cref="SettingsService.Set"/>
    public NetworkRow SetNetwork(NetworkSettings settings, ChangeContext context) =>
        ReportAfterwards(context, heard => _inventory.FindNetwork(_settings.Set(settings, heard).Id));

    /// <inheritdoc cref="SettingsService.DescribeSet"/>
    public IReadOnlyList<string> DescribeSetNetwork(NetworkSettings settings, ChangeContext context) =>
        ReportAfterwards(context, heard => _settings.DescribeSet(settings, heard));

    /// <inheritdoc cref="NetworkService.Remove"/>
    public IReadOnlyList<Problem> RemoveNetworks(IReadOnlyList<string> networks, bool force, ChangeContext context) =>
        ReportAfterwards(context, heard => _networks.Remove(networks, force, heard));

    /// <inheritdoc cref="NetworkService.DescribeRemove"/>
    public IReadOnlyList<string> DescribeRemoveNetworks(IReadOnlyList<string> networks, bool force) =>
        _networks.DescribeRemove(networks, force);

    /// <inheritdoc cref="ContainerService.Create"/>
    public ContainerRow CreateContainer(ContainerRequest request, ChangeContext context)
    {
        ReportAfterwards(context, heard => _containers.Create(request, heard));
        return _inventory.FindContainer(request.Name);
    }

    /// <inheritdoc cref="ContainerService.DescribeCreate"/>
    public IReadOnlyList<string> DescribeCreateContainer(ContainerRequest request, ChangeContext context) =>
        ReportAfterwards(context, heard => _containers.DescribeCreate(request, heard));

    /// <inheritdoc cref="ContainerService.Rename"/>
    public ContainerRow RenameContainer(string container, string newName, ChangeContext context)
    {
        ReportAfterwards(context, heard => _containers.Rename(container, newName, heard));
        return _inventory.FindContainer(newName);
    }

    /// <inheritdoc cref="ContainerService.DescribeRename"/>
    public IReadOnlyList<string> DescribeRenameContainer(string container, string newName) =>
        _containers.DescribeRename(container, newName);

    /// <inheritdoc cref="ContainerService.Remove"/>
    public IReadOnlyList<Problem> RemoveContainers(IReadOnlyList<string> containers, ChangeContext context) =>
        ReportAfterwards(context, heard => _containers.Remove(containers, heard));

    /// <inheritdoc cref="ContainerService.DescribeRemove"/>
    public IReadOnlyList<string> DescribeRemoveContainers(IReadOnlyList<string> containers) => _containers.DescribeRemove(containers);

    /// <inheritdoc cref="EndpointService.Connect"/>
    public EndpointRow Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        ReportAfterwards(context, heard => _endpoints.Connect(request, container, heard));

    /// <inheritdoc cref="EndpointService.DescribeConnect"/>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        ReportAfterwards(context, heard => _endpoints.DescribeConnect(request, container, heard));

    /// <inheritdoc cref="EndpointService.Disconnect"/>
    public IReadOnlyList<Problem> Disconnect(IReadOnlyList<Membership> memberships, ChangeContext context) =>
        ReportAfterwards(context, heard => _endpoints.Disconnect(memberships, heard));

    /// <inheritdoc cref="EndpointService.DescribeDisconnect"/>
    public IReadOnlyList<string> DescribeDisconnect(IReadOnlyList<Membership> memberships) => _endpoints.DescribeDisconnect(memberships);

    /// <inheritdoc cref="PortService.Publish"/>
    public IReadOnlyList<PortRow> Publish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        ReportAfterwards(context, heard => _ports.Publish(container, network, publish, heard));

    /// <inheritdoc cref="PortService.DescribePublish"/>
    public IReadOnlyList<string> DescribePublish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        ReportAfterwards(context, heard => _ports.DescribePublish(container, network, publish, heard));

    /// <inheritdoc cref="PortService.Unpublish"/>
    public void Unpublish(IReadOnlyList<PortRow> ports, ChangeContext context) =>
        ReportAfterwards(context, heard => _ports.Unpublish(ports, heard));

    /// <inheritdoc cref="PortService.DescribeUnpublish"/>
    public IReadOnlyList<string> DescribeUnpublish(IReadOnlyList<PortRow> ports) => _ports.DescribeUnpublish(ports);

    /// <inheritdoc cref="RepairService.FindDrift"/>
    public IReadOnlyList<DriftItem> FindDrift(IReadOnlyList<string>? networks, CancellationToken stopped = default) =>
        _repair.FindDrift(networks, stopped);

    /// <inheritdoc cref="RepairService.Repair"/>
    public (IReadOnlyList<DriftItem> Found, IReadOnlyList<Problem> Problems) Repair(
        IReadOnlyList<string>? networks,
        ChangeContext context
    ) => ReportAfterwards(context, heard => _repair.Repair(networks, heard));

    /// <inheritdoc cref="RepairService.DescribeRepair"/>
    public IReadOnlyList<string> DescribeRepair(IReadOnlyList<string>? networks, CancellationToken stopped = default) =>
        _repair.DescribeRepair(networks, stopped);

    /// <inheritdoc cref="ChangeRunner.TakeOver"/>
    public void TakeOver(ChangeContext context) => ReportAfterwards(context, _runner.TakeOver);

    /// <inheritdoc cref="Inventory.Export"/>
    public string Export(IReadOnlyList<string>? networks) => _inventory.Export(networks);

    /// <inheritdoc cref="TopologyService.Import"/>
    public IReadOnlyList<NetworkRow> Import(string document, ChangeContext context) =>
        ReportAfterwards<IReadOnlyList<NetworkRow>>(
            context,
            heard => [.. _topology.Import(document, heard).Select(_inventory.FindNetwork)]
        );

    /// <inheritdoc cref="TopologyService.DescribeImport"/>
    public IReadOnlyList<string> DescribeImport(string document, ChangeContext context) =>
        ReportAfterwards(context, heard => _topology.DescribeImport(document, heard));

    /// <inheritdoc cref="ConnectivityService.Test"/>
    public ProbeResult TestConnection(
        string source,
        string destination,
        int tcpPort,
        int count,
        TimeSpan timeout,
        CancellationToken cancellation
    ) => _connectivity.Test(source, destination, tcpPort, count, timeout, cancellation);

    /// <inheritdoc cref="ConnectivityService.Run"/>
    public int Run(
        string container,
        string program,
        IReadOnlyList<string> arguments,
        string workingDirectory,
        Action<string> onOutput,
        Action<string> onError,
        CancellationToken cancellation
    ) => _connectivity.Run(container, program, arguments, workingDirectory, onOutput, onError, cancellation);

    /// <summary>
    /// Runs work, and reports its verbose and warning messages only after it has ended and released everything: a listener may take its
    /// time, start another change, or end the pipeline.
    /// </summary>
    private static T ReportAfterwards<T>(ChangeContext context, Func<ChangeContext, T> work)
    {
        List<Action> messages = [];
        try
        {
            return work(
                context with
                {
                    Verbose = context.Verbose is { } verbose ? line => messages.Add(() => verbose(line)) : null,
                    Warning = line => messages.Add(() => context.Warning(line)),
                    Debug = context.Debug is { } debug ? line => messages.Add(() => debug(line)) : null,
                }
            );
        }
        finally
        {
            foreach (Action tell in messages)
                tell();
        }
    }

    private static void ReportAfterwards(ChangeContext context, Action<ChangeContext> work) =>
        ReportAfterwards(
            context,
            heard =>
            {
                work(heard);
                return true;
            }
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        _store.Dispose();
    }
}
