using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Drift;

/// <summary>Finds everything in which the kernel differs from what the state says.</summary>
/// <param name="host">The host.</param>
internal sealed class Survey(OpenHost host)
{
    /// <summary>What there is to report and to repair, in the order in which it is repaired.</summary>
    /// <param name="state">The state.</param>
    /// <param name="chosen">The networks to look at; null for all, and all containers.</param>
    public IReadOnlyList<Finding> Find(IStateReader state, IReadOnlyList<NetworkRow>? chosen)
    {
        Dictionary<string, NetworkRow> networks = (chosen ?? state.Networks())
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
        ActualState actual = new(new HostFacts(host.Links, Sysctl.Read));
        NetworkDrift outside = new(host, actual, host.View(state));
        ContainerDrift inside = new(host, actual, new NameView(state), networks);
        return
        [
            // Rules first, so that what comes up again is guarded from its first packet on.
            .. new RuleDrift(host.Rules).Find(state, chosen is null ? null : networks),
            // Of no network: what all of them share.
            .. Forwarding(chosen is { Count: 0 } ? state.Networks() : networks.Values, actual),
            .. networks.Values.SelectMany(network =>
                Whole(
                    new Whose(network),
                    network.Name,
                    () => outside.Find(network, [.. byNetwork[network.Id].SelectMany(static endpoint => endpoint.Ports)])
                )
            ),
            .. containers
                .OrderBy(static container => container.Name, StringComparer.Ordinal)
                .SelectMany(container => Whole(OneOf(container, networks), container.NetNSPath, () => inside.Find(container))),
        ];
    }

    /// <summary>What is found of one; where it cannot be looked at, as when root in a container changes it all the time, that is reported, and the others are looked at all the same.</summary>
    private static IReadOnlyList<Finding> Whole(Whose whose, string what, Func<IEnumerable<Finding>> find)
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
                whose.Unrepairable(
                    DriftKind.Unreadable,
                    what,
                    "readable",
                    problem.Message.TrimEnd('.'),
                    "try again; where it stays so, look at what runs in it, or remove it"
                ),
            ];
        }
    }

    private static Whose OneOf(ContainerRow container, IReadOnlyDictionary<string, NetworkRow> networks) =>
        new(
            container
                .Endpoints.Select(endpoint => networks.GetValueOrDefault(endpoint.NetworkId))
                .FirstOrDefault(static network => network is not null),
            container
        );

    private static IReadOnlyList<EndpointRow> InOrder(IEnumerable<EndpointRow> endpoints) =>
        [.. endpoints.OrderBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal)];

    /// <summary>The host's forwarding, which all networks of a family share.</summary>
    private IEnumerable<Finding> Forwarding(IEnumerable<NetworkRow> networks, ActualState actual) =>
        networks
            .SelectMany(network => host.Desired.Drivers.Of(network).Forwarding(network))
            .Distinct()
            .OrderBy(static wanted => wanted.Setting.Key, StringComparer.Ordinal)
            .SelectMany(wanted => wanted.Compare(actual))
            .Select(static deviation => new Whose(null).Finding(deviation));
}
