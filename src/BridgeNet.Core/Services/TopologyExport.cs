using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Writes networks with their containers and endpoints as a document.</summary>
internal static class TopologyExport
{
    /// <summary>Networks with their containers and endpoints as JSON, from which <see cref="TopologyService.Import"/> creates the same again.</summary>
    /// <param name="state">The state.</param>
    /// <param name="networks">Names or ids; null for all networks, and for containers without a network.</param>
    public static string Write(IStateReader state, IReadOnlyList<string>? networks)
    {
        NetworkRow[] wanted = [.. networks is null ? state.Networks() : networks.Select(name => StateLookup.FindNetwork(state, name))];
        // A network is exported with its configuration network.
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
            // The identity of a process is exported with it; identities of other namespaces are not valid after an import.
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
}
