using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Probes;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>How long a new bridge port may take until it forwards: the kernel does that in a worker of its own, within a millisecond on an idle machine.</summary>
    private static readonly TimeSpan s_forwarding = TimeSpan.FromMilliseconds(500);

    /// <summary>Gives a container an interface in a network: a name, an address, and the default route if it is its turn.</summary>
    public EndpointRow Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        Make(state => PlanConnect(state, request, container, context), RecordConnect, context, dryRun: false).Result.Endpoint;

    /// <summary>What <see cref="Connect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        Describe(state => PlanConnect(state, request, container, context), context);

    private (Change, Attachment) PlanConnect(IStateReader state, EndpointRequest request, ContainerReference reference, ChangeContext context)
    {
        (NetworkRow network, Change made, NetworkRow[] created) = FindOrMakeNetwork(state, request.Network, context);
        ContainerRow container = ResolveContainer(state, reference);
        using NetworkNamespace space = Door.Open(container);
        EndpointRow endpoint = PlanEndpoint(state, network, container, request, InterfacesInside(space), context);
        Intent intent = new()
        {
            Rows = [endpoint.EndpointId, .. made.Intent.Rows],
            Links = [LinkMark.Of(endpoint), .. made.Intent.Links],
            Sysctls = made.Intent.Sysctls,
            Rules = made.Intent.Rules || endpoint.Ports.Count > 0 || network.AntiSpoof,
            Files = state.FindContainerById(container.Id) is null && FilesOf(container) is { } files ? [files.Location] : [],
            Settle = [container.Id],
            SettleNetworks = [network.Id],
        };
        Attachment attachment = new(endpoint, container, request, created);
        return (new Change(intent, [.. made.Steps, .. ConnectSteps(state, network, endpoint, new ContainerSpace(container, Door), context)]), attachment);
    }

    /// <summary>The network by name; the default one is planned where nobody used it yet.</summary>
    private (NetworkRow Network, Change Made, NetworkRow[] Created) FindOrMakeNetwork(IStateReader state, string name, ChangeContext context)
    {
        NetworkRow network = FindNetwork(state, name);
        if (network.Name != DefaultNetwork || network.BridgeName is not null)
            return (network, new Change(new Intent(), []), []);
        network = PlanDefaultNetwork(state);
        return (network, CreateChange(state, network, context), [network]);
    }

    /// <summary>The steps of a new endpoint.</summary>
    private List<Step> ConnectSteps(IStateReader state, NetworkRow network, EndpointRow endpoint, ContainerSpace space, ChangeContext context)
    {
        IReadOnlyList<EndpointRow> before = [.. space.Container.Endpoints.Where(other => other.EndpointId != endpoint.EndpointId)];
        return
        [
            // Before the container has anything to send.
            .. network.AntiSpoof ? [RulesStep(state, [new(network, null, endpoint with { Ports = [] })])] : (Step[])[],
            .. LinkSteps(network, endpoint, space),
            .. DefaultRouteStep(space, before, after: [.. before, endpoint]),
            .. PortSteps(state, [new(network, endpoint with { Ports = [] }, endpoint)]),
            .. NameSteps(state, new NameChange { Added = [endpoint], Made = space.Container }, context),
        ];
    }

    /// <summary>The steps of an endpoint's links: a veth pair, its bridge port, and the addresses inside.</summary>
    private List<Step> LinkSteps(NetworkRow network, EndpointRow endpoint, ContainerSpace space)
    {
        string host = endpoint.HostInterface, inside = endpoint.InterfaceName, path = space.Path;
        LinkMark mark = LinkMark.Of(endpoint);
        PortFlags flags = PortFlags.Of(network, endpoint);
        uint group = InterfaceGroup.OfPort(network.AntiSpoof);
        int index = 0;
        List<Step> steps =
        [
            new($"ip link add {host} address {mark.Mac} mtu {network.Mtu} master {network.BridgeName} group {group} up type veth peer name {inside} address {endpoint.MacAddress} netns {path}",
                () =>
                {
                    Link bridge = FindBridge(network) ?? throw Gone(network);
                    index = Links.CreateVeth(host, mark.Mac!.Value, network.Mtu, bridge.Index, mark.Alias, space.Open().Handle, inside, endpoint.MacAddress, group);
                },
                () => DeleteLinks([mark]),
                space.Dispose),
        ];
        steps.Add(SysctlStep(DesiredEndpoint.PortSettings(host), () => _ = FindPort(endpoint) ?? throw Gone(endpoint, host)));
        if (flags != PortFlags.Default)
            steps.Add(new(PortWords(host, flags, PortFlags.Default), () => SetPort(index, flags)));
        if (network.AntiSpoof)
            steps.Add(new(ForwardingWords(endpoint), () => Links.ReplaceForwarding(index, endpoint.MacAddress)));
        steps.Add(new(string.Join("; ", InsideWords(endpoint, path)), () =>
        {
            SetUpInside(space.Open(), endpoint);
            // Neighbours that knew the address's last holder learn of the new one; frames sent sooner would be lost in the bridge.
            if (Links.WaitForForwarding(index, s_forwarding))
                Announcement.Announce(space.Open(), inside, endpoint.MacAddress, DesiredEndpoint.Addresses(endpoint).Select(static address => address.Address));
        }));
        return steps;
    }

    private static string ForwardingWords(EndpointRow endpoint) => $"bridge fdb replace {endpoint.MacAddress} dev {endpoint.HostInterface} master static sticky";

    private static string PortWords(string port, PortFlags flags, PortFlags now) => $"bridge link set dev {port} {flags.Unlike(now)}";

    private void SetPort(int index, PortFlags flags) => Links.SetBridgePort(index, flags.Isolated, flags.Hairpin, flags.Learning);

    /// <summary>The steps that change how the bridge treats ports of endpoints.</summary>
    private IEnumerable<Step> PortFlagSteps(NetworkRow before, NetworkRow after, IEnumerable<(EndpointRow Before, EndpointRow After)> endpoints) => endpoints
        .Select(endpoint => (endpoint.After, Was: PortFlags.Of(before, endpoint.Before), Flags: PortFlags.Of(after, endpoint.After)))
        .Where(static change => change.Was != change.Flags)
        .Select(change => new Step(PortWords(change.After.HostInterface, change.Flags, change.Was),
            () => OnPort(change.After, port => SetPort(port.Index, change.Flags)), () => OnPort(change.After, port => SetPort(port.Index, change.Was))));

    /// <summary>A change of an endpoint's port, where it is there.</summary>
    private void OnPort(EndpointRow endpoint, Action<Link> change)
    {
        if (FindPort(endpoint) is { } port)
            UnlessGone(() => change(port));
    }

    private static IEnumerable<string> InsideWords(EndpointRow endpoint, string path)
    {
        string inside = endpoint.InterfaceName;
        foreach ((string key, string value) in DesiredEndpoint.Settings(endpoint))
            yield return $"ip netns exec {path} sysctl -w {key}={value}";
        foreach ((IPAddress address, int length) in DesiredEndpoint.Addresses(endpoint))
            yield return $"ip -n {path} address add {address}/{length} dev {inside}{NoDad(address)}";
        yield return $"ip -n {path} link set {inside} up";
    }

    private static void SetUpInside(NetworkNamespace space, EndpointRow endpoint)
    {
        using RtnetlinkConnection links = space.OpenRtnetlink();
        int index = (FindInside(links, endpoint) ?? throw Gone(endpoint, endpoint.InterfaceName)).Index;
        space.Run(() =>
        {
            foreach ((string key, string value) in DesiredEndpoint.Settings(endpoint))
                WriteSysctl(key, value, asked: endpoint.Sysctls.Count > 0);
            return true;
        });
        foreach ((IPAddress address, int length) in DesiredEndpoint.Addresses(endpoint))
            links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6);
        links.SetUp(index);
    }

    private static BridgeNetException Gone(EndpointRow endpoint, string link) => new(ErrorIds.NetlinkFailed, ProblemCategory.ResourceUnavailable,
        $"The interface {link} of container '{endpoint.ContainerName}' was removed or replaced while it was being set up; try again.",
        endpoint.ContainerName);

    private static void WriteSysctl(string key, string value, bool asked)
    {
        try
        {
            string path = key.Replace('.', '/');
            // Ours may be missing where the kernel is without IPv6; what a user asks for must be there.
            if (asked && Sysctl.Read(path) is null && !key.StartsWith("net.ipv6.", StringComparison.Ordinal))
                throw new FileNotFoundException();
            Sysctl.TryWrite(path, value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FileNotFoundException)
        {
            throw new BridgeNetException(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument,
                $"The kernel setting {key} cannot be '{HostNameRules.Shown(value)}': {(failure is FileNotFoundException ? "there is none of that name" : failure.Message)}.", key, failure);
        }
    }

    /// <summary>The step that moves the default routes, where other endpoints are to carry them.</summary>
    private static Step[] DefaultRouteStep(ContainerSpace space, IReadOnlyList<EndpointRow> before, IReadOnlyList<EndpointRow> after) =>
        DefaultRoute.Describe(space.Path, before, after) is { Length: > 0 } words
            ?
            [
                new(words,
                    () => SettleDefaultRoute(space.TryOpen(), [.. before, .. after], after),
                    () => SettleDefaultRoute(space.TryOpen(), [.. before, .. after], before),
                    space.Dispose),
            ]
            : [];

    /// <summary>The default routes of a container; one whose namespace is gone has none.</summary>
    private static void SettleDefaultRoute(NetworkNamespace? space, IReadOnlyList<EndpointRow> known, IReadOnlyList<EndpointRow> endpoints)
    {
        using RtnetlinkConnection? links = space?.OpenRtnetlink();
        if (links is not null)
            DefaultRoute.Settle(links, known, endpoints);
    }

    private static void RecordConnect(IStateTransaction state, Attachment made)
    {
        foreach (NetworkRow network in made.Networks)
            state.Put(network);
        if (state.FindContainerById(made.Container.Id) is null)
            state.Put(made.Container);
        EndpointRow endpoint = made.Endpoint;
        state.Put(endpoint);
        EndpointRequest request = made.Request!;
        if (!request.RestoresEndpoint && (request.IPAddress is not null || request.IPv6Address is not null || request.MacAddress is not null))
        {
            state.Put(new Reservation(endpoint.NetworkId, endpoint.ContainerId, request.IPAddress is null ? null : endpoint.IPAddress,
                request.IPv6Address is null ? null : endpoint.IPv6Address, request.MacAddress is null ? null : endpoint.MacAddress));
        }
        NetworkRow recorded = state.FindNetworkById(endpoint.NetworkId)!;
        foreach (AddressFamily family in s_families)
        {
            bool chosen = (family == AddressFamily.InterNetwork ? request.IPAddress : request.IPv6Address) is null;
            if (chosen && endpoint.Address(family) is { } address)
                state.PutLastAddress(recorded.Id, recorded.Config(family)!.Subnet, address);
        }
    }

    private string[] FilesOf(IEnumerable<ContainerRow> containers) => [.. containers.Select(FilesOf).OfType<ContainerFiles>().Select(static files => files.Location)];

    private static HashSet<string> InterfacesInside(NetworkNamespace space)
    {
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return [.. links.GetLinks().Select(static link => link.Name)];
    }

    /// <param name="Endpoint">The endpoint.</param>
    /// <param name="Container">Its container.</param>
    /// <param name="Request">What was asked for, when it is made.</param>
    /// <param name="Made">Networks that come or go with it.</param>
    private sealed record Attachment(EndpointRow Endpoint, ContainerRow Container, EndpointRequest? Request = null, NetworkRow[]? Made = null)
    {
        public NetworkRow[] Networks { get; init; } = Made ?? [];
    }
}
