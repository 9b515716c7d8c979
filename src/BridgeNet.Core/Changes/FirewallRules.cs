using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>The rules of networks, as the state says them, in the firewall that is chosen.</summary>
/// <param name="firewall">The firewall, opened when it is first needed.</param>
/// <param name="desired">What rules networks should have.</param>
internal sealed class FirewallRules(Lazy<GuardedFirewall> firewall, DesiredState desired)
{
    /// <summary>The firewall's name.</summary>
    public string Backend => firewall.Value.Name;

    /// <summary>The operation that replaces rules; null when they are the same.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">The rules of what a change concerns, as they are.</param>
    /// <param name="after">As they are to be.</param>
    /// <exception cref="BridgeNetException">FirewallFailed: the firewall could not hold them.</exception>
    public ChangeRules? Plan(IStateReader state, IEnumerable<FirewallNetwork> before, IEnumerable<FirewallNetwork> after)
    {
        Dictionary<string, FirewallNetwork> was = before.ToDictionary(static network => network.BridgeName),
            will = after.ToDictionary(static network => network.BridgeName);
        FirewallNetwork[] gone = [.. was.Values.Where(network => !network.Equals(will.GetValueOrDefault(network.BridgeName)))];
        FirewallNetwork[] made = [.. will.Values.Where(network => !network.Equals(was.GetValueOrDefault(network.BridgeName)))];
        if (gone.Length + made.Length == 0)
            return null;
        if (state.CountBridges() + made.Length > gone.Length)
            firewall.Value.Require();
        IReadOnlyList<string> lines = firewall.Value.Describe(gone, made);
        int others = state.CountBridges() - gone.Length;
        bool isLastWithAntiSpoof = IsLastWithAntiSpoof(state, gone, made);
        Lazy<IReadOnlyList<string>> all = new(() =>
            others == 0 && (made.Length == 0 || gone.Length == 0)
                ? firewall.Value.DescribeRebuild(made)
                :
                [
                    .. firewall.Value.DescribeSendersCome(made),
                    .. lines,
                    .. isLastWithAntiSpoof ? firewall.Value.DescribeSendersGone() : [],
                ]
        );
        // Some differences are none to rules: of a network with other options, or where anti-spoofing ends with nobody to check.
        return lines.Count == 0 && GuardedFirewall.IsNeeded(gone) == GuardedFirewall.IsNeeded(made) && gone.Length == made.Length
            ? null
            : new(gone, made) { Lines = all };
    }

    /// <summary>The operation that moves the rules of all networks here; null where no other backend holds them.</summary>
    public MoveRules? PlanMove(IStateReader state) =>
        state.FirewallBackend() is { } last && last != firewall.Value.Name ? new(last, firewall.Value.Name) : null;

    /// <summary>Replaces rules of some networks; with the first and the last network, and where some are missing, makes all anew.</summary>
    public void Change(IStateReader state, IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        int count = state.CountBridges();
        bool whole = count == 0 || count + after.Count == before.Count || IsLastWithAntiSpoof(state, before, after);
        if (whole || !firewall.Value.TryChange(before, after))
            Rebuild(state, before, after);
    }

    /// <summary>Makes the kernel hold the rules that the state says, with those of some networks replaced.</summary>
    public void Rebuild(IStateReader state, IReadOnlyList<FirewallNetwork> without, IReadOnlyList<FirewallNetwork> with)
    {
        IReadOnlyList<FirewallNetwork> all = All(state, without, with);
        SettleGroups(state, all);
        firewall.Value.Rebuild(all);
    }

    /// <summary>Makes the kernel hold the rules that the state says, and no others of ours.</summary>
    public void Rebuild(IStateReader state) => firewall.Value.Rebuild(All(state));

    /// <summary>Gives a network whose bridge was created anew what hangs on that.</summary>
    public void Attach(FirewallNetwork network) => firewall.Value.Attach(network);

    /// <summary>The operation that does the same as <see cref="Attach"/>; null where the network has no rules.</summary>
    public AttachRules? PlanAttach(NetworkRow network) =>
        desired.Rules(network) is { } rules ? new(rules, [.. firewall.Value.DescribeAttach(rules)]) : null;

    /// <summary>In what the kernel differs from these rules.</summary>
    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> rules) => firewall.Value.Compare(rules);

    /// <summary>Makes another backend hold the rules of these networks.</summary>
    public static void RebuildOnBackend(string backend, IReadOnlyList<FirewallNetwork> networks)
    {
        using IFirewallBackend other = FirewallSelection.Open(backend);
        other.Rebuild(networks);
    }

    /// <summary>The rules of all networks as the state knows them.</summary>
    public IReadOnlyList<FirewallNetwork> All(IStateReader state) => [.. ByNetwork(state).Select(static of => of.Rules)];

    /// <summary>The rules of all networks that have some, with the networks.</summary>
    public IReadOnlyList<(NetworkRow Network, FirewallNetwork Rules)> ByNetwork(IStateReader state)
    {
        ILookup<string, FirewallPort> ports = PortsByNetwork(state);
        return
        [
            .. from network in state.Networks()
            let rules = desired.Rules(network, ports[network.Name], network.AntiSpoof ? state.Endpoints(networkId: network.Id) : [])
            where rules is not null
            select (network, rules),
        ];
    }

    private IReadOnlyList<FirewallNetwork> All(
        IStateReader state,
        IReadOnlyList<FirewallNetwork> without,
        IReadOnlyList<FirewallNetwork> with
    )
    {
        Dictionary<string, FirewallNetwork> all = All(state).ToDictionary(static network => network.BridgeName),
            gone = without.ToDictionary(static network => network.BridgeName);
        // Of senders, a change has only those that it adds or takes away.
        IEnumerable<FirewallSender> Others(FirewallNetwork network) =>
            (all.GetValueOrDefault(network.BridgeName)?.Senders ?? []).ExceptBy(
                (gone.GetValueOrDefault(network.BridgeName)?.Senders ?? []).Concat(network.Senders).Select(static sender => sender.Port),
                static sender => sender.Port
            );
        FirewallNetwork[] put = [.. with.Select(network => network with { Senders = [.. Others(network), .. network.Senders] })];
        return
        [
            .. all.Values.ExceptBy(
                gone.Keys.Concat(with.Select(static network => network.BridgeName)),
                static network => network.BridgeName
            ),
            .. put,
        ];
    }

    private static bool IsLastWithAntiSpoof(
        IStateReader state,
        IReadOnlyList<FirewallNetwork> before,
        IReadOnlyList<FirewallNetwork> after
    ) =>
        GuardedFirewall.IsNeeded(before)
        && !GuardedFirewall.IsNeeded(after)
        && !state.Networks().Any(network => network.AntiSpoof && before.All(gone => gone.BridgeName != network.BridgeName));

    private static ILookup<string, FirewallPort> PortsByNetwork(IStateReader state)
    {
        IReadOnlyList<PortRow> ports = state.Ports();
        Dictionary<string, EndpointRow> endpoints =
            ports.Count == 0 ? [] : state.Endpoints().ToDictionary(static endpoint => endpoint.EndpointId);
        return ports.ToLookup(static port => port.NetworkName, port => DesiredPorts.Of(port, endpoints[port.EndpointId]));
    }

    /// <summary>Puts the bridges and their ports into the groups that rules of this version speak of, for an earlier one had others.</summary>
    private void SettleGroups(IStateReader state, IReadOnlyList<FirewallNetwork> networks)
    {
        // Not by the connection that may be deleting links at the same time.
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        void Settle(IEnumerable<KernelObject> objects, uint group)
        {
            foreach (
                LinkEnd end in objects.OfType<ILinkRoot>().SelectMany(static root => root.Ends).Where(static end => end.Place == Place.Host)
            )
            {
                if (links.FindLink(end.Mark.Name) is { } link && end.Mark.IsOn(link) && link.Group != group)
                    links.SetGroup(link.Index, group);
            }
        }
        foreach (FirewallNetwork rules in networks)
        {
            if (state.FindNetworkByBridge(rules.BridgeName) is not { } network)
                continue;
            Settle(desired.Drivers.Of(network).Objects(network, []), rules.Group);
            foreach (EndpointRow endpoint in state.Endpoints(networkId: network.Id))
                Settle(
                    desired.Objects(new EndpointSlice(endpoint, network, state.FindContainerById(endpoint.ContainerId)!)),
                    InterfaceGroup.OfPort(rules.AntiSpoof)
                );
        }
    }
}
