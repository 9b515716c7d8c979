using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Ports;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds what a document has in common with this machine: names, ids, namespaces, links, subnets and ports.</summary>
/// <param name="host">The host.</param>
/// <param name="state">The state.</param>
/// <param name="topology">The document, in its place.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class TopologyConflicts(OpenHost host, IStateReader state, Topology topology, ICollection<Problem> problems)
{
    /// <summary>
    /// Adds problems with names, ids, subnets and ports in use. For an existing network or container, only that is reported.
    /// </summary>
    public void Check()
    {
        CheckNetworks();
        CheckContainers();
        CheckEndpoints();
        CheckSubnets();
        CheckPorts();
    }

    private void CheckNetworks()
    {
        foreach (NetworkRow network in topology.Networks)
        {
            if (state.FindNetworkInAnyCase(network.Name) is not null || state.FindNetworkById(network.Id) is not null)
                AddExisting(
                    ErrorIds.NetworkExists,
                    $"A network '{network.Name}' with that name or id already exists; remove it first, or leave it out of the document.",
                    network.Name
                );
            if (
                network.ConfigFrom.Length > 0
                && topology.Networks.Concat(state.Networks()).All(other => !other.ConfigOnly || other.Name != network.ConfigFrom)
            )
                problems.Add(
                    new(
                        ErrorIds.NetworkNotFound,
                        ProblemCategory.ObjectNotFound,
                        $"Network '{network.Name}' uses the configuration '{network.ConfigFrom}', which does not exist.",
                        network.Name
                    )
                );
        }
    }

    private void CheckContainers()
    {
        foreach (ContainerRow container in topology.Containers)
        {
            ContainerPlanner.CheckName(state, container.Name, problems);
            if (state.FindContainerById(container.Id) is { } other && other.Name != container.Name)
                AddExisting(
                    ErrorIds.ContainerExists,
                    $"Container '{container.Name}' already exists, as '{other.Name}' ({container.ShortId}); remove it first.",
                    container.Name
                );
            if (
                container.Kind is ContainerKind.Owned or ContainerKind.Host
                && state.FindContainer(container.Name) is null
                && host.Machine.Namespaces.Exists(container.NetNSPath)
            )
                AddExisting(
                    ErrorIds.ContainerExists,
                    $"A network namespace that this module did not create already exists at {container.NetNSPath}; remove it with ip netns delete.",
                    container.Name
                );
        }
    }

    private void CheckEndpoints()
    {
        foreach (EndpointRow endpoint in topology.Endpoints.Where(endpoint => state.FindContainerById(endpoint.ContainerId) is null))
        {
            if (
                state.FindEndpointById(endpoint.EndpointId) is not null
                || (endpoint.HostInterface.Length > 0 && host.Links.FindLink(endpoint.HostInterface) is not null)
            )
                AddExisting(
                    ErrorIds.AlreadyConnected,
                    $"The endpoint {endpoint} or its interface {endpoint.HostInterface} already exists; disconnect or delete it.",
                    endpoint.EndpointId
                );
        }
    }

    private void CheckSubnets()
    {
        NetworkDrivers drivers = host.Desired.Drivers;
        IHostView view = host.View(state);
        foreach (AddressFamily family in AddressNumber.Families)
        {
            HostRanges ranges = new(host, state, family);
            List<UsedPrefix> others = [];
            foreach (
                NetworkRow network in topology.Networks.Where(network => !network.ConfigOnly && state.FindNetworkById(network.Id) is null)
            )
            {
                if (network.Config(family) is not { } config)
                    continue;
                INetworkDriver driver = drivers.Of(network);
                int own = driver.FindAdoptable(network.Options, view)?.Index ?? 0;
                bool isOurs = driver.OwnsSubnets(network.Options);
                if (
                    (ranges.FindOverlap(config.Subnet, isOurs, except: own) ?? SubnetPool.FindOverlap(config.Subnet, others)) is { } overlap
                )
                    AddExisting(
                        ErrorIds.SubnetOverlaps,
                        $"The subnet {config.Subnet} of network '{network.Name}' overlaps with {ranges.Describe(overlap)}; remove the overlap, or change the document.",
                        network.Name
                    );
                others.Add(new UsedPrefix(config.Subnet, UsedBy.Network, network.Name));
            }
        }
    }

    private void CheckPorts()
    {
        if (topology.Ports.Count == 0)
            return;
        UsedPorts taken = new(state.Ports(), host.Machine.ReadSockets());
        HashSet<string> existing =
        [
            .. topology
                .Endpoints.Where(endpoint => state.FindContainerById(endpoint.ContainerId) is not null)
                .Select(static endpoint => endpoint.EndpointId),
        ];
        foreach (PortRow port in topology.Ports.Where(port => !existing.Contains(port.EndpointId)))
        {
            if (taken.OwnerOf(port) is { } owner)
                AddExisting(
                    ErrorIds.PortInUse,
                    $"Port {port.HostPort}/{port.Protocol} of the host, for container '{port.ContainerName}', is in use by {owner}; free the port, or change the document.",
                    port.ContainerName
                );
            taken.AddRange([port]);
        }
    }

    private void AddExisting(string errorId, string sentence, string target) =>
        problems.Add(new(errorId, ProblemCategory.ResourceExists, sentence, target));
}
