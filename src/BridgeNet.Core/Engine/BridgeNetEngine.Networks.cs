using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>The network that containers are on when none is named; made when it is first used.</summary>
    private const string DefaultNetwork = "bridge";

    /// <summary>Docker's keys of the driver options that mean something here.</summary>
    public static IReadOnlyList<string> OptionKeys { get; } = [.. NetworkOptionRules.Keys];

    /// <summary>Makes a network: bridge, addresses, sysctls, rules, and the link up last, so that no packet passes before its rules are there.</summary>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is left behind.</exception>
    public NetworkRow CreateNetwork(NetworkRequest request, ChangeContext context) =>
        Make(state => PlanCreate(state, request, context), static (state, made) => state.Put(made), context, dryRun: false).Result;

    /// <summary>What <see cref="CreateNetwork"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreateNetwork(NetworkRequest request, ChangeContext context) =>
        Describe(state => PlanCreate(state, request, context), context);

    /// <summary>Removes networks in one change: rules in one transaction, bridges in one request. One that is refused does not keep the others.</summary>
    /// <param name="networks">Names or ids.</param>
    /// <param name="force">Disconnect the containers that are on them; else such a network is refused.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>Why some were refused; empty when all are gone.</returns>
    public IReadOnlyList<Problem> RemoveNetworks(IReadOnlyList<string> networks, bool force, ChangeContext context) =>
        MakeEach(networks, (state, names, refused) => PlanRemove(state, names, force, refused), Forget, context);

    /// <summary>What <see cref="RemoveNetworks"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemoveNetworks(IReadOnlyList<string> networks, bool force) =>
        DescribeEach(networks, (state, names, refused) => PlanRemove(state, names, force, refused));

    private (Change, NetworkRow) PlanCreate(IStateReader state, NetworkRequest request, ChangeContext context)
    {
        NetworkRow network = PlanNetwork(state, request, context);
        return (CreateChange(state, network, context), network);
    }

    private Change CreateChange(IStateReader state, NetworkRow network, ChangeContext context)
    {
        if (network.ConfigOnly)
            return new Change(new Intent { Rows = [network.Id] }, []);
        List<Step> steps = LinkSteps(network, context);
        steps.Insert(steps.Count - 1, RulesStep(state, before: [], after: [network]));
        Intent intent = new()
        {
            Rows = [network.Id],
            Links = network.Adopted is null ? [LinkMark.Of(network)] : [],
            Adopted = network.Adopted is null ? [] : [IntentOf(network)],
            Rules = true,
            Sysctls = Forwarding(network).ToDictionary(static key => key, static _ => "0"),
        };
        return new Change(intent, steps);
    }

    /// <summary>The switches of forwarding that a network needs and that are off.</summary>
    private static IEnumerable<string> Forwarding(NetworkRow network) => new[]
    {
        (network.Config(AddressFamily.InterNetwork), "net/ipv4/ip_forward"),
        (network.Config(AddressFamily.InterNetworkV6), "net/ipv6/conf/all/forwarding"),
    }.Where(static family => family.Item1 is not null && Sysctl.Read(family.Item2) == "0").Select(static family => family.Item2);

    /// <summary>The steps of the bridge, which comes up in the last of them.</summary>
    private List<Step> LinkSteps(NetworkRow network, ChangeContext context)
    {
        string bridge = network.BridgeName!;
        uint group = DesiredRules.Group(network);
        int index = 0;
        List<Step> steps = [];
        if (network.Adopted is { } adopted)
        {
            steps.Add(new($"ip link set {bridge} group {group}",
                () =>
                {
                    index = FindBridge(network)?.Index ?? throw Gone(network);
                    Links.SetGroup(index, group);
                },
                () => GiveBack(IntentOf(network))));
        }
        else
        {
            LinkMark mark = LinkMark.Of(network);
            MacAddress mac = mark.Mac!.Value;
            steps.Add(new($"ip link add {bridge} address {mac} mtu {network.Mtu} group {group} type bridge; ip link set {bridge} alias '{mark.Alias}'",
                () => index = Links.CreateBridge(bridge, mac, network.Mtu, group, mark.Alias),
                () => DeleteLinks([mark])));
            steps.Add(SysctlStep([.. DesiredBridge.Settings(network, bridge)], () => _ = FindBridge(network) ?? throw Gone(network)));
        }
        foreach ((IPAddress address, int length) in DesiredBridge.Addresses(network).Where(address => network.Adopted?.Added.Contains(address.Address) ?? true))
        {
            steps.Add(new($"ip address add {address}/{length} dev {bridge}{NoDad(address)}", () =>
            {
                // An adopted bridge that was not given back after all has it still.
                if (network.Adopted is null || !Links.GetAddresses(address.AddressFamily).Any(there => there.LinkIndex == index && there.Address.Equals(address)))
                    Links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6);
            }));
        }
        foreach (string key in Forwarding(network))
        {
            if (key.StartsWith("net/ipv6", StringComparison.Ordinal) && AcceptsAdvertisements() is { Count: > 0 } uplinks)
                context.Warning($"IPv6 forwarding is switched on, so {string.Join(", ", uplinks.Select(ShellWord.Of))} will no longer take router advertisements; set net.ipv6.conf.<interface>.accept_ra=2 where the host needs them.");
            steps.Add(new($"sysctl -w {key.Replace('/', '.')}=1", () => Sysctl.Write(key, "1"), () => Sysctl.Write(key, "0")));
        }
        steps.Add(new($"ip link set {bridge} up", () => Links.SetUp(index)));
        return steps;
    }

    /// <summary>The step that sets settings of a link, which is compared with ours right before: they are written by its name.</summary>
    private static Step SysctlStep((string Key, string Value)[] sysctls, Action compare) =>
        new($"sysctl -w {string.Join(' ', sysctls.Select(static sysctl => $"{sysctl.Key.Replace('/', '.')}={sysctl.Value}"))}", () =>
        {
            compare();
            foreach ((string key, string value) in sysctls)
                Sysctl.TryWrite(key, value);
        });

    private static string NoDad(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? " nodad" : "";

    /// <summary>Interfaces that get their addresses from router advertisements only as long as the host does not forward (accept_ra 1).</summary>
    private IReadOnlyList<string> AcceptsAdvertisements() =>
        [.. Links.GetLinks().Where(link => link.Up && link.Kind is null && link.Name != "lo" && Sysctl.Read($"net/ipv6/conf/{link.Name}/accept_ra") == "1").Select(static link => link.Name)];

    private static BridgeNetException Gone(NetworkRow network) => new(ErrorIds.NetlinkFailed, ProblemCategory.ResourceUnavailable,
        $"The bridge {network.BridgeName} of network '{network.Name}' is gone: somebody else deleted it. Remove the network and make it again.", network.Name);

    private static AdoptedIntent IntentOf(NetworkRow network) => new(network.BridgeName!, network.BridgeMacAddress, network.Adopted!);

    /// <summary>What there is to give back of a bridge that a network takes.</summary>
    private AdoptedBridge WhatItHas(Link link, NetworkRow network)
    {
        HashSet<IPAddress> there = [.. s_families.SelectMany(Links.GetAddresses).Where(address => address.LinkIndex == link.Index).Select(static address => address.Address)];
        return new(link.Group, [.. DesiredBridge.Addresses(network).Select(static address => address.Address).Where(address => !there.Contains(address))], !link.Up,
            Sysctl.Read($"net/ipv4/conf/{link.Name}/route_localnet") == "1", Boot: Host.Boot);
    }

    /// <summary>Leaves a bridge that was there before its network as it was; another one that has its name by now stays as it is.</summary>
    private void GiveBack(AdoptedIntent adopted)
    {
        (string bridge, MacAddress? mac, AdoptedBridge had) = adopted;
        if (Links.FindLink(bridge) is not { } link || !IsAdopted(link, mac))
            return;
        foreach (InterfaceAddress address in s_families.SelectMany(Links.GetAddresses)
            .Where(address => address.LinkIndex == link.Index && had.Added.Contains(address.Address)))
        {
            Links.RemoveAddress(link.Index, address.Address, address.PrefixLength);
        }
        Links.SetGroup(link.Index, had.Group);
        RouteLoopback(bridge, had.RoutedLoopback);
        if (had.Mtu > 0 && link.Mtu != had.Mtu)
            Links.SetMtu(link.Index, had.Mtu);
        if (had.WasDown && link.Up)
            Links.SetDown(link.Index);
    }

    private (Change, Removal) PlanRemove(IStateReader state, IReadOnlyList<string> names, bool force, ICollection<Problem> refused)
    {
        List<NetworkRow> networks = [];
        List<EndpointRow> endpoints = [];
        foreach (string name in names)
            Refusing(refused, () =>
            {
                NetworkRow network = FindNetwork(state, name);
                if (NameRules.Predefined.Contains(network.Name))
                {
                    throw new BridgeNetException(ErrorIds.PredefinedNetwork, ProblemCategory.InvalidOperation,
                        $"'{network.Name}' is a predefined network and cannot be removed.", network.Name);
                }
                EndpointRow[] on = [.. state.Endpoints(networkId: network.Id)];
                if (on.Length > 0 && !force)
                {
                    throw new BridgeNetException(ErrorIds.NetworkInUse, ProblemCategory.ResourceBusy,
                        $"Network '{network.Name}' has active endpoints: {string.Join(", ", on.Select(static endpoint => endpoint.ContainerName).Order(StringComparer.Ordinal))}. Disconnect them first, or use -Force, which disconnects them.", network.Name);
                }
                string[] users = network.ConfigOnly ? [.. state.Networks().Where(other => other.ConfigFrom == network.Name && !names.Contains(other.Name) && !names.Contains(other.Id)).Select(static other => other.Name)] : [];
                if (users.Length > 0)
                {
                    throw new BridgeNetException(ErrorIds.NetworkInUse, ProblemCategory.ResourceBusy,
                        $"The configuration '{network.Name}' is in use by {string.Join(", ", users)}; remove these networks first.", network.Name);
                }
                if (networks.Exists(other => other.Id == network.Id))
                    return;
                networks.Add(network);
                endpoints.AddRange(on);
            });
        return (RemovalChange(state, networks, endpoints), new Removal(networks, endpoints));
    }

    private Change RemovalChange(IStateReader state, IReadOnlyList<NetworkRow> networks, IReadOnlyList<EndpointRow> endpoints)
    {
        NetworkRow[] own = [.. networks.Where(static network => network is { BridgeName: not null, Adopted: null })];
        NetworkRow[] adopted = [.. networks.Where(static network => network.Adopted is not null)];
        List<Step> steps = DetachSteps(state, endpoints, networks);
        if (own.Length > 0)
        {
            // The kernel waits for its readers in both, so the bridges go while the rules do. A network without its rules reaches
            // less than before, never more, so it does not matter which are gone first.
            // Whose they are is looked at before, for a warning must come from this thread.
            IReadOnlyList<int> doomed = [];
            Meanwhile links = new(() => Links.DeleteLinks(doomed));
            // Undone only as a whole: a removal that fails half-way is put together again from what the state knows.
            steps.Add(new(string.Join('\n', own.Select(static network => $"ip link delete {network.BridgeName}")), () =>
            {
                doomed = FindOwn([.. own.Select(LinkMark.Of)]);
                links.Begin();
            }, () =>
            {
                links.Wait();
                Rebuild(own, endpoints);
            }));
            Step rules = RulesStep(state, before: [.. own, .. adopted], after: []);
            steps.Add(rules with
            {
                Apply = () =>
                {
                    rules.Apply();
                    links.End();
                },
            });
        }
        else if (adopted.Length > 0)
        {
            steps.Add(RulesStep(state, before: adopted, after: []));
        }
        foreach (NetworkRow network in adopted)
            steps.Add(new($"ip link set {network.BridgeName} group {network.Adopted!.Group}", () => GiveBack(IntentOf(network)), () => Rebuild([network], endpoints)));
        steps.AddRange(ForgetFlowsStep([.. own, .. adopted]));
        return new Change(new Intent
        {
            Removing = true,
            Rows = [.. networks.Select(static network => network.Id), .. endpoints.Select(static endpoint => endpoint.EndpointId)],
            Links = [.. own.Select(LinkMark.Of), .. endpoints.Select(LinkMark.Of)],
            Adopted = [.. adopted.Select(IntentOf)],
            Rules = own.Length + adopted.Length > 0,
            Files = FilesOf(Forgotten(state, endpoints)),
            Settle = [.. endpoints.Select(static endpoint => endpoint.ContainerId).Distinct()],
        }, steps);
    }

    private void Rebuild(IReadOnlyList<NetworkRow> networks, IReadOnlyList<EndpointRow> endpoints)
    {
        foreach (NetworkRow network in networks.Where(network => network.Adopted is not null || FindBridge(network) is null))
        {
            foreach (Step step in LinkSteps(network, new ChangeContext()))
                step.Apply();
            Firewall.Attach(DesiredRules.Of(network, (EndpointRow[])[]));
            RouteLoopback(network, DesiredBridge.RoutesLoopback(network, endpoints.Where(endpoint => endpoint.NetworkId == network.Id).SelectMany(static endpoint => endpoint.Ports)));
        }
    }

    private static void Forget(IStateTransaction state, Removal removed)
    {
        ForgetEndpoints(state, removed.Endpoints);
        // Those that were made from a configuration before it.
        foreach (NetworkRow network in removed.Networks)
            state.DeleteNetwork(network.Id);
    }

    private sealed record Removal(IReadOnlyList<NetworkRow> Networks, IReadOnlyList<EndpointRow> Endpoints);
}
