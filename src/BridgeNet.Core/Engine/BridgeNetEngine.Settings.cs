using System.Globalization;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>The options that can change while a network is in use.</summary>
    private static readonly HashSet<string> s_live =
    [
        NetworkOptions.EnableIcc, NetworkOptions.EnableMasquerade, NetworkOptions.HostBindingIPv4, NetworkOptions.GatewayModeIPv4, NetworkOptions.GatewayModeIPv6,
        NetworkOptions.Mtu, NetworkOptions.HostIPv4, NetworkOptions.HostIPv6, NetworkOptions.InterfacePrefix, NetworkOptions.AntiSpoof,
    ];

    /// <summary>Changes what can change of a network in use, its rules in one transaction.</summary>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is changed.</exception>
    public NetworkRow SetNetwork(NetworkSettings settings, ChangeContext context) =>
        Make(state => PlanSettings(state, settings, context), static (state, changed) =>
        {
            state.Put(changed.Network);
            foreach (EndpointRow endpoint in changed.Endpoints)
                state.Put(endpoint);
        }, context, dryRun: false).Result.Network;

    /// <summary>What <see cref="SetNetwork"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeSetNetwork(NetworkSettings settings, ChangeContext context) =>
        Describe(state => PlanSettings(state, settings, context), context);

    private (Change, ChangedNetwork) PlanSettings(IStateReader state, NetworkSettings settings, ChangeContext context)
    {
        NetworkRow before = FindNetwork(state, settings.Network);
        if (NameRules.Predefined.Contains(before.Name))
            throw new BridgeNetException(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation, $"'{before.Name}' is a predefined network and cannot be changed; make one with New-BridgeNetwork.", before.Name);
        NetworkRow after = Apply(before, settings, context);
        EndpointRow[] old = [.. state.Endpoints(networkId: before.Id)];
        EndpointRow[] now = [.. old.Select(endpoint => endpoint with
        {
            Gateway = DesiredEndpoint.Gateway(after, AddressFamily.InterNetwork),
            IPv6Gateway = DesiredEndpoint.Gateway(after, AddressFamily.InterNetworkV6),
            Ports = PortsAfter(after, endpoint, context),
        })];
        Intent intent = new() { Rules = before.BridgeName is not null, SettleNetworks = [before.Id] };
        return (new Change(intent, before.BridgeName is null ? [] : SettingSteps(state, before, after, old, now)), new ChangedNetwork(after, now));
    }

    /// <summary>The network with its settings changed; refuses with all problems together.</summary>
    private NetworkRow Apply(NetworkRow network, NetworkSettings settings, ChangeContext context)
    {
        List<Problem> problems = [];
        foreach (string key in settings.Options.Keys.Where(key => key.StartsWith("com.docker.network.", StringComparison.Ordinal) && !s_live.Contains(key) && network.Options.GetValueOrDefault(key) != settings.Options[key]))
        {
            problems.Add(new(ErrorIds.InvalidOption, ProblemCategory.InvalidOperation,
                $"The option {key} is fixed when a network is made, for its endpoints are built on it; remove '{network.Name}' and make it anew.", network.Name));
        }
        if (settings.Labels.ContainsKey(""))
            problems.Add(NoLabelName(network.Name));
        Dictionary<string, string> options = new(network.Options);
        foreach ((string key, string value) in settings.Options)
            options[key] = value;
        bool isInternal = settings.Internal ?? network.Internal;
        NetworkOptionRules.Check(options, isInternal, network.EnableIPv6, problems, context.Warning, network.Name);
        foreach (AddressFamily family in s_families)
        {
            if ((NetworkOptions.Mode(options, family) == GatewayMode.Isolated) != (network.Mode(family) == GatewayMode.Isolated))
            {
                problems.Add(new(ErrorIds.InvalidOption, ProblemCategory.InvalidOperation,
                    $"The gateway mode 'isolated' is fixed when a network is made, for such a network has no gateway; remove '{network.Name}' and make it anew.", network.Name));
            }
        }
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        Dictionary<string, string> labels = new(network.Labels);
        foreach (string key in settings.RemoveLabels)
            labels.Remove(key);
        foreach ((string key, string value) in settings.Labels)
            labels[key] = value;
        int mtu = settings.Options.ContainsKey(NetworkOptions.Mtu) && NetworkOptionRules.MtuOf(options) is > 0 and int asked ? asked : network.Mtu;
        AdoptedBridge? adopted = network.Adopted is { Mtu: 0 } taken && mtu != network.Mtu ? taken with { Mtu = FindBridge(network)?.Mtu ?? 0 } : network.Adopted;
        return network with { Labels = labels, Options = options, Internal = isInternal, Mtu = mtu, Adopted = adopted };
    }

    /// <summary>The ports of an endpoint under other settings: none on an internal network, and none of the host on a routed one.</summary>
    private static IReadOnlyList<PortRow> PortsAfter(NetworkRow network, EndpointRow endpoint, ChangeContext context)
    {
        if (network.Internal && endpoint.Ports.Count > 0)
        {
            context.Warning($"Network '{network.Name}' is internal now: the ports of '{endpoint.ContainerName}' are published no more ({string.Join(", ", endpoint.Ports)}).");
            return [];
        }
        bool Routed(PortRow port) => network.Mode(port.HostAddress.AddressFamily) == GatewayMode.Routed;
        PortRow[] left = [.. endpoint.Ports.Where(port => port.HostPort > 0 && Routed(port))], closed = [.. endpoint.Ports.Where(port => port.HostPort == 0 && !Routed(port))];
        if (left.Length > 0)
            context.Warning($"Network '{network.Name}' is routed now: '{endpoint.ContainerName}' is reached at its own address, and at the host's no more ({string.Join(", ", left)}).");
        if (closed.Length > 0)
            context.Warning($"Network '{network.Name}' is routed no more: ports of '{endpoint.ContainerName}' that were open at its own address are closed ({string.Join(", ", closed)}); publish them at ports of the host with Publish-BridgePort.");
        return [.. endpoint.Ports.Except(closed).Select(port => Routed(port) ? port with { HostPort = 0 } : port).Distinct()];
    }

    private List<Step> SettingSteps(IStateReader state, NetworkRow before, NetworkRow after, IReadOnlyList<EndpointRow> old, IReadOnlyList<EndpointRow> now)
    {
        List<Step> steps = [];
        ContainerRow[] containers = [.. old.Select(endpoint => FindContainer(state, endpoint.ContainerId))];
        if (before.Mtu != after.Mtu)
        {
            steps.Add(new(string.Join('\n', [$"ip link set {after.BridgeName} mtu {after.Mtu}", .. now.Select((endpoint, i) =>
                $"ip link set {endpoint.HostInterface} mtu {after.Mtu}; ip -n {containers[i].NetNSPath} link set {endpoint.InterfaceName} mtu {after.Mtu}")]),
                () => SetMtu(after, now, containers), () => SetMtu(before, now, containers)));
        }
        steps.AddRange(PortFlagSteps(before, after, old.Zip(now)));
        bool loopbackBefore = DesiredBridge.RoutesLoopback(before, old.SelectMany(static endpoint => endpoint.Ports)), loopbackAfter = DesiredBridge.RoutesLoopback(after, now.SelectMany(static endpoint => endpoint.Ports));
        if (loopbackBefore != loopbackAfter)
        {
            steps.Add(new($"sysctl -w net.ipv4.conf.{after.BridgeName}.route_localnet={(loopbackAfter ? 1 : 0)}",
                () => RouteLoopback(after, loopbackAfter), () => RouteLoopback(after, loopbackBefore)));
        }
        FirewallNetwork rulesBefore = DesiredRules.Of(before, old), rulesAfter = DesiredRules.Of(after, now);
        uint groupBefore = InterfaceGroup.Of(rulesBefore), groupAfter = InterfaceGroup.Of(rulesAfter);
        if (groupBefore != groupAfter)
            steps.Add(new($"ip link set {after.BridgeName} group {groupAfter}", () => SetGroup(after, groupAfter), () => SetGroup(after, groupBefore)));
        bool rulesChange = before.AntiSpoof != after.AntiSpoof || Firewall.Describe([rulesBefore], [rulesAfter]).Count > 0;
        if (before.AntiSpoof && !after.AntiSpoof)
            steps.AddRange(SenderCheckSteps(now, check: false));
        if (rulesChange)
            steps.Add(RulesStep(state, [rulesBefore], [rulesAfter]));
        if (after.AntiSpoof && !before.AntiSpoof)
        {
            steps.AddRange(SenderCheckSteps(now, check: true));
            if (now.Count > 0)
                steps.Add(ForgetSendersStep(after, now, containers));
        }
        // A connection that was open goes on through rules that would not let it begin.
        if ((rulesChange || groupBefore != groupAfter) && now.Count > 0)
            steps.Add(ForgetFlowsStep(now));
        for (int i = 0; i < containers.Length; i++)
        {
            IReadOnlyList<EndpointRow> others = [.. containers[i].Endpoints.Where(other => other.NetworkId != before.Id)];
            steps.AddRange(DefaultRouteStep(new ContainerSpace(containers[i], Door), [.. others, old[i]], [.. others, now[i]]));
        }
        return steps;
    }

    private void SetGroup(NetworkRow network, uint group)
    {
        if (FindBridge(network) is { } bridge)
            Links.SetGroup(bridge.Index, group);
    }

    private void SetMtu(NetworkRow network, IReadOnlyList<EndpointRow> endpoints, IReadOnlyList<ContainerRow> containers)
    {
        if (FindBridge(network) is { } bridge)
            Links.SetMtu(bridge.Index, network.Mtu);
        for (int i = 0; i < endpoints.Count; i++)
        {
            using NetworkNamespace? space = Door.TryOpen(containers[i]);
            SettleLinks(network, endpoints[i], space);
        }
    }

    private sealed record ChangedNetwork(NetworkRow Network, IReadOnlyList<EndpointRow> Endpoints);
}
