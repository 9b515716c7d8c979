using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    /// <summary>How long a new bridge port may take until it forwards: the kernel does that in a worker of its own, within a millisecond on an idle machine.</summary>
    private static readonly TimeSpan s_forwarding = TimeSpan.FromMilliseconds(500);

    /// <summary>Gives a container an interface in a network: a name, an address, and the default route if it is its turn.</summary>
    public BridgeEndpoint Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        Make(state => PlanConnect(state, request, container, context), RecordConnect, context, dryRun: false).Result.Endpoint;

    /// <summary>What <see cref="Connect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container) =>
        Make(state => PlanConnect(state, request, container, new ChangeContext()), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    /// <summary>Takes containers off networks in one change; a namespace that is gone already is no obstacle. One that is refused does not keep the others.</summary>
    /// <returns>Why some were refused; empty when all are off.</returns>
    public IReadOnlyList<Problem> Disconnect(IReadOnlyList<Membership> memberships, ChangeContext context) =>
        MakeEach(memberships, PlanDisconnect, RecordDisconnect, context);

    /// <summary>What <see cref="Disconnect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeDisconnect(IReadOnlyList<Membership> memberships) => DescribeEach(memberships, PlanDisconnect);

    private (Change, Attachment) PlanConnect(IStateReader state, EndpointRequest request, ContainerReference reference, ChangeContext context)
    {
        (BridgeNetwork network, Change made, BridgeNetwork[] created) = FindOrMakeNetwork(state, request.Network, context);
        BridgeContainer container = ResolveContainer(state, reference);
        using NetworkNamespace space = NetworkNamespace.Open(container.NetNSPath);
        RefuseHost(space, container);
        if (container.Kind == ContainerKind.Process)
            container = container with { NetNSInode = space.Inode };
        BridgeEndpoint endpoint = PlanEndpoint(state, network, container, request, InterfacesInside(space), context);
        Intent intent = new()
        {
            Rows = [endpoint.EndpointId, .. made.Intent.Rows],
            Links = [endpoint.HostInterface, .. made.Intent.Links],
            Sysctls = made.Intent.Sysctls,
            Rules = made.Intent.Rules || endpoint.Ports.Count > 0,
            Files = state.FindContainerById(container.Id) is null && FilesOf(container) is { } files ? [files.Location] : [],
            Settle = [container.Id],
            SettleNetworks = [network.Id],
        };
        Attachment attachment = new(endpoint, container, request, created);
        return (new Change(intent, [.. made.Steps, .. ConnectSteps(state, network, endpoint, container, context)]), attachment);
    }

    /// <summary>A process of the host, or the path of its namespace, would make the host a container of itself, and move its default route.</summary>
    private static void RefuseHost(NetworkNamespace space, BridgeContainer container)
    {
        using NetworkNamespace host = NetworkNamespace.Current();
        if (space.Inode == host.Inode && container.Kind != ContainerKind.Host)
        {
            throw new BridgeNetException(ErrorIds.HostNamespace, ProblemCategory.InvalidOperation,
                $"{container.NetNSPath} is the namespace of the host itself, which has an address on every network already; give a process or a path of another namespace.", container.Name);
        }
    }

    /// <summary>The network by name; the default one is planned where nobody used it yet.</summary>
    private (BridgeNetwork Network, Change Made, BridgeNetwork[] Created) FindOrMakeNetwork(IStateReader state, string name, ChangeContext context)
    {
        BridgeNetwork network = FindNetwork(state, name);
        if (network.Name != DefaultNetwork || network.BridgeName is not null)
            return (network, new Change(new Intent(), []), []);
        network = PlanDefaultNetwork(state);
        return (network, CreateChange(state, network, context), [network]);
    }

    /// <summary>The steps of a new endpoint.</summary>
    private List<Step> ConnectSteps(IStateReader state, BridgeNetwork network, BridgeEndpoint endpoint, BridgeContainer container, ChangeContext context)
    {
        IReadOnlyList<BridgeEndpoint> before = [.. container.Endpoints.Where(other => other.EndpointId != endpoint.EndpointId)];
        return
        [
            .. LinkSteps(network, endpoint, container.NetNSPath),
            .. DefaultRouteStep(container.NetNSPath, before, after: [.. before, endpoint]),
            .. PortSteps(state, network, endpoint, before: [], after: endpoint.Ports),
            .. NameSteps(state, new NameChange { Added = [endpoint], Made = container }, context),
        ];
    }

    /// <summary>The steps of an endpoint's links: a veth pair, its bridge port, and the addresses inside.</summary>
    private List<Step> LinkSteps(BridgeNetwork network, BridgeEndpoint endpoint, string path)
    {
        string host = endpoint.HostInterface, inside = endpoint.InterfaceName;
        bool isolated = !network.InterContainer, hairpin = NeedsHairpin(endpoint.Ports);
        int index = 0;
        List<Step> steps =
        [
            new($"ip link add {host} mtu {network.Mtu} master {network.BridgeName} up type veth peer name {inside} address {endpoint.MacAddress} netns {path}",
                () =>
                {
                    using NetworkNamespace space = NetworkNamespace.Open(path);
                    Link bridge = Links.FindLink(network.BridgeName!) ?? throw Gone(network);
                    // Not in the group of the bridges: forwarding sees the bridge, never its ports.
                    index = Links.CreateVeth(host, network.Mtu, bridge.Index, AliasOf(endpoint), 0, space.Handle, inside, endpoint.MacAddress);
                },
                () => DeleteLink(host)),
        ];
        if (isolated || hairpin)
            steps.Add(new($"bridge link set dev {host} isolated {OnOff(isolated)} hairpin {OnOff(hairpin)}", () => Links.SetBridgePort(index, isolated, hairpin)));
        steps.Add(new(string.Join("; ", InsideWords(endpoint, path)), () =>
        {
            using NetworkNamespace space = NetworkNamespace.Open(path);
            SetUpInside(space, endpoint);
            // Neighbours that knew the address's last holder learn of the new one; frames sent sooner would be lost in the bridge.
            if (Links.WaitForForwarding(index, s_forwarding))
                Announcement.Announce(space, inside, endpoint.MacAddress, endpoint.IPAddress, endpoint.IPv6Address);
        }));
        return steps;
    }

    private static string OnOff(bool value) => value ? "on" : "off";

    private static IEnumerable<string> InsideWords(BridgeEndpoint endpoint, string path)
    {
        string inside = endpoint.InterfaceName;
        foreach ((string key, string value) in InsideSysctls(endpoint))
            yield return $"ip netns exec {path} sysctl -w {key}={value}";
        foreach ((IPAddress address, int length) in InsideAddresses(endpoint))
            yield return $"ip -n {path} address add {address}/{length} dev {inside}{NoDad(address)}";
        yield return $"ip -n {path} link set {inside} up";
    }

    private static IEnumerable<(IPAddress Address, int PrefixLength)> InsideAddresses(BridgeEndpoint endpoint) =>
    [
        .. endpoint.IPAddress is { } ipv4 ? [(ipv4, endpoint.PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.IPv6Address is { } ipv6 ? [(ipv6, endpoint.IPv6PrefixLength)] : ((IPAddress, int)[])[],
        .. endpoint.LinkLocalAddresses.Select(static address => (address, address.AddressFamily == AddressFamily.InterNetwork ? 16 : 64)),
    ];

    /// <summary>
    /// IPv6 is off on an interface without an IPv6 address, as in Docker, unless a link-local one was asked for. Duplicate
    /// address detection is off where it is on: it would keep addresses from working for a second, and there is one hand that gives them.
    /// </summary>
    private static IEnumerable<(string Key, string Value)> InsideSysctls(BridgeEndpoint endpoint)
    {
        bool ipv6 = endpoint.IPv6Address is not null || endpoint.LinkLocalAddresses.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);
        yield return ipv6 ? ($"net.ipv6.conf.{endpoint.InterfaceName}.accept_dad", "0") : ($"net.ipv6.conf.{endpoint.InterfaceName}.disable_ipv6", "1");
        foreach ((string key, string value) in endpoint.Sysctls)
            yield return (string.Join('.', key.Split('.').Select(word => word == "IFNAME" ? endpoint.InterfaceName : word)), value);
    }

    private static void SetUpInside(NetworkNamespace space, BridgeEndpoint endpoint)
    {
        space.Run(() =>
        {
            foreach ((string key, string value) in InsideSysctls(endpoint))
                WriteSysctl(key, value, asked: endpoint.Sysctls.Count > 0);
            return true;
        });
        using RtnetlinkConnection links = space.OpenRtnetlink();
        int index = links.FindLink(endpoint.InterfaceName)!.Index;
        foreach ((IPAddress address, int length) in InsideAddresses(endpoint))
            links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6);
        links.SetUp(index);
    }

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
    private static Step[] DefaultRouteStep(string path, IReadOnlyList<BridgeEndpoint> before, IReadOnlyList<BridgeEndpoint> after) =>
        DefaultRoute.Describe(path, before, after) is { Length: > 0 } words
            ? [new(words, () => DefaultRoute.Settle(path, [.. before, .. after], after), () => DefaultRoute.Settle(path, [.. before, .. after], before))]
            : [];

    private (Change, IReadOnlyList<Attachment>) PlanDisconnect(IStateReader state, IReadOnlyList<Membership> memberships, ICollection<Problem> refused)
    {
        List<Attachment> gone = [];
        foreach (Membership membership in memberships)
            Refusing(refused, () =>
            {
                BridgeNetwork network = FindNetwork(state, membership.Network);
                BridgeContainer container = FindContainer(state, membership.Container);
                if (container.Kind == ContainerKind.Host && network.Name == "host")
                {
                    throw new BridgeNetException(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                        $"Container '{container.Name}' shares the host's namespace and cannot be taken out of it; remove the container.", container.Name);
                }
                BridgeEndpoint endpoint = container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id)
                    ?? throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound,
                        $"Container '{container.Name}' is not on network '{network.Name}'; Get-BridgeEndpoint shows what it is on.", container.Name);
                if (!gone.Exists(other => other.Endpoint.EndpointId == endpoint.EndpointId))
                    gone.Add(new Attachment(endpoint, container));
            });
        BridgeEndpoint[] endpoints = [.. gone.Select(static attachment => attachment.Endpoint)];
        (BridgeNetwork[] unused, Change removal) = UnusedDefault(state, endpoints);
        Intent intent = new()
        {
            Removing = true,
            Rows = [.. endpoints.Select(static endpoint => endpoint.EndpointId), .. removal.Intent.Rows],
            Links = [.. endpoints.Select(static endpoint => endpoint.HostInterface), .. removal.Intent.Links],
            Rules = removal.Intent.Rules || endpoints.Any(static endpoint => endpoint.Ports.Count > 0),
            Files = FilesOf(Forgotten(state, endpoints)),
            Settle = [.. endpoints.Select(static endpoint => endpoint.ContainerId).Distinct()],
            SettleNetworks = [.. endpoints.Select(static endpoint => endpoint.NetworkId).Distinct()],
        };
        List<Step> steps = [.. DetachSteps(state, endpoints, unused), .. removal.Steps];
        return (new Change(intent, steps), [.. gone.Select(attachment => attachment with { Networks = unused })]);
    }

    /// <summary>The default network when it loses its last endpoint: as it came with the first, it goes with the last.</summary>
    private (BridgeNetwork[] Unused, Change Removal) UnusedDefault(IStateReader state, IReadOnlyList<BridgeEndpoint> gone)
    {
        BridgeNetwork[] unused = [.. gone.Where(static endpoint => endpoint.NetworkName == DefaultNetwork).Select(static endpoint => endpoint.NetworkId).Distinct()
            .Where(id => state.Endpoints(networkId: id).All(endpoint => gone.Any(other => other.EndpointId == endpoint.EndpointId)))
            .Select(id => FindNetwork(state, id))];
        return (unused, RemovalChange(state, unused, []));
    }

    /// <summary>The steps that take endpoints away, all links in one request; what else a container is on gets its default route.</summary>
    /// <param name="state">The state.</param>
    /// <param name="gone">The endpoints.</param>
    /// <param name="removed">Networks that go with them, whose rules go as a whole.</param>
    /// <param name="containers">Containers that go with them, whose files go as a whole.</param>
    private List<Step> DetachSteps(IStateReader state, IReadOnlyList<BridgeEndpoint> gone, IReadOnlyList<BridgeNetwork> removed, IReadOnlyList<BridgeContainer>? containers = null)
    {
        if (gone.Count == 0)
            return [];
        BridgeContainer[] owners = [.. gone.Select(static endpoint => endpoint.ContainerId).Distinct().Select(id => FindContainer(state, id))];
        BridgeNetwork[] networks = [.. gone.Select(static endpoint => endpoint.NetworkId).Distinct().Select(id => FindNetwork(state, id))];
        string[] links = [.. gone.Select(static endpoint => endpoint.HostInterface)];
        List<Step> steps =
        [
            new(string.Join('\n', links.Select(static link => $"ip link delete {link}")), () => DeleteLinks(links), () =>
            {
                foreach (BridgeEndpoint endpoint in gone.Where(endpoint => Links.FindLink(endpoint.HostInterface) is null))
                {
                    foreach (Step step in LinkSteps(networks.First(network => network.Id == endpoint.NetworkId), endpoint, owners.First(owner => owner.Id == endpoint.ContainerId).NetNSPath))
                        step.Apply();
                }
                foreach (BridgeContainer owner in owners)
                    DefaultRoute.Settle(owner.NetNSPath, owner.Endpoints, owner.Endpoints);
            }),
        ];
        steps.AddRange(owners.SelectMany(owner => DefaultRouteStep(
            owner.NetNSPath, before: owner.Endpoints, after: [.. owner.Endpoints.ExceptBy(gone.Select(static endpoint => endpoint.EndpointId), static endpoint => endpoint.EndpointId)])));
        foreach (BridgeNetwork network in networks.ExceptBy(removed.Select(static network => network.Id), static network => network.Id))
        {
            BridgeEndpoint[] on = [.. gone.Where(endpoint => endpoint.NetworkId == network.Id && endpoint.Ports.Count > 0)];
            if (on.Length > 0)
                steps.AddRange(NetworkPortSteps(state, network, without: on, with: []));
        }
        steps.Add(ForgetFlowsStep(gone));
        steps.AddRange(NameSteps(state, new NameChange { Gone = gone, Removed = containers ?? Forgotten(state, gone) }, new ChangeContext()));
        return steps;
    }

    private static void RecordConnect(IStateTransaction state, Attachment made)
    {
        foreach (BridgeNetwork network in made.Networks)
            state.Put(network);
        if (state.FindContainerById(made.Container.Id) is null)
            state.Put(made.Container);
        BridgeEndpoint endpoint = made.Endpoint;
        state.Put(endpoint);
        EndpointRequest request = made.Request!;
        if (request.IPAddress is not null || request.IPv6Address is not null || request.MacAddress is not null)
        {
            state.Put(new Reservation(endpoint.NetworkId, endpoint.ContainerId, request.IPAddress is null ? null : endpoint.IPAddress,
                request.IPv6Address is null ? null : endpoint.IPv6Address, request.MacAddress is null ? null : endpoint.MacAddress));
        }
        BridgeNetwork recorded = state.FindNetworkById(endpoint.NetworkId)!;
        foreach (AddressFamily family in s_families)
        {
            bool chosen = (family == AddressFamily.InterNetwork ? request.IPAddress : request.IPv6Address) is null;
            if (chosen && endpoint.Address(family) is { } address)
                state.PutLastAddress(recorded.Id, recorded.Config(family)!.Subnet, address);
        }
    }

    private static void RecordDisconnect(IStateTransaction state, IReadOnlyList<Attachment> gone)
    {
        ForgetEndpoints(state, [.. gone.Select(static attachment => attachment.Endpoint)]);
        foreach (BridgeNetwork network in gone.SelectMany(static attachment => attachment.Networks).DistinctBy(static network => network.Id))
            state.DeleteNetwork(network.Id);
    }

    private static void ForgetEndpoints(IStateTransaction state, IReadOnlyList<BridgeEndpoint> endpoints)
    {
        foreach (BridgeEndpoint endpoint in endpoints)
            state.DeleteEndpoint(endpoint.EndpointId);
        foreach (BridgeContainer container in Forgotten(state, endpoints))
            state.DeleteContainer(container.Id);
    }

    /// <summary>The containers that go with their last endpoint: a namespace of somebody else's is ours to know only while it is on a network.</summary>
    private static BridgeContainer[] Forgotten(IStateReader state, IReadOnlyList<BridgeEndpoint> gone) =>
    [
        .. gone.Select(static endpoint => endpoint.ContainerId).Distinct().Select(state.FindContainerById).OfType<BridgeContainer>()
            .Where(container => container.Kind is ContainerKind.Process or ContainerKind.Path
                && state.Endpoints(containerId: container.Id).All(endpoint => gone.Any(other => other.EndpointId == endpoint.EndpointId))),
    ];

    private string[] FilesOf(IEnumerable<BridgeContainer> containers) => [.. containers.Select(FilesOf).OfType<ContainerFiles>().Select(static files => files.Location)];

    private static HashSet<string> InterfacesInside(NetworkNamespace space)
    {
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return [.. links.GetLinks().Select(static link => link.Name)];
    }

    /// <param name="Endpoint">The endpoint.</param>
    /// <param name="Container">Its container.</param>
    /// <param name="Request">What was asked for, when it is made.</param>
    /// <param name="Made">Networks that come or go with it.</param>
    private sealed record Attachment(BridgeEndpoint Endpoint, BridgeContainer Container, EndpointRequest? Request = null, BridgeNetwork[]? Made = null)
    {
        public BridgeNetwork[] Networks { get; init; } = Made ?? [];
    }
}

/// <summary>A container on a network, both by name or id.</summary>
/// <param name="Network">The network.</param>
/// <param name="Container">The container.</param>
public sealed record Membership(string Network, string Container);
