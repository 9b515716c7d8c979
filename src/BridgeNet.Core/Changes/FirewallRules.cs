using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>The rules of networks, from the state, in the chosen firewall.</summary>
/// <param name="machine">The machine.</param>
/// <param name="firewall">The firewall, opened when it is first needed.</param>
/// <param name="desired">The desired rules.</param>
internal sealed class FirewallRules(IMachine machine, Lazy<IFirewall> firewall, DesiredState desired)
{
    /// <summary>The firewall's name.</summary>
    public string Backend => firewall.Value.Name;

    /// <summary>The operation that replaces rules; null if they are equal.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">The current rules of the networks in the change.</param>
    /// <param name="after">The new rules.</param>
    /// <exception cref="BridgeNetException">FirewallFailed: the firewall does not support the rules.</exception>
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
        // Some differences of rows are no differences of rules: changed options without a rule, or the end of anti-spoofing without
        // endpoints.
        return lines.Count == 0 && GuardedFirewall.IsNeeded(gone) == GuardedFirewall.IsNeeded(made) && gone.Length == made.Length
            ? null
            : new(gone, made) { Lines = all };
    }

    /// <summary>The operation that moves all rules from another backend to this one; null if no other backend has them.</summary>
    public MoveRules? PlanMove(IStateReader state) =>
        state.FirewallBackend() is { } last && last != firewall.Value.Name ? new(last, firewall.Value.Name) : null;

    /// <summary>
    /// Replaces the rules of some networks. For the first and the last network, and if rules are missing, it rebuilds all rules.
    /// </summary>
    public void Change(IStateReader state, IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        int count = state.CountBridges();
        bool whole = count == 0 || count + after.Count == before.Count || IsLastWithAntiSpoof(state, before, after);
        if (whole || !firewall.Value.TryChange(before, after))
            Rebuild(state, before, after);
    }

    /// <summary>Rebuilds all rules from the state, with the rules of some networks replaced.</summary>
    public void Rebuild(IStateReader state, IReadOnlyList<FirewallNetwork> without, IReadOnlyList<FirewallNetwork> with)
    {
        IReadOnlyList<FirewallNetwork> all = All(state, without, with);
        UpdateGroups(state, all);
        firewall.Value.Rebuild(all);
    }

    /// <summary>Rebuilds all rules from the state, and removes all others of this module.</summary>
    public void Rebuild(IStateReader state) => firewall.Value.Rebuild(All(state));

    /// <summary>Adds the rules that depend on the link of a network's bridge, after the bridge was created again.</summary>
    public void Attach(FirewallNetwork network) => firewall.Value.Attach(network);

    /// <summary>The operation that does the same as <see cref="Attach"/>; null if the network has no rules.</summary>
    public AttachRules? PlanAttach(NetworkRow network) =>
        desired.Rules(network) is { } rules ? new(rules, [.. firewall.Value.DescribeAttach(rules)]) : null;

    /// <summary>The differences between these rules and the kernel's.</summary>
    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> rules) => firewall.Value.Compare(rules);

    /// <summary>Rebuilds the rules of these networks with another backend.</summary>
    public void RebuildOnBackend(string backend, IReadOnlyList<FirewallNetwork> networks)
    {
        using IFirewallBackend other = machine.OpenBackend(backend);
        other.Rebuild(networks);
    }

    /// <summary>The rules of all networks, from the state.</summary>
    public IReadOnlyList<FirewallNetwork> All(IStateReader state) => [.. ByNetwork(state).Select(static of => of.Rules)];

    /// <summary>The rules of all networks that have any, each with its network.</summary>
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
        // Of senders, a change has only those that it adds or removes.
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

    private bool IsLastWithAntiSpoof(IStateReader state, IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        GuardedFirewall.IsNeeded(before)
        && !GuardedFirewall.IsNeeded(after)
        && !state
            .Networks()
            .Select(desired.Rules)
            .Any(rules => rules is { AntiSpoof: true } && before.All(gone => gone.BridgeName != rules.BridgeName));

    private static ILookup<string, FirewallPort> PortsByNetwork(IStateReader state)
    {
        IReadOnlyList<PortRow> ports = state.Ports();
        Dictionary<string, EndpointRow> endpoints =
            ports.Count == 0 ? [] : state.Endpoints().ToDictionary(static endpoint => endpoint.EndpointId);
        return ports.ToLookup(static port => port.NetworkName, port => DesiredPorts.Of(port, endpoints[port.EndpointId]));
    }

    /// <summary>
    /// Updates the groups of bridges and their ports to those that the rules of this version match; an earlier version used others.
    /// </summary>
    private void UpdateGroups(IStateReader state, IReadOnlyList<FirewallNetwork> networks)
    {
        // On a separate connection: the shared one may be deleting links at the same time.
        using IRtnetlink links = machine.OpenRtnetlink();
        void Update(IEnumerable<KernelObject> objects, uint group)
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
            Update(desired.Drivers.Of(network).Objects(network, []), rules.Group);
            foreach (EndpointRow endpoint in state.Endpoints(networkId: network.Id))
                Update(
                    desired.Objects(new EndpointSlice(endpoint, network, state.FindContainerById(endpoint.ContainerId)!)),
                    InterfaceGroup.OfPort(rules.AntiSpoof)
                );
        }
    }
}
