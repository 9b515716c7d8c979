using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Ports;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Writes networks with all that is on them into a document, and makes the same again of one.</summary>
/// <param name="runner">Makes the changes.</param>
/// <param name="planner">Finds their operations.</param>
/// <param name="planning">Looks at what networks need of the host.</param>
/// <param name="host">The host.</param>
internal sealed class TopologyService(ChangeRunner runner, ChangePlanner planner, NetworkPlanner planning, OpenHost host)
{
    /// <summary>Networks with all that is on them as JSON, from which <see cref="Import"/> makes the same again.</summary>
    /// <param name="state">The state.</param>
    /// <param name="networks">Names or ids; null for all, and for containers that are on none.</param>
    public static string Export(IStateReader state, IReadOnlyList<string>? networks)
    {
        NetworkRow[] wanted = [.. networks is null ? state.Networks() : networks.Select(name => StateLookup.FindNetwork(state, name))];
        // A network goes with the configuration that it is made from.
        NetworkRow[] chosen =
        [
            .. wanted
                .Where(network => state.FindNetworkById(network.Id) is not null)
                .SelectMany(network => state.FindNetwork(network.ConfigFrom) is { } source ? [source, network] : (NetworkRow[])[network])
                .DistinctBy(static network => network.Id)
                .OrderBy(static network => network.Name, StringComparer.Ordinal),
        ];
        EndpointRow[] endpoints =
        [
            .. chosen
                .SelectMany(network => state.Endpoints(networkId: network.Id))
                .OrderBy(static endpoint => endpoint.ContainerName, StringComparer.Ordinal)
                .ThenBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal),
        ];
        HashSet<string> members = [.. endpoints.Select(static endpoint => endpoint.ContainerId)];
        ContainerRow[] containers =
        [
            .. state
                .Containers()
                .Where(container => networks is null || members.Contains(container.Id))
                .OrderBy(static container => container.Name, StringComparer.Ordinal),
        ];
        return new Topology
        {
            Version = Topology.Newest,
            Networks = chosen,
            // Of a process the document says which one it was; the other namespaces are others wherever it is read.
            Containers =
            [
                .. containers.Select(static row => row.Kind == ContainerKind.Process ? row : row with { NetNS = null, NetNSInode = 0 }),
            ],
            Endpoints = endpoints,
            Ports = [.. endpoints.SelectMany(static endpoint => endpoint.Ports)],
            Reservations =
            [
                .. chosen
                    .SelectMany(network => state.Reservations(network.Id))
                    .Where(row => containers.Any(container => container.Id == row.ContainerId))
                    .OrderBy(static row => row.NetworkId, StringComparer.Ordinal)
                    .ThenBy(static row => row.ContainerId, StringComparer.Ordinal),
            ],
            LastAddresses =
            [
                .. from network in chosen
                from config in network.IPAM.Config
                let last = state.LastAddress(network.Id, config.Subnet)
                where last is not null
                select new Topology.GivenAddress(network.Id, config.Subnet, last),
            ],
        }.Write();
    }

    /// <summary>Makes all that a document of <see cref="Export"/> holds in one change, with the same ids, addresses and MACs; or nothing of it.</summary>
    /// <returns>The ids of the networks.</returns>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is left behind.</exception>
    public IReadOnlyList<string> Import(string document, ChangeContext context) =>
        [.. runner.Make(state => PlanImport(state, document, context), Record, context).Networks.Select(static network => network.Id)];

    /// <summary>What <see cref="Import"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeImport(string document, ChangeContext context) =>
        runner.Describe(state => PlanImport(state, document, context), context);

    private (Change, Topology) PlanImport(IStateReader state, string document, ChangeContext context)
    {
        Topology read = Topology.Read(document);
        List<Problem> problems = [];
        new TopologyRules(host.Desired.Drivers, read, problems, context.Warning).Check();
        // What cannot be is not looked up.
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        Topology here = Place(state, read, problems, context);
        CheckFree(state, here, problems);
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        return ImportChange(state, here, context);
    }

    /// <summary>The document with what depends on this machine: paths of namespaces, bridges that are there already, containers whose namespace is not.</summary>
    private Topology Place(IStateReader state, Topology read, List<Problem> problems, ChangeContext context)
    {
        IHostView view = host.View(state);
        List<ContainerRow> containers = [];
        foreach (ContainerRow container in read.Containers)
        {
            if (container.Kind is ContainerKind.Owned or ContainerKind.Host)
            {
                containers.Add(
                    container with
                    {
                        NetNSPath = Path.Combine(host.NamespaceDirectory, container.Name),
                        NetNS = null,
                        NetNSInode = 0,
                        Endpoints = [],
                    }
                );
                continue;
            }
            ContainerRow sought =
                container.Kind == ContainerKind.Process
                    ? container with
                    {
                        NetNSPath = $"/proc/{container.ProcessId}/ns/net",
                    }
                    : container with
                    {
                        NetNS = null,
                        NetNSInode = 0,
                    };
            // The number of a process alone does not say which one it was.
            bool unknown = sought is { Kind: ContainerKind.Process, NetNS: null };
            if (unknown || !File.Exists(sought.NetNSPath) || TryOpenUnlessHost(sought, problems) is not { } space)
            {
                context.Warning(
                    $"Container '{container.Name}' is left out: its namespace was somebody else's and is not at {sought.NetNSPath}. Connect it when it is there again."
                );
                continue;
            }
            using (space)
            {
                containers.Add(host.Door.Identify(sought, space) with { Endpoints = [] });
            }
        }
        HashSet<string> present = [.. containers.Select(static container => container.Id)];
        EndpointRow[] endpoints = [.. read.Endpoints.Where(endpoint => present.Contains(endpoint.ContainerId))];
        return read with
        {
            // Of a network that is there already only that is said.
            Networks =
            [
                .. read.Networks.Select(network =>
                    (
                        network.ConfigOnly || state.FindNetworkById(network.Id) is not null
                            ? network
                            : host.Desired.Drivers.Of(network).Place(network, view, problems)
                    ) with
                    {
                        Containers = [],
                    }
                ),
            ],
            Containers = containers,
            Endpoints =
            [
                .. endpoints.Select(endpoint =>
                    endpoint with
                    {
                        Ports = [.. read.Ports.Where(port => port.EndpointId == endpoint.EndpointId)],
                    }
                ),
            ],
            Ports = [.. read.Ports.Where(port => endpoints.Any(endpoint => endpoint.EndpointId == port.EndpointId))],
            Reservations = [.. read.Reservations.Where(row => present.Contains(row.ContainerId))],
        };
    }

    /// <summary>As <see cref="NamespaceDoor.TryOpen"/>, with a problem where it is the host's.</summary>
    private NetworkNamespace? TryOpenUnlessHost(ContainerRow container, List<Problem> problems)
    {
        try
        {
            return host.Door.Open(container);
        }
        catch (BridgeNetException failure)
        {
            problems.AddRange(failure.Problems.Where(static problem => problem.ErrorId != ErrorIds.NamespaceFailed));
            return null;
        }
    }

    /// <summary>What is taken. Of a network or a container that is there already, nothing that follows from it.</summary>
    private void CheckFree(IStateReader state, Topology topology, List<Problem> problems)
    {
        foreach (NetworkRow network in topology.Networks)
        {
            if (state.FindNetworkInAnyCase(network.Name) is not null || state.FindNetworkById(network.Id) is not null)
                problems.Add(
                    new(
                        ErrorIds.NetworkExists,
                        ProblemCategory.ResourceExists,
                        $"A network '{network.Name}' with that name or id exists already; remove it with Remove-BridgeNetwork, or leave it out of the document.",
                        network.Name
                    )
                );
            if (
                network.ConfigFrom.Length > 0
                && topology.Networks.Concat(state.Networks()).All(other => !other.ConfigOnly || other.Name != network.ConfigFrom)
            )
                problems.Add(
                    new(
                        ErrorIds.NetworkNotFound,
                        ProblemCategory.ObjectNotFound,
                        $"Network '{network.Name}' is made from the configuration '{network.ConfigFrom}', which is not there.",
                        network.Name
                    )
                );
        }
        foreach (ContainerRow container in topology.Containers)
        {
            ContainerPlanner.CheckName(state, container.Name, problems);
            if (state.FindContainerById(container.Id) is { } other && other.Name != container.Name)
                problems.Add(
                    new(
                        ErrorIds.ContainerExists,
                        ProblemCategory.ResourceExists,
                        $"Container '{container.Name}' exists already, as '{other.Name}' ({container.ShortId}); remove it with Remove-BridgeContainer.",
                        container.Name
                    )
                );
            if (
                container.Kind is ContainerKind.Owned or ContainerKind.Host
                && state.FindContainer(container.Name) is null
                && File.Exists(container.NetNSPath)
            )
                problems.Add(
                    new(
                        ErrorIds.ContainerExists,
                        ProblemCategory.ResourceExists,
                        $"There is a network namespace at {container.NetNSPath} that this module did not make; remove it with ip netns delete.",
                        container.Name
                    )
                );
        }
        foreach (EndpointRow endpoint in topology.Endpoints.Where(endpoint => state.FindContainerById(endpoint.ContainerId) is null))
        {
            if (
                state.FindEndpointById(endpoint.EndpointId) is not null
                || (endpoint.HostInterface.Length > 0 && host.Links.FindLink(endpoint.HostInterface) is not null)
            )
                problems.Add(
                    new(
                        ErrorIds.AlreadyConnected,
                        ProblemCategory.ResourceExists,
                        $"The endpoint {endpoint} or its interface {endpoint.HostInterface} is there already; disconnect or delete it.",
                        endpoint.EndpointId
                    )
                );
        }
        CheckSubnets(state, topology, problems);
        CheckPorts(state, topology, problems);
    }

    private void CheckSubnets(IStateReader state, Topology topology, List<Problem> problems)
    {
        NetworkDrivers drivers = host.Desired.Drivers;
        IHostView view = host.View(state);
        foreach (AddressFamily family in AddressNumber.Families)
        {
            HostRanges ranges = new(host.Links, host.Ranges, state, family);
            List<UsedPrefix> others = [];
            foreach (
                NetworkRow network in topology.Networks.Where(network =>
                    state.FindNetworkById(network.Id) is null && drivers.Of(network).Capabilities.HasFlag(DriverCapabilities.OwnsSubnets)
                )
            )
            {
                if (network.Config(family) is not { } config)
                    continue;
                int own = drivers.Of(network).Taken(network.Options, view)?.Index ?? 0;
                if ((ranges.FindOverlap(config.Subnet, except: own) ?? SubnetPool.FindOverlap(config.Subnet, others)) is { } overlap)
                    problems.Add(
                        new(
                            ErrorIds.SubnetOverlaps,
                            ProblemCategory.ResourceExists,
                            $"The subnet {config.Subnet} of network '{network.Name}' overlaps with {ranges.Whose(overlap)}; remove that, or change the document.",
                            network.Name
                        )
                    );
                others.Add(new UsedPrefix(config.Subnet, UsedBy.Network, network.Name));
            }
        }
    }

    private static void CheckPorts(IStateReader state, Topology topology, List<Problem> problems)
    {
        if (topology.Ports.Count == 0)
            return;
        TakenPorts taken = new(state.Ports(), HostSockets.Read());
        HashSet<string> there =
        [
            .. topology
                .Endpoints.Where(endpoint => state.FindContainerById(endpoint.ContainerId) is not null)
                .Select(static endpoint => endpoint.EndpointId),
        ];
        foreach (PortRow port in topology.Ports.Where(port => !there.Contains(port.EndpointId)))
        {
            if (taken.OwnerOf(port) is { } owner)
                problems.Add(
                    new(
                        ErrorIds.PortInUse,
                        ProblemCategory.ResourceExists,
                        $"Port {port.HostPort}/{port.Protocol} of the host, for container '{port.ContainerName}', is in use by {owner}; end that, or change the document.",
                        port.ContainerName
                    )
                );
            taken.AddRange([port]);
        }
    }

    private (Change, Topology) ImportChange(IStateReader state, Topology topology, ChangeContext context)
    {
        Dictionary<string, NetworkRow> networks = topology.Networks.ToDictionary(static network => network.Id);
        ILookup<string, EndpointRow> byNetwork = topology.Endpoints.ToLookup(static endpoint => endpoint.NetworkId),
            byContainer = topology.Endpoints.ToLookup(static endpoint => endpoint.ContainerId);
        Dictionary<string, ContainerRow> containers = topology.Containers.ToDictionary(
            static container => container.Id,
            container => container with { Endpoints = [.. byContainer[container.Id]] }
        );
        StateSlice after = new()
        {
            Networks = [.. networks.Values.Select(network => new NetworkSlice(network, [.. byNetwork[network.Id]]))],
            Endpoints =
            [
                .. topology.Endpoints.Select(endpoint => new EndpointSlice(
                    endpoint,
                    networks[endpoint.NetworkId],
                    containers[endpoint.ContainerId]
                )),
            ],
            Containers = [.. containers.Values],
            Spaces = [.. containers.Values.Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)],
            Forwarding =
            [
                .. networks
                    .Values.SelectMany(network => planning.Forwarding(network, context.Warning))
                    .DistinctBy(static setting => setting.Key),
            ],
        };
        NameChange naming = new() { Added = topology.Endpoints, Made = [.. containers.Values] };
        return (planner.Plan(state, new StateSlice(), after, naming), topology);
    }

    private static void Record(IStateTransaction state, Topology topology, KernelAccess kernel)
    {
        foreach (NetworkRow network in topology.Networks)
            state.Put(network);
        foreach (ContainerRow container in topology.Containers)
            state.Put(kernel.Identified(container));
        foreach (EndpointRow endpoint in topology.Endpoints)
            state.Put(endpoint);
        foreach (Reservation reservation in topology.Reservations)
            state.Put(reservation);
        foreach (Topology.GivenAddress last in topology.LastAddresses)
            state.PutLastAddress(last.NetworkId, last.Subnet, last.Address);
    }
}
