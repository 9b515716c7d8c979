using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    private const string Missing = "missing";

    /// <summary>Everything in which the kernel differs from what the state says; empty when all is as it is meant to be.</summary>
    /// <param name="networks">Names or ids of networks; null for all, and for what they share.</param>
    public IReadOnlyList<BridgeDrift> FindDrift(IReadOnlyList<string>? networks) => Guard<IReadOnlyList<BridgeDrift>>(() =>
        [.. Findings(_store.Reader, networks).Select(static finding => finding.Drift)]);

    /// <summary>Mends what can be mended: once more does nothing. Connections that work go on.</summary>
    /// <param name="networks">Names or ids of networks; null for all, and for what they share.</param>
    /// <param name="context">Who hears of it.</param>
    /// <returns>What was found, and what could not be mended.</returns>
    public (IReadOnlyList<BridgeDrift> Found, IReadOnlyList<Problem> Problems) Repair(IReadOnlyList<string>? networks, ChangeContext context) => Guard<(IReadOnlyList<BridgeDrift>, IReadOnlyList<Problem>)>(() =>
    {
        using IDisposable? trace = KernelTrace.Listen(context.Debug);
        using IStateTransaction state = BeginChange(context.Cancellation);
        List<BridgeDrift> found = [];
        List<Problem> problems = [];
        // Mending a bridge brings differences of its ports to light, and a namespace those of its interfaces.
        for (int round = 0; round < 4; round++)
        {
            Finding[] findings = [.. Findings(state, networks).Where(finding => !found.Contains(finding.Drift))];
            found.AddRange(findings.Select(static finding => finding.Drift));
            if (!findings.Any(static finding => finding.Mend is not null))
                break;
            foreach (Finding finding in findings)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (finding.Mend is not { } mend)
                    continue;
                context.Verbose(finding.Drift.Repair);
                try
                {
                    mend();
                }
                catch (Exception failure)
                {
                    problems.AddRange(ErrorMap.ToProblems(failure, finding.Drift.Repair));
                }
            }
        }
        state.Commit();
        return (found, problems);
    });

    private IReadOnlyList<Finding> Findings(IStateReader state, IReadOnlyList<string>? names)
    {
        BridgeNetwork[] networks = [.. names is null
            ? state.Networks().Where(static network => network.BridgeName is not null)
            : names.Select(name => FindNetwork(state, name)).Where(static network => network.BridgeName is not null)];
        BridgeContainer[] alone = names is null ? [.. state.Containers().Where(container => state.Endpoints(containerId: container.Id).Count == 0)] : [];
        if (networks.Length + alone.Length == 0)
            return [.. RuleFindings(state)];
        HostFacts host = new(Links);
        BridgeEndpoint[] endpoints = [.. networks.SelectMany(network => state.Endpoints(networkId: network.Id))];
        ILookup<string, BridgeEndpoint> byContainer = endpoints.ToLookup(static endpoint => endpoint.ContainerId);
        return
        [
            // Rules first, so that what comes up again is guarded from its first packet on.
            .. RuleFindings(state),
            .. networks.SelectMany(Forwarding).Distinct().Select(static key => SysctlFinding("", key, "1")),
            .. networks.SelectMany(network => NetworkFindings(network, host, state.Endpoints(networkId: network.Id))),
            .. byContainer.SelectMany(group => ContainerFindings(state, group.Key, [.. group], networks, host)),
            .. alone.SelectMany(container => ContainerFindings(state, container.Id, [], networks, host)),
        ];
    }

    private IEnumerable<Finding> RuleFindings(IStateReader state)
    {
        FirewallNetwork[] rules = [.. AllRules(state)];
        if (rules.Length > 0 && MoveRulesStep(state) is { } move)
        {
            yield return new Finding(new BridgeDrift
            {
                NetworkName = "",
                Kind = DriftKind.Rule,
                Object = "the rules of all networks",
                Expected = $"in {Firewall.Name}",
                Actual = $"in {state.FirewallBackend()}",
                Repair = move.Words,
            }, () =>
            {
                move.Apply();
                (state as IStateTransaction)?.PutFirewallBackend(Firewall.Name);
            });
            yield break;
        }
        RuleDifference[] differences = [.. Firewall.Compare(rules)];
        // All of them are mended together, in one transaction of each family.
        bool mended = false;
        foreach (RuleDifference difference in differences)
        {
            yield return new Finding(new BridgeDrift
            {
                NetworkName = state.Networks().FirstOrDefault(network => network.BridgeName is { } bridge && difference.Object.Contains(bridge, StringComparison.Ordinal))?.Name ?? "",
                Kind = difference.Foreign ? DriftKind.ForeignRule : DriftKind.Rule,
                Object = difference.Object,
                Expected = difference.Expected,
                Actual = difference.Actual,
                Repair = difference.Repair,
                Repairable = !difference.Foreign,
            }, difference.Foreign || mended ? null : () => Firewall.Rebuild(rules));
            mended |= !difference.Foreign;
        }
    }

    private IEnumerable<Finding> NetworkFindings(BridgeNetwork network, HostFacts host, IReadOnlyList<BridgeEndpoint> endpoints)
    {
        string bridge = network.BridgeName!;
        foreach (Clash clash in host.ClashesOf(network))
        {
            yield return new Finding(new BridgeDrift
            {
                NetworkName = network.Name,
                Kind = DriftKind.Overlap,
                Object = $"{clash.Subnet}",
                Expected = "a subnet of its own",
                Actual = $"also {clash.With}",
                Repair = "remove the route or address, or make the network anew with another subnet",
                Repairable = false,
            }, null);
        }
        if (host.Find(bridge) is not { Kind: "bridge" } link)
        {
            bool other = host.Find(bridge) is not null;
            yield return new Finding(new BridgeDrift
            {
                NetworkName = network.Name,
                Kind = DriftKind.Bridge,
                Object = bridge,
                Expected = "a bridge",
                Actual = other ? $"a link of another kind" : Missing,
                Repair = other ? $"rename or remove the link {bridge}, then repair again" : string.Join('\n', LinkSteps(network, new ChangeContext()).Select(static step => step.Words)),
                Repairable = !other,
            }, other ? null : () => Rebuild([network], endpoints));
            yield break;
        }
        string Mtu(int value) => $"mtu {value}";
        uint group = InterfaceGroup.Of(network.EnableIPv6);
        if (link.Group != group)
            yield return LinkFinding(network, null, bridge, $"group {group}", $"group {link.Group}", () => Links.SetGroup(link.Index, group));
        if (link.Mtu != network.Mtu && network.Adopted is null)
            yield return LinkFinding(network, null, bridge, Mtu(network.Mtu), Mtu(link.Mtu), () => Links.SetMtu(link.Index, network.Mtu));
        if (network.Adopted is null && network.BridgeMacAddress is { } mac && link.Mac != mac)
            yield return LinkFinding(network, null, bridge, $"address {mac}", $"address {link.Mac}", () => Links.SetMac(link.Index, mac));
        foreach ((IPAddress address, int length) in BridgeAddresses(network).Where(wanted => !host.Has(link.Index, wanted.Address, wanted.PrefixLength)))
            yield return AddressFinding(network, null, $"{address}/{length}", bridge, $"ip address add {address}/{length} dev {bridge}{NoDad(address)}",
                () => Links.AddAddress(link.Index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6));
        if (network.Adopted is null && Sysctl.Read($"net/ipv6/conf/{bridge}/accept_ra") is not (null or "0"))
            yield return SysctlFinding(network.Name, $"net/ipv6/conf/{bridge}/accept_ra", "0");
        string loopback = NeedsLoopback(endpoints.SelectMany(static endpoint => endpoint.Ports)) ? "1" : "0";
        if (Sysctl.Read($"net/ipv4/conf/{bridge}/route_localnet") is { } now && now != loopback && (loopback == "1" || network.Adopted is null))
            yield return SysctlFinding(network.Name, $"net/ipv4/conf/{bridge}/route_localnet", loopback);
        if (!link.Up)
            yield return LinkFinding(network, null, bridge, "up", "down", () => Links.SetUp(link.Index));
    }

    private static Finding SysctlFinding(string network, string key, string value) => new(new BridgeDrift
    {
        NetworkName = network,
        Kind = DriftKind.Sysctl,
        Object = key.Replace('/', '.'),
        Expected = value,
        Actual = Sysctl.Read(key) ?? Missing,
        Repair = $"sysctl -w {key.Replace('/', '.')}={value}",
    }, () => Sysctl.TryWrite(key, value));

    private static Finding LinkFinding(BridgeNetwork network, BridgeContainer? container, string link, string expected, string actual, Action mend, string? words = null) => new(new BridgeDrift
    {
        NetworkName = network.Name,
        ContainerName = container?.Name ?? "",
        Kind = DriftKind.Link,
        Object = link,
        Expected = expected,
        Actual = actual,
        Repair = words ?? $"ip link set {link} {expected}",
    }, mend);

    private static Finding AddressFinding(BridgeNetwork network, BridgeContainer? container, string address, string link, string words, Action mend) => new(new BridgeDrift
    {
        NetworkName = network.Name,
        ContainerName = container?.Name ?? "",
        Kind = DriftKind.Address,
        Object = $"{address} dev {link}",
        Expected = address,
        Actual = Missing,
        Repair = words,
    }, mend);

    /// <summary>The host's links, addresses and routes, read once.</summary>
    private sealed class HostFacts(RtnetlinkConnection links)
    {
        private readonly Dictionary<string, Link> _byName = links.GetLinks().ToDictionary(static link => link.Name);
        private readonly InterfaceAddress[] _addresses = [.. s_families.SelectMany(links.GetAddresses)];
        private readonly Route[] _routes = [.. s_families.SelectMany(links.GetRoutes)];

        public Link? Find(string name) => _byName.GetValueOrDefault(name);

        public bool Has(int index, IPAddress address, int length) => _addresses.Any(known => known.LinkIndex == index && known.PrefixLength == length && known.Address.Equals(address));

        /// <summary>Routes and addresses of other links within a network's subnets, which came after it.</summary>
        public IEnumerable<Clash> ClashesOf(BridgeNetwork network)
        {
            int own = network.BridgeName is { } bridge && _byName.TryGetValue(bridge, out Link? link) ? link.Index : 0;
            foreach (IpamConfig config in network.IPAM.Config)
            {
                bool Overlaps(IPNetwork other) => other.BaseAddress.AddressFamily == config.Subnet.BaseAddress.AddressFamily && (other.Contains(config.Subnet.BaseAddress) || config.Subnet.Contains(other.BaseAddress));
                string On(int index) => _byName.Values.FirstOrDefault(candidate => candidate.Index == index) is { } found ? $" dev {found.Name}" : "";
                foreach (Route route in _routes.Where(route => route.LinkIndex != own && route.Destination.PrefixLength > 0 && Overlaps(route.Destination)))
                    yield return new Clash(config.Subnet, $"the route {route.Destination}{On(route.LinkIndex)}");
                foreach (InterfaceAddress address in _addresses.Where(address => address.LinkIndex != own && config.Subnet.Contains(address.Address)))
                    yield return new Clash(config.Subnet, $"the address {address.Address}{On(address.LinkIndex)}");
            }
        }
    }

    private sealed record Clash(IPNetwork Subnet, string With);
}
