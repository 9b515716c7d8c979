using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Ports;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using BridgeNet.State;
using static Tmds.Linux.LibC;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    private static readonly Lazy<string> s_portRange = new(() => Sysctl.Read("net/ipv4/ip_local_port_range") ?? "");

    /// <summary>All published ports, by container, protocol and port of the container.</summary>
    public IReadOnlyList<PortRow> GetPorts() => Guard<IReadOnlyList<PortRow>>(() =>
        [.. _store.Reader.Ports()
            .OrderBy(static port => port.ContainerName, StringComparer.Ordinal).ThenBy(static port => port.ContainerPort)
            .ThenBy(static port => port.Protocol, StringComparer.Ordinal).ThenBy(static port => port.HostPort).ThenBy(static port => port.HostAddress.AddressFamily)]);

    /// <summary>Publishes further ports of a running container.</summary>
    /// <param name="container">Name or id.</param>
    /// <param name="network">The network through which it is to be reached; null for the one that its default route goes through.</param>
    /// <param name="publish">What to publish, in the words of <c>docker run -p</c>.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>The new ports.</returns>
    public IReadOnlyList<PortRow> Publish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        Make(state => PlanPublish(state, container, network, publish, context), static (state, made) => state.Put(made.After), context, dryRun: false).Result.Added;

    /// <summary>What <see cref="Publish"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribePublish(string container, string? network, IReadOnlyList<string> publish, ChangeContext context) =>
        Describe(state => PlanPublish(state, container, network, publish, context), context);

    /// <summary>Closes published ports, and forgets the connections that came by them.</summary>
    public void Unpublish(IReadOnlyList<PortRow> ports, ChangeContext context) =>
        Make(state => PlanUnpublish(state, ports), static (state, changed) =>
        {
            foreach (EndpointRow endpoint in changed)
                state.Put(endpoint);
        }, context, dryRun: false);

    /// <summary>What <see cref="Unpublish"/> would do, in words.</summary>
    public IReadOnlyList<string> DescribeUnpublish(IReadOnlyList<PortRow> ports) =>
        Describe(state => PlanUnpublish(state, ports));

    private (Change, Publication) PlanPublish(IStateReader state, string containerName, string? networkName, IReadOnlyList<string> publish, ChangeContext context)
    {
        ContainerRow container = FindContainer(state, containerName);
        if (container.Kind == ContainerKind.Host)
        {
            throw new BridgeNetException(ErrorIds.InvalidPort, ProblemCategory.InvalidOperation,
                $"Container '{container.Name}' shares the host's namespace: what listens in it is reached at the host's addresses already.", container.Name);
        }
        NetworkRow? network = networkName is null ? null : FindNetwork(state, networkName);
        EndpointRow? endpoint = network is null
            ? DefaultRoute.Choose(container.Endpoints, AddressFamily.InterNetwork) ?? DefaultRoute.Choose(container.Endpoints, AddressFamily.InterNetworkV6) ?? container.Endpoints.FirstOrDefault()
            : container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id);
        if (endpoint is null)
        {
            throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound,
                $"Container '{container.Name}' is not on {(network is null ? "any network" : $"network '{network.Name}'")}, so its ports cannot be published; connect it first.", container.Name);
        }
        network ??= FindNetwork(state, endpoint.NetworkId);
        List<Problem> problems = [];
        List<PortRequest> requests = [.. publish.SelectMany(text => PortSpecification.Parse(text, problems))];
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        IReadOnlyList<PortRow> added = PlanPorts(state, network, endpoint, requests, context);
        EndpointRow after = endpoint with { Ports = [.. endpoint.Ports, .. added] };
        Intent intent = new() { Rules = true, SettleNetworks = [network.Id] };
        return (new Change(intent, PortSteps(state, [new(network, endpoint, after)])), new Publication(after, added));
    }

    private (Change, IReadOnlyList<EndpointRow>) PlanUnpublish(IStateReader state, IReadOnlyList<PortRow> ports)
    {
        List<EndpointChange> changed = [];
        List<Step> forget = [];
        foreach (IGrouping<string, PortRow> group in ports.GroupBy(static port => port.EndpointId))
        {
            if (state.FindEndpointById(group.Key) is not { } endpoint)
                continue;
            changed.Add(new(FindNetwork(state, endpoint.NetworkId), endpoint, endpoint with { Ports = [.. endpoint.Ports.Except(group)] }));
            forget.Add(ForgetFlowsStep(endpoint, group));
        }
        Intent intent = new() { Rules = true, SettleNetworks = [.. changed.Select(static change => change.Network.Id).Distinct()] };
        return (new Change(intent, [.. PortSteps(state, changed), .. forget]), [.. changed.Select(static change => change.After!)]);
    }

    /// <summary>The steps that change which ports of endpoints are published: how bridges treat their ports, rules, and what only published ports need.</summary>
    private List<Step> PortSteps(IStateReader state, IReadOnlyList<EndpointChange> changes)
    {
        List<Step> steps = [.. changes.SelectMany(change => PortFlagSteps(change.Network, change.Network, [(change.Before!, change.After!)]))];
        EndpointChange[] ofPorts = [.. changes.Where(static change => change.IsOfPorts)];
        if (ofPorts.Length == 0)
            return steps;
        steps.AddRange(LoopbackSteps(state, ofPorts));
        steps.Add(RulesStep(state, ofPorts));
        steps.AddRange(ForgetEarlierFlowsStep([.. ofPorts.SelectMany(static change => change.After!.Ports.Except(change.Before!.Ports))]));
        return steps;
    }

    /// <summary>The steps that say whether bridges route 127.0.0.0/8, for the host's own connections to published ports.</summary>
    private IEnumerable<Step> LoopbackSteps(IStateReader state, IReadOnlyList<EndpointChange> changes)
    {
        foreach (IGrouping<string, EndpointChange> of in changes.GroupBy(static change => change.Network.Id))
        {
            NetworkRow network = of.First().Network;
            PortRow[] now = [.. state.Endpoints(networkId: network.Id).SelectMany(static endpoint => endpoint.Ports)];
            IEnumerable<PortRow> gone = of.SelectMany(static change => change.Before?.Ports ?? []);
            IEnumerable<PortRow> added = of.SelectMany(static change => change.After?.Ports ?? []);
            bool before = DesiredBridge.RoutesLoopback(network, now), after = DesiredBridge.RoutesLoopback(network, [.. now.Except(gone), .. added]);
            if (before != after)
            {
                yield return new($"sysctl -w net.ipv4.conf.{network.BridgeName}.route_localnet={(after ? 1 : 0)}",
                    () => RouteLoopback(network, after), () => RouteLoopback(network, before));
            }
        }
    }

    private void RouteLoopback(NetworkRow network, bool on)
    {
        if (FindBridge(network) is { } bridge)
            RouteLoopback(bridge.Name, on);
    }

    private static void RouteLoopback(string bridge, bool on) => Sysctl.TryWrite($"net/ipv4/conf/{bridge}/route_localnet", on ? "1" : "0");

    /// <summary>Which ports of the host an endpoint gets; refuses what is taken, by whom.</summary>
    private IReadOnlyList<PortRow> PlanPorts(IStateReader state, NetworkRow network, EndpointRow endpoint, IReadOnlyList<PortRequest> requests, ChangeContext context)
    {
        if (requests.Count == 0)
            return [];
        if (network.Internal)
        {
            context.Warning($"Network '{network.Name}' is internal, so nothing of it can be reached from outside: no port of '{endpoint.ContainerName}' is published.");
            return [];
        }
        List<Problem> problems = [];
        List<PortRow> made = [];
        TakenPorts taken = new(state.Ports(), HostSockets.Read());
        // Where the search for a free port goes on; a null: there is none left.
        Dictionary<(string, IPAddress?), int?> next = [];
        HashSet<IPAddress> hostAddresses = [.. s_families.SelectMany(Links.GetAddresses).Select(static address => address.Address)];
        foreach (PortRequest request in requests)
        {
            IPAddress[] bindings = Bindings(network, endpoint, request, hostAddresses, problems, context);
            if (bindings.Length == 0)
                continue;
            PortRow[]? chosen = null;
            string? owner = null;
            bool any = request.HostPort == 0;
            int? start = next.GetValueOrDefault((request.Protocol, request.HostAddress), 0);
            if (any && start is null)
                continue;
            foreach (int port in any ? Candidates(network, request).SkipWhile(port => port < start) : Candidates(network, request))
            {
                PortRow[] candidate = [.. bindings.Select(address => new PortRow
                {
                    ContainerName = endpoint.ContainerName,
                    NetworkName = network.Name,
                    EndpointId = endpoint.EndpointId,
                    HostAddress = address,
                    HostPort = network.Mode(address.AddressFamily) == GatewayMode.Routed ? 0 : port,
                    ContainerPort = request.ContainerPort,
                    Protocol = request.Protocol,
                })];
                owner = candidate.Select(taken.OwnerOf).FirstOrDefault(static owner => owner is not null);
                if (owner is null)
                {
                    chosen = candidate;
                    if (any)
                        next[(request.Protocol, request.HostAddress)] = port;
                    break;
                }
            }
            if (chosen is null)
            {
                if (any)
                    next[(request.Protocol, request.HostAddress)] = null;
                problems.Add(new(ErrorIds.PortInUse, ProblemCategory.ResourceExists, request.HostPort == request.HostPortEnd && request.HostPort != 0
                    ? $"Port {request.HostPort}/{request.Protocol} of the host is in use by {owner}; choose another, or leave it out to have a free one chosen."
                    : $"None of the host's {request.Protocol} ports {Candidates(network, request).First()}-{Candidates(network, request).Last()} is free; the last is in use by {owner}.", endpoint.ContainerName));
                continue;
            }
            made.AddRange(chosen);
            taken.AddRange(chosen);
        }
        return problems.Count > 0 ? throw new BridgeNetException(problems) : made;
    }

    /// <summary>The host's addresses that a port is published on.</summary>
    private static IPAddress[] Bindings(NetworkRow network, EndpointRow endpoint, PortRequest request, HashSet<IPAddress> hostAddresses, List<Problem> problems, ChangeContext context)
    {
        // An address that the network narrows its ports to is meant to be the only one: of the other family there is none then (moby#48138).
        IPAddress? narrowed = request.HostAddress ?? NetworkOptions.Address(network.Options, NetworkOptions.HostBindingIPv4);
        IPAddress[] addresses = narrowed is { } only && (request.HostAddress is not null || !AddressNumber.IsAny(only)) ? [only] : [IPAddress.Any, IPAddress.IPv6Any];
        addresses = [.. addresses.Where(address => endpoint.Address(address.AddressFamily) is not null)];
        if (addresses.Length == 0)
        {
            problems.Add(new(ErrorIds.InvalidPort, ProblemCategory.InvalidArgument,
                $"Container '{endpoint.ContainerName}' has no {Ipam.AddressPool.Name(narrowed!.AddressFamily)} address on network '{network.Name}', so nothing can be published at {narrowed}; give an address of the other family{(request.HostAddress is null ? "" : ", or none")}.", endpoint.ContainerName));
        }
        if (request.HostAddress is { } address && !AddressNumber.IsAny(address) && !IPAddress.IsLoopback(address) && !hostAddresses.Contains(address))
        {
            problems.Add(new(ErrorIds.InvalidPort, ProblemCategory.InvalidArgument, $"The host has no address {address}; give one of its own, or none for all of them.", endpoint.ContainerName));
            return [];
        }
        if (request.HostAddress is { AddressFamily: AddressFamily.InterNetworkV6 } loopback && IPAddress.IsLoopback(loopback))
            context.Warning("Linux routes nothing from ::1 to another interface, so a port published on [::1] is reached by nobody; 127.0.0.1 works.");
        if (request.HostPort != 0 && addresses.Length > 0 && addresses.All(binding => network.Mode(binding.AddressFamily) == GatewayMode.Routed))
            context.Warning($"Network '{network.Name}' is routed: port {request.ContainerPort}/{request.Protocol} of '{endpoint.ContainerName}' is open at its own address, and port {request.HostPort} of the host is not used.");
        return addresses;
    }

    private static IEnumerable<int> Candidates(NetworkRow network, PortRequest request)
    {
        if (s_families.All(family => network.Config(family) is null || network.Mode(family) == GatewayMode.Routed))
            return [0];
        if (request.HostPort != 0)
            return Enumerable.Range(request.HostPort, request.HostPortEnd - request.HostPort + 1);
        // As Docker: from the range that the kernel takes ports of outgoing connections from (moby: portallocator).
        string[] bounds = s_portRange.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return bounds.Length == 2 && int.TryParse(bounds[0], CultureInfo.InvariantCulture, out int first) && int.TryParse(bounds[1], CultureInfo.InvariantCulture, out int last) && last >= first
            ? Enumerable.Range(first, last - first + 1)
            : Enumerable.Range(49153, 65535 - 49153 + 1);
    }

    private sealed record Publication(EndpointRow After, IReadOnlyList<PortRow> Added);
}
