using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>The step that replaces the rules of networks with the ports that they have.</summary>
    private Step RulesStep(IStateReader state, IReadOnlyList<NetworkRow> before, IReadOnlyList<NetworkRow> after)
    {
        ILookup<string, FirewallPort> ports = PortsByNetwork(state);
        return RulesStep(state, [.. before.Select(network => WholeRulesOf(state, network, ports))], [.. after.Select(network => WholeRulesOf(state, network, ports))]);
    }

    /// <summary>
    /// The step that replaces what rules have of endpoints: their ports, and where it is checked who sends, themselves. One step for all that
    /// go or come together: where somebody took rules away, it makes all rules anew of the state and of nothing but this step's change.
    /// </summary>
    private Step RulesStep(IStateReader state, IReadOnlyList<EndpointChange> changes)
    {
        ILookup<string, FirewallPort> ports = PortsByNetwork(state);
        List<FirewallNetwork> before = [], after = [];
        foreach (IGrouping<string, EndpointChange> of in changes.GroupBy(static change => change.Network.Id))
        {
            NetworkRow network = of.First().Network;
            EndpointRow[] without = [.. of.Select(static change => change.Before).OfType<EndpointRow>()];
            EndpointRow[] with = [.. of.Select(static change => change.After).OfType<EndpointRow>()];
            FirewallPort[] now = [.. ports[network.Name]];
            before.Add(DesiredRules.Of(network, now) with { Senders = DesiredRules.Senders(network, without) });
            after.Add(DesiredRules.Of(network, [.. now.Except(DesiredRules.Ports(without)), .. DesiredRules.Ports(with)]) with { Senders = DesiredRules.Senders(network, with) });
        }
        return RulesStep(state, before, after);
    }

    /// <summary>
    /// The step that replaces rules. The first network brings the chains that all share, the last one takes them, and where
    /// somebody took rules away meanwhile all are made anew.
    /// </summary>
    private Step RulesStep(IStateReader state, IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        int count = state.CountBridges();
        bool last = count + after.Count == before.Count, whole = count == 0 || last || IsLastWithAntiSpoof(state, before, after);
        if (!last)
            Firewall.Require();
        return new(string.Join('\n', Firewall.Describe(before, after)),
            () =>
            {
                if (whole || !Firewall.TryChange(before, after))
                {
                    IReadOnlyList<FirewallNetwork> all = AllRules(state, before, after);
                    SettleGroups(state, all);
                    Firewall.Rebuild(all);
                }
            },
            () => Firewall.Rebuild(AllRules(state, after, before)));
    }

    private static bool IsLastWithAntiSpoof(IStateReader state, IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        GuardedFirewall.IsNeeded(before) && !GuardedFirewall.IsNeeded(after)
        && !state.Networks().Any(network => network.AntiSpoof && before.All(gone => gone.BridgeName != network.BridgeName));

    /// <summary>Puts the bridges and their ports into the groups that rules of this version speak of, for an earlier one had others.</summary>
    private static void SettleGroups(IStateReader state, IReadOnlyList<FirewallNetwork> networks)
    {
        // Not by the connection that may be deleting links at the same time.
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        foreach (FirewallNetwork network in networks)
        {
            if (state.FindNetworkByBridge(network.BridgeName) is not { } row)
                continue;
            void Settle(string name, Predicate<Link> isOurs, uint group)
            {
                if (links.FindLink(name) is { } link && isOurs(link) && link.Group != group)
                    links.SetGroup(link.Index, group);
            }
            Settle(network.BridgeName, link => IsBridgeOf(row, link), InterfaceGroup.Of(network));
            foreach (EndpointRow endpoint in state.Endpoints(networkId: row.Id))
                Settle(endpoint.HostInterface, LinkMark.Of(endpoint).IsOn, InterfaceGroup.OfPort(network.AntiSpoof));
        }
    }

    /// <summary>The step that moves all rules to the backend that is chosen now, where another holds them; null when none does.</summary>
    private Step? MoveRulesStep(IStateReader state)
    {
        if (state.FirewallBackend() is not { } last || last == Firewall.Name)
            return null;
        return new($"move the rules from {last} to {Firewall.Name}",
            () =>
            {
                // The new ones first: between both a packet meets either, never none.
                Firewall.Rebuild([.. AllRules(state)]);
                Elsewhere(last, []);
            },
            () =>
            {
                Elsewhere(last, [.. AllRules(state)]);
                Elsewhere(Firewall.Name, []);
            });
    }

    private static void Elsewhere(string backend, IReadOnlyList<FirewallNetwork> networks)
    {
        using IFirewallBackend other = FirewallSelection.Open(backend);
        other.Rebuild(networks);
    }

    /// <summary>The rules of all networks, with those of some replaced.</summary>
    private static IReadOnlyList<FirewallNetwork> AllRules(IStateReader state, IReadOnlyList<FirewallNetwork> without, IReadOnlyList<FirewallNetwork> with)
    {
        Dictionary<string, FirewallNetwork> all = AllRules(state).ToDictionary(static network => network.BridgeName), gone = without.ToDictionary(static network => network.BridgeName);
        // Of senders, a change has only those that it adds or takes away.
        IEnumerable<FirewallSender> Others(FirewallNetwork network) => (all.GetValueOrDefault(network.BridgeName)?.Senders ?? [])
            .ExceptBy((gone.GetValueOrDefault(network.BridgeName)?.Senders ?? []).Concat(network.Senders).Select(static sender => sender.Port), static sender => sender.Port);
        FirewallNetwork[] put = [.. with.Select(network => network with { Senders = [.. Others(network), .. network.Senders] })];
        return [.. all.Values.ExceptBy(gone.Keys.Concat(with.Select(static network => network.BridgeName)), static network => network.BridgeName), .. put];
    }

    /// <summary>The rules of all networks as the state knows them.</summary>
    private static IEnumerable<FirewallNetwork> AllRules(IStateReader state)
    {
        ILookup<string, FirewallPort> ports = PortsByNetwork(state);
        return state.Networks().Where(static network => network.BridgeName is not null).Select(network => WholeRulesOf(state, network, ports));
    }

    private static ILookup<string, FirewallPort> PortsByNetwork(IStateReader state)
    {
        IReadOnlyList<PortRow> ports = state.Ports();
        Dictionary<string, EndpointRow> endpoints = ports.Count == 0 ? [] : state.Endpoints().ToDictionary(static endpoint => endpoint.EndpointId);
        return ports.ToLookup(static port => port.NetworkName, port => DesiredRules.Port(port, endpoints[port.EndpointId]));
    }

    /// <summary>What the firewall has to know of a network, its ports and its endpoints, as the state knows them.</summary>
    private static FirewallNetwork WholeRulesOf(IStateReader state, NetworkRow network, ILookup<string, FirewallPort> ports) =>
        DesiredRules.Of(network, ports[network.Name]) with { Senders = network.AntiSpoof ? DesiredRules.Senders(network, state.Endpoints(networkId: network.Id)) : [] };

    /// <summary>Whether rules come and go with endpoints.</summary>
    private static bool HaveRules(IStateReader state, IReadOnlyList<EndpointRow> endpoints) =>
        endpoints.Any(endpoint => endpoint.Ports.Count > 0 || FindNetwork(state, endpoint.NetworkId).AntiSpoof);

}
