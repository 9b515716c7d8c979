using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    private const string IPForward = "net/ipv4/ip_forward";

    /// <summary>Makes a network: bridge, address, sysctls, rules, and the link up last, so that no packet passes before its rules are there.</summary>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is left behind.</exception>
    public BridgeNetwork CreateNetwork(NetworkRequest request, ChangeContext context) =>
        Make(state => PlanCreate(state, request), static (state, made) => state.Put(made), context, dryRun: false).Result;

    /// <summary>What <see cref="CreateNetwork"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreateNetwork(NetworkRequest request) =>
        Make(state => PlanCreate(state, request), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    /// <summary>Removes networks in one change: rules in one transaction, bridges in one request.</summary>
    /// <param name="networks">Names or ids.</param>
    /// <param name="force">Disconnect the containers that are on them; else such a network is refused.</param>
    /// <param name="context">Who hears of it.</param>
    public void RemoveNetworks(IReadOnlyList<string> networks, bool force, ChangeContext context) =>
        Make(state => PlanRemove(state, networks, force), static (state, removed) => Forget(state, removed), context, dryRun: false);

    /// <summary>What <see cref="RemoveNetworks"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemoveNetworks(IReadOnlyList<string> networks, bool force) =>
        Make(state => PlanRemove(state, networks, force), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    private (Change, BridgeNetwork) PlanCreate(IStateReader state, NetworkRequest request)
    {
        List<Problem> problems = [];
        if (NameRules.Predefined.Contains(request.Name))
        {
            problems.Add(new(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                $"'{request.Name}' is a predefined network, which is always there and cannot be made; choose another name.", request.Name));
        }
        else
        {
            NameRules.Check("network", request.Name, problems);
        }
        if (state.FindNetwork(request.Name) is { } other)
        {
            problems.Add(new(ErrorIds.NetworkExists, ProblemCategory.ResourceExists,
                $"A network '{request.Name}' exists already (id {other.Network.ShortId}); choose another name, or remove it with Remove-BridgeNetwork.", request.Name));
        }
        if (request.Driver != "bridge")
        {
            problems.Add(new(ErrorIds.DriverUnknown, ProblemCategory.InvalidArgument,
                $"There is no network driver '{request.Driver}'; the driver is 'bridge'.", request.Name));
        }
        IpamConfig? config = null;
        if (request.Subnet is not null || request.Gateway is not null)
        {
            config = SubnetRequest.Validate(request.Subnet, request.Gateway, problems, request.Name);
            if (config is not null && SubnetPool.FindOverlap(config.Subnet, TakenRanges(state)) is { } taken)
            {
                problems.Add(new(ErrorIds.SubnetOverlaps, ProblemCategory.ResourceExists,
                    $"The subnet {config.Subnet} overlaps with {Whose(taken)}; choose one that is clear of it.", request.Name));
            }
        }
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        config ??= Automatic(SubnetPool.Choose(TakenRanges(state)));

        string id = NameRules.NewId();
        BridgeNetwork network = new()
        {
            Name = request.Name,
            Id = id,
            Created = DateTimeOffset.UtcNow,
            IPAM = new Model.Ipam { Options = new Dictionary<string, string>(), Config = [config] },
            Labels = request.Labels,
            BridgeName = $"br-{id[..12]}",
            BridgeMacAddress = MacAddress.Random(),
            Mtu = 1500,
            AutomaticSubnet = request.Subnet is null,
        };
        Intent intent = new() { Rows = [id], Links = [network.BridgeName], Rules = true, Sysctls = Forwards() ? new Dictionary<string, string>() : new() { [IPForward] = "0" } };
        List<Step> steps = LinkSteps(network, config);
        steps.Insert(steps.Count - 1, RulesStep(state, remove: [], add: [network]));
        return (new Change(intent, steps), network);
    }

    private static bool Forwards() => Sysctl.Read(IPForward) != "0";

    private static IpamConfig Automatic(IPNetwork subnet)
    {
        List<Problem> none = [];
        return SubnetRequest.Validate(subnet.ToString(), null, none, "") ?? throw new BridgeNetException(none);
    }

    /// <summary>The steps of the bridge, which comes up in the last of them.</summary>
    private List<Step> LinkSteps(BridgeNetwork network, IpamConfig config)
    {
        string bridge = network.BridgeName!;
        MacAddress mac = network.BridgeMacAddress!.Value;
        int index = 0;
        List<Step> steps =
        [
            new($"ip link add {bridge} address {mac} mtu {network.Mtu} group {InterfaceGroup.Id} alias 'bridgenet network {network.Name}' type bridge",
                () => index = Links.CreateBridge(bridge, mac, network.Mtu, InterfaceGroup.Id, $"bridgenet network {network.Name}"),
                () => DeleteLink(bridge)),
            new($"sysctl -w net.ipv6.conf.{bridge}.accept_ra=0", () => Sysctl.TryWrite($"net/ipv6/conf/{bridge}/accept_ra", "0")),
        ];
        if (config.Gateway is { } gateway)
        {
            steps.Add(new($"ip address add {gateway}/{config.Subnet.PrefixLength} dev {bridge}",
                () => Links.AddAddress(index, gateway, config.Subnet.PrefixLength)));
        }
        if (!Forwards())
            steps.Add(new("sysctl -w net.ipv4.ip_forward=1", () => Sysctl.Write(IPForward, "1"), () => Sysctl.Write(IPForward, "0")));
        steps.Add(new($"ip link set {bridge} up", () => Links.SetUp(index)));
        return steps;
    }

    private (Change, Removal) PlanRemove(IStateReader state, IReadOnlyList<string> names, bool force)
    {
        List<BridgeNetwork> networks = [];
        List<BridgeEndpoint> endpoints = [];
        List<Problem> problems = [];
        foreach (string name in names)
        {
            BridgeNetwork network = FindNetwork(state, name);
            if (network.BridgeName is null)
            {
                problems.Add(new(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                    $"'{network.Name}' is a predefined network and cannot be removed.", network.Name));
                continue;
            }
            BridgeEndpoint[] on = [.. state.Endpoints(networkId: network.Id)];
            if (on.Length > 0 && !force)
            {
                problems.Add(new(ErrorIds.NetworkInUse, ProblemCategory.ResourceBusy,
                    $"Network '{network.Name}' has active endpoints: {string.Join(", ", on.Select(endpoint => endpoint.ContainerName))}. Disconnect them first, or use -Force, which disconnects them.", network.Name));
            }
            networks.Add(network);
            endpoints.AddRange(on);
        }
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        List<Step> steps = DetachSteps(state, endpoints);
        // Undone only as a whole: a removal that fails half-way is put together again from what the state knows.
        steps.Add(new(string.Join('\n', networks.Select(network => $"ip link delete {network.BridgeName}")),
            () => DeleteLinks(networks.Select(network => network.BridgeName!)), () => Rebuild(networks)));
        steps.Add(RulesStep(state, remove: networks, add: []));
        Intent intent = new()
        {
            Removing = true,
            Rows = [.. networks.Select(network => network.Id), .. endpoints.Select(endpoint => endpoint.EndpointId)],
            Links = [.. networks.Select(network => network.BridgeName!), .. endpoints.Select(endpoint => endpoint.HostInterface)],
            Rules = true,
            Routed = [.. endpoints.Select(endpoint => endpoint.ContainerId).Distinct()],
        };
        return (new Change(intent, steps), new Removal(networks, endpoints));
    }

    private void Rebuild(List<BridgeNetwork> networks)
    {
        foreach (BridgeNetwork network in networks.Where(network => Links.FindLink(network.BridgeName!) is null))
        {
            foreach (Step step in LinkSteps(network, network.IPAM.Config[0]))
                step.Apply();
        }
    }

    private static void Forget(IStateTransaction state, Removal removed)
    {
        foreach (BridgeEndpoint endpoint in removed.Endpoints)
            state.DeleteEndpoint(endpoint.EndpointId);
        foreach (BridgeNetwork network in removed.Networks)
            state.DeleteNetwork(network.Id);
    }

    private void DeleteLink(string name) => DeleteLinks([name]);

    private void DeleteLinks(IEnumerable<string> names) =>
        Links.DeleteLinks([.. names.Select(Links.FindLink).OfType<Link>().Select(link => link.Index)]);

    /// <summary>
    /// The step that changes rules. The first network brings the chains that all share, the last one takes them, and where
    /// somebody took rules away meanwhile all are made anew.
    /// </summary>
    private Step RulesStep(IStateReader state, IReadOnlyList<BridgeNetwork> remove, IReadOnlyList<BridgeNetwork> add)
    {
        int before = state.CountNetworks();
        bool whole = before == 0 || before + add.Count == remove.Count;
        FirewallNetwork[] gone = [.. remove.Select(RulesOf)], made = [.. add.Select(RulesOf)];
        return new(string.Join('\n', Firewall.Describe(gone, made)),
            () =>
            {
                if (whole || !Firewall.TryChange(gone, made))
                    Firewall.Rebuild(AllRules(state, without: remove, with: add));
            },
            () => Firewall.Rebuild(AllRules(state, without: add, with: remove)));
    }

    private static IReadOnlyList<FirewallNetwork> AllRules(IStateReader state, IReadOnlyList<BridgeNetwork> without, IReadOnlyList<BridgeNetwork> with) =>
        [.. state.Networks().Select(row => row.Network).Concat(with).DistinctBy(network => network.Id).ExceptBy(without.Select(network => network.Id), network => network.Id).Select(RulesOf)];

    private static FirewallNetwork RulesOf(BridgeNetwork network) => new(network.Id, network.BridgeName!, network.Subnet!.Value);

    /// <summary>Every range that a new subnet has to keep clear of, networks first so that an overlap is told in their words.</summary>
    private List<TakenRange> TakenRanges(IStateReader state)
    {
        List<TakenRange> taken = [.. state.Subnets().Select(row => new TakenRange(row.Subnet, $"network '{row.Name}' ({row.Subnet})"))];
        taken.AddRange(Links.GetRoutes(AddressFamily.InterNetwork)
            .Where(route => route.Destination.PrefixLength > 0)
            .Select(route => new TakenRange(route.Destination, $"the route {route.Destination}", route.LinkIndex)));
        // A link that is down has addresses without routes.
        taken.AddRange(Links.GetAddresses(AddressFamily.InterNetwork)
            .Select(address => new TakenRange(new IPNetwork(address.Address, 32), $"the address {address.Address}", address.LinkIndex)));
        taken.AddRange(Nameservers.Read().Select(server => new TakenRange(new IPNetwork(server, 32), $"the name server {server}")));
        return taken;
    }

    private string Whose(TakenRange taken) => taken.LinkIndex != 0 && Links.FindLink(taken.LinkIndex) is { } link ? $"{taken.Owner} dev {link.Name}" : taken.Owner;

    private sealed record Removal(IReadOnlyList<BridgeNetwork> Networks, IReadOnlyList<BridgeEndpoint> Endpoints);
}
