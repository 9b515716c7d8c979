using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    /// <summary>Gives a container an interface in a network: the next free name, an address, and the default route if it has none.</summary>
    public BridgeEndpoint Connect(EndpointRequest request, ContainerReference container, ChangeContext context) =>
        Make(state => PlanConnect(state, request, container), RecordConnect, context, dryRun: false).Result.Endpoint;

    /// <summary>What <see cref="Connect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeConnect(EndpointRequest request, ContainerReference container) =>
        Make(state => PlanConnect(state, request, container), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    /// <summary>Takes a container off a network; a namespace that is gone already is no obstacle.</summary>
    public void Disconnect(string network, string container, ChangeContext context) =>
        Make(state => PlanDisconnect(state, network, container), RecordDisconnect, context, dryRun: false);

    /// <summary>What <see cref="Disconnect"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeDisconnect(string network, string container) =>
        Make(state => PlanDisconnect(state, network, container), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    private (Change, Attachment) PlanConnect(IStateReader state, EndpointRequest request, ContainerReference reference)
    {
        BridgeNetwork network = FindNetwork(state, request.Network);
        BridgeContainer container = ResolveContainer(state, reference);
        using NetworkNamespace space = NetworkNamespace.Open(container.NetNSPath);
        HashSet<string> inside = InterfacesInside(space);
        BridgeEndpoint endpoint = PlanEndpoint(state, network, container, request, inside);
        Intent intent = new() { Rows = [endpoint.EndpointId], Links = [endpoint.HostInterface], Routed = [container.Id] };
        return (new Change(intent, ConnectSteps(network, endpoint, container.NetNSPath, [.. container.Endpoints, endpoint])), new Attachment(endpoint, container));
    }

    /// <summary>Chooses everything of an endpoint; refuses with all problems together.</summary>
    private static BridgeEndpoint PlanEndpoint(
        IStateReader state, BridgeNetwork network, BridgeContainer container, EndpointRequest request, IReadOnlySet<string> inside)
    {
        if (network.Subnet is not { } subnet)
        {
            throw new BridgeNetException(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                $"'{network.Name}' is a predefined network that containers cannot be connected to; make one with New-BridgeNetwork.", network.Name);
        }
        List<Problem> problems = [];
        IReadOnlyList<BridgeEndpoint> endpoints = state.Endpoints(networkId: network.Id);
        if (endpoints.Any(row => row.ContainerId == container.Id))
        {
            problems.Add(new(ErrorIds.AlreadyConnected, ProblemCategory.ResourceExists,
                $"Container '{container.Name}' is on network '{network.Name}' already; disconnect it first to change its address.", container.Name));
        }
        IPAddress? address = null;
        if (request.IPAddress is { } asked)
            address = CheckAddress(network, subnet, asked, endpoints, problems);
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        address ??= AddressPool.Choose(subnet, network.Gateway, endpoints.Select(row => row.IPAddress!).ToHashSet(), state.FindNetworkById(network.Id)?.LastAddress);

        string id = NameRules.NewId();
        return new BridgeEndpoint
        {
            NetworkName = network.Name,
            NetworkId = network.Id,
            ContainerName = container.Name,
            ContainerId = container.Id,
            EndpointId = id,
            InterfaceName = Enumerable.Range(0, int.MaxValue).Select(number => $"eth{number}").First(name => !inside.Contains(name)),
            HostInterface = $"veth{id[..7]}",
            MacAddress = MacAddress.FromIPv4(address),
            IPAddress = address,
            PrefixLength = subnet.PrefixLength,
            Gateway = network.Gateway,
        };
    }

    private static IPAddress? CheckAddress(
        BridgeNetwork network, IPNetwork subnet, string asked, IReadOnlyList<BridgeEndpoint> endpoints, List<Problem> problems)
    {
        if (network.AutomaticSubnet)
        {
            problems.Add(new(ErrorIds.StaticAddressNeedsSubnet, ProblemCategory.InvalidOperation,
                $"An address can be asked for only on a network whose subnet was given; the subnet of '{network.Name}' was chosen automatically. Leave -IPAddress out, or make the network with -Subnet.", network.Name));
            return null;
        }
        string? Owner(IPAddress address) => address.Equals(network.Gateway)
            ? "the gateway"
            : endpoints.FirstOrDefault(row => address.Equals(row.IPAddress)) is { } row ? $"container '{row.ContainerName}'" : null;
        if (AddressPool.Check(asked, subnet, Owner, network.Name, out IPAddress? address) is { } problem)
            problems.Add(problem);
        return address;
    }

    /// <summary>The steps of an endpoint; <paramref name="all"/> are the container's endpoints with it.</summary>
    private List<Step> ConnectSteps(BridgeNetwork network, BridgeEndpoint endpoint, string path, IReadOnlyList<BridgeEndpoint> all)
    {
        string host = endpoint.HostInterface, inside = endpoint.InterfaceName;
        return
        [
            new($"ip link add {host} mtu {network.Mtu} master {network.BridgeName} up type veth peer name {inside} address {endpoint.MacAddress} netns {path}",
                () =>
                {
                    using NetworkNamespace space = NetworkNamespace.Open(path);
                    Link bridge = Links.FindLink(network.BridgeName!) ?? throw new BridgeNetException(ErrorIds.NetlinkFailed, ProblemCategory.ResourceUnavailable,
                        $"The bridge {network.BridgeName} of network '{network.Name}' is gone: somebody else deleted it. Remove the network and make it again.", network.Name);
                    // Not in the group of the bridges: forwarding sees the bridge, never its ports.
                    Links.CreateVeth(host, network.Mtu, bridge.Index, $"bridgenet endpoint {endpoint.ContainerName}", 0, space.Handle, inside, endpoint.MacAddress);
                },
                () => DeleteLink(host)),
            new($"ip -n {path} address add {endpoint.IPAddress}/{endpoint.PrefixLength} dev {inside}; ip -n {path} link set {inside} up",
                () =>
                {
                    using NetworkNamespace space = NetworkNamespace.Open(path);
                    using RtnetlinkConnection links = space.OpenRtnetlink();
                    int index = links.FindLink(inside)!.Index;
                    links.AddAddress(index, endpoint.IPAddress!, endpoint.PrefixLength);
                    links.SetUp(index);
                }),
            .. DefaultRouteStep(path, before: [.. all.Where(other => other.EndpointId != endpoint.EndpointId)], after: all),
        ];
    }

    /// <summary>The step that moves the default route, where another endpoint is the one to carry it.</summary>
    private static Step[] DefaultRouteStep(string path, IReadOnlyList<BridgeEndpoint> before, IReadOnlyList<BridgeEndpoint> after) =>
        DefaultRoute.Choose(after) is { } chosen && chosen.EndpointId != DefaultRoute.Choose(before)?.EndpointId
            ? [new($"ip -n {path} route replace default via {chosen.Gateway} dev {chosen.InterfaceName}",
                () => DefaultRoute.Settle(path, after), () => DefaultRoute.Settle(path, before))]
            : [];

    private (Change, Attachment) PlanDisconnect(IStateReader state, string networkName, string containerName)
    {
        BridgeNetwork network = FindNetwork(state, networkName);
        BridgeContainer container = FindContainer(state, containerName);
        BridgeEndpoint endpoint = container.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkId == network.Id)
            ?? throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound,
                $"Container '{container.Name}' is not on network '{network.Name}'; Get-BridgeEndpoint shows what it is on.", container.Name);
        Intent intent = new() { Removing = true, Rows = [endpoint.EndpointId], Links = [endpoint.HostInterface], Routed = [container.Id] };
        return (new Change(intent, DetachSteps(state, [endpoint])), new Attachment(endpoint, container));
    }

    /// <summary>The steps that take endpoints away, all links in one request; what else a container is on gets its default route.</summary>
    private List<Step> DetachSteps(IStateReader state, IReadOnlyList<BridgeEndpoint> gone)
    {
        if (gone.Count == 0)
            return [];
        BridgeContainer[] containers = [.. gone.Select(endpoint => endpoint.ContainerId).Distinct().Select(id => FindContainer(state, id))];
        BridgeNetwork[] networks = [.. gone.Select(endpoint => endpoint.NetworkId).Distinct().Select(id => FindNetwork(state, id))];
        string[] links = [.. gone.Select(endpoint => endpoint.HostInterface)];
        return
        [
            new(string.Join('\n', links.Select(link => $"ip link delete {link}")), () => DeleteLinks(links), () =>
            {
                foreach (BridgeEndpoint endpoint in gone.Where(endpoint => Links.FindLink(endpoint.HostInterface) is null))
                {
                    BridgeContainer container = containers.First(container => container.Id == endpoint.ContainerId);
                    foreach (Step step in ConnectSteps(networks.First(network => network.Id == endpoint.NetworkId), endpoint, container.NetNSPath, container.Endpoints))
                        step.Apply();
                }
            }),
            .. containers.SelectMany(container => DefaultRouteStep(
                container.NetNSPath, before: container.Endpoints, after: [.. container.Endpoints.ExceptBy(gone.Select(endpoint => endpoint.EndpointId), endpoint => endpoint.EndpointId)])),
        ];
    }

    private static void RecordConnect(IStateTransaction state, Attachment made)
    {
        if (state.FindContainerById(made.Container.Id) is null)
            state.Put(made.Container);
        state.Put(made.Endpoint);
    }

    private static void RecordDisconnect(IStateTransaction state, Attachment gone)
    {
        state.DeleteEndpoint(gone.Endpoint.EndpointId);
        // A namespace of somebody else's is ours to know only while it is on a network.
        if (gone.Container.Kind != ContainerKind.Owned && gone.Container.Endpoints.Count == 1)
            state.DeleteContainer(gone.Container.Id);
    }

    private static HashSet<string> InterfacesInside(NetworkNamespace space)
    {
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return [.. links.GetLinks().Select(link => link.Name)];
    }

    private sealed record Attachment(BridgeEndpoint Endpoint, BridgeContainer Container);
}
