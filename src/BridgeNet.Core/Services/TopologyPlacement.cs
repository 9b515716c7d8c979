using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Adapts a document to this machine.</summary>
/// <param name="host">The host.</param>
internal sealed class TopologyPlacement(OpenHost host)
{
    /// <summary>The document with the paths and the existing bridges of this machine, without containers of missing namespaces.</summary>
    /// <param name="state">The state.</param>
    /// <param name="read">The document.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="warn">Receives what is left out.</param>
    public Topology Place(IStateReader state, Topology read, List<Problem> problems, Action<string> warn)
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
            // A process id alone does not identify a process.
            bool unknown = sought is { Kind: ContainerKind.Process, NetNS: null };
            if (unknown || !host.Machine.Namespaces.Exists(sought.NetNSPath) || TryOpenUnlessHost(sought, problems) is not { } space)
            {
                warn(
                    $"Container '{container.Name}' is left out: its namespace, created by another tool, is not at {sought.NetNSPath}. Connect it when the namespace exists again."
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
            // For an existing network, that is the only problem to report.
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

    /// <summary>
    /// Opens a container's namespace; null if it does not exist, with a problem for other errors, such as the host's namespace.
    /// </summary>
    private INetworkNamespace? TryOpenUnlessHost(ContainerRow container, List<Problem> problems)
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
}
