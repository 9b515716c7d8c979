using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Drift;

/// <summary>Finds all differences between desired and actual state.</summary>
/// <param name="host">The host.</param>
internal sealed class Survey(OpenHost host)
{
    /// <summary>The findings, in the order in which they are repaired.</summary>
    /// <param name="state">The state.</param>
    /// <param name="chosen">The networks to check; null for all networks and containers.</param>
    public IReadOnlyList<Finding> Find(IStateReader state, IReadOnlyList<NetworkRow>? chosen)
    {
        // A predefined network without a container is in nothing but the list.
        Dictionary<string, NetworkRow> networks = (
            chosen?.Where(network => state.FindNetworkById(network.Id) is not null) ?? state.Networks()
        )
            .DistinctBy(static network => network.Id)
            .OrderBy(static network => network.Name, StringComparer.Ordinal)
            .ToDictionary(static network => network.Id);
        IReadOnlyList<EndpointRow> endpoints = chosen is null
            ? state.Endpoints()
            : [.. networks.Keys.SelectMany(id => state.Endpoints(networkId: id))];
        ILookup<string, EndpointRow> byNetwork = endpoints.ToLookup(static endpoint => endpoint.NetworkId),
            byContainer = endpoints.ToLookup(static endpoint => endpoint.ContainerId);
        IEnumerable<ContainerRow> containers = chosen is null
            ? state.Containers().Select(row => row with { Endpoints = InOrder(byContainer[row.Id]) })
            : byContainer
                .Select(group => state.FindContainerById(group.Key))
                .OfType<ContainerRow>()
                .Select(row => row with { Endpoints = InOrder(state.Endpoints(containerId: row.Id)) });
        ActualState actual = new(new HostFacts(host.Links, host.Machine.Sysctl.Read));
        NetworkDrift outside = new(host, actual, host.View(state));
        ContainerDrift inside = new(host, actual, new NameView(state), networks);
        return
        [
            // Rules first, so that a repaired link is protected from its first packet on.
            .. new RuleDrift(host.Rules).Find(state, chosen is null ? null : networks),
            // Settings that all networks share.
            .. Forwarding(chosen is { Count: 0 } ? state.Networks() : networks.Values, actual),
            .. networks.Values.SelectMany(network =>
                FindOrReport(
                    new DriftSubject(network),
                    network.Name,
                    () => outside.Find(network, [.. byNetwork[network.Id].SelectMany(static endpoint => endpoint.Ports)])
                )
            ),
            .. containers
                .OrderBy(static container => container.Name, StringComparer.Ordinal)
                .SelectMany(container => FindOrReport(SubjectOf(container, networks), container.NetNSPath, () => inside.Find(container))),
        ];
    }

    /// <summary>
    /// The findings for one object. If it cannot be read, for example because root in a container keeps changing it, that is reported, and
    /// the other objects are still checked.
    /// </summary>
    private static IReadOnlyList<Finding> FindOrReport(DriftSubject subject, string what, Func<IEnumerable<Finding>> find)
    {
        try
        {
            return [.. find()];
        }
        catch (Exception failure)
            when (ErrorMap.ToProblems(failure, null)
                    is [{ ErrorId: not (ErrorIds.PermissionDenied or ErrorIds.OperationStopped) } problem, ..]
            )
        {
            return
            [
                subject.Unrepairable(
                    DriftKind.Unreadable,
                    what,
                    "readable",
                    problem.Message.TrimEnd('.'),
                    "try again; if it stays unreadable, check the processes in it, or remove it"
                ),
            ];
        }
    }

    private static DriftSubject SubjectOf(ContainerRow container, IReadOnlyDictionary<string, NetworkRow> networks) =>
        new(
            container
                .Endpoints.Select(endpoint => networks.GetValueOrDefault(endpoint.NetworkId))
                .FirstOrDefault(static network => network is not null),
            container
        );

    private static IReadOnlyList<EndpointRow> InOrder(IEnumerable<EndpointRow> endpoints) =>
        [.. endpoints.OrderBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal)];

    /// <summary>The findings for the host's forwarding, which all networks of a family share.</summary>
    private IEnumerable<Finding> Forwarding(IEnumerable<NetworkRow> networks, ActualState actual) =>
        networks
            .SelectMany(network => host.Desired.Drivers.Of(network).Forwarding(network))
            .Distinct()
            .OrderBy(static wanted => wanted.Setting.Key, StringComparer.Ordinal)
            .SelectMany(wanted => wanted.Compare(actual))
            .Select(static deviation => new DriftSubject(null).Finding(deviation));
}
