using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>What of a container is not as it is meant to be on some networks, on the host and inside.</summary>
    private IEnumerable<Finding> ContainerFindings(IStateReader state, ContainerRow container, IReadOnlyDictionary<string, NetworkRow> networks, HostFacts host, NameView view)
    {
        EndpointRow[] endpoints = [.. container.Endpoints.Where(endpoint => networks.ContainsKey(endpoint.NetworkId))];
        using NetworkNamespace? space = Door.TryOpen(container);
        if (space is null)
        {
            yield return NamespaceFinding(state, container, networks);
            yield break;
        }
        if (endpoints.Length > 0)
        {
            (HostFacts inside, IReadOnlyList<(InsideSetting Setting, string Now)> settings) = LookInside(space, endpoints);
            Finding[] findings = [.. endpoints.SelectMany(endpoint => EndpointFindings(networks[endpoint.NetworkId], container, endpoint, host, inside))];
            // Of an interface that is made anew they come with it, and one of somebody else's has its own.
            bool IsThere(EndpointRow endpoint) => findings.All(finding => finding.Drift.Kind != DriftKind.Endpoint || finding.Drift.NetworkName != endpoint.NetworkName);
            foreach (Finding finding in settings.Where(differs => IsThere(differs.Setting.Endpoint)).Select(differs => InsideSysctlFinding(container, differs.Setting, differs.Now)).Concat(findings))
                yield return finding;
            // Of an interface that is made anew the route comes with it.
            if (container.Endpoints.All(endpoint => inside.Find(endpoint.InterfaceName) is not null) && findings.All(static finding => finding.Drift.Kind != DriftKind.Endpoint))
            {
                foreach (Finding finding in RouteFindings(endpoints[0].NetworkName, container, inside))
                    yield return finding;
            }
        }
        if (NamesDiffer(container, view) is { } file)
        {
            yield return new Finding(new DriftItem
            {
                NetworkName = endpoints.FirstOrDefault()?.NetworkName ?? "",
                ContainerName = container.Name,
                Kind = DriftKind.File,
                Object = file,
                Expected = "the names of its networks",
                Actual = File.Exists(file) ? "others" : Missing,
                Repair = $"update {file}",
            }, () => Write([container], view, new ChangeContext()));
        }
    }

    /// <summary>The two ends of an endpoint's veth pair, each known by its name, or else by the other.</summary>
    private IEnumerable<Finding> EndpointFindings(NetworkRow network, ContainerRow container, EndpointRow endpoint, HostFacts host, HostFacts inside)
    {
        string outer = endpoint.HostInterface, inner = endpoint.InterfaceName, path = container.NetNSPath;
        // Ours by its own mark, or because its other end has ours.
        Link? port = host.Find(outer) is { Kind: "veth" } here && (LinkMark.Of(endpoint).IsOn(here) || IsPeerInside(here, endpoint, inside)) ? here : null;
        Link? link = inside.Find(inner) is { Kind: "veth" } there && (port is null ? there.Mac == endpoint.MacAddress : ArePair(port, there)) ? there : null;
        if (port is not null)
            link ??= inside.Find(port.PeerIndex == 0 ? port.Index : port.PeerIndex) is { Kind: "veth" } renamed && ArePair(port, renamed) && renamed.Mac == endpoint.MacAddress ? renamed : null;
        else if (link is not null)
            port = host.Find(link.PeerIndex == 0 ? link.Index : link.PeerIndex) is { Kind: "veth" } renamed && ArePair(renamed, link) && renamed.Alias == LinkMark.Of(endpoint).Alias ? renamed : null;
        if (port is null || link is null)
        {
            yield return MissingFinding(network, container, endpoint, host, inside);
            yield break;
        }
        if (port.Name != outer)
            yield return RenamedFinding(network, container, outer, port, $"ip link set {ShellWord.Of(port.Name)} name {outer}", () => Links.Rename(port.Index, outer));
        if (link.Name != inner)
            yield return RenamedFinding(network, container, inner, link, $"ip -n {path} link set {ShellWord.Of(link.Name)} name {inner}", () => WithLinks(container, links => links.Rename(link.Index, inner)));
        foreach (Finding finding in PortFindings(network, container, endpoint, host, port).Concat(InsideFindings(network, container, endpoint, link, inside)))
            yield return finding;
    }

    private static bool IsPeerInside(Link port, EndpointRow endpoint, HostFacts inside) =>
        inside.Find(port.PeerIndex == 0 ? port.Index : port.PeerIndex) is { Kind: "veth" } link && link.Mac == endpoint.MacAddress && ArePair(port, link);

    // Each names the other; kernels before 5.10 leave a number out that is the same on both sides.
    private static bool ArePair(Link one, Link other)
    {
        static int PeerOf(Link link) => link.PeerIndex == 0 ? link.Index : link.PeerIndex;
        return PeerOf(one) == other.Index && PeerOf(other) == one.Index;
    }

    private static Finding RenamedFinding(NetworkRow network, ContainerRow container, string name, Link link, string words, Action mend) => new(new DriftItem
    {
        NetworkName = network.Name,
        ContainerName = container.Name,
        Kind = DriftKind.Endpoint,
        Object = name,
        Expected = "an end of a veth pair",
        Actual = $"renamed to {ShellWord.Of(link.Name)}",
        Repair = words,
    }, mend);

    private Finding MissingFinding(NetworkRow network, ContainerRow container, EndpointRow endpoint, HostFacts host, HostFacts inside)
    {
        Link? taken = host.Find(endpoint.HostInterface) is { } outside && !LinkMark.Of(endpoint).IsOn(outside) ? outside
            : inside.Find(endpoint.InterfaceName) is { } there && !IsLeft(there, endpoint) ? there : null;
        return new Finding(new DriftItem
        {
            NetworkName = network.Name,
            ContainerName = container.Name,
            Kind = DriftKind.Endpoint,
            Object = host.Find(endpoint.HostInterface) is { } port && LinkMark.Of(endpoint).IsOn(port) ? endpoint.InterfaceName : endpoint.HostInterface,
            Expected = "an end of a veth pair",
            Actual = taken is null ? Missing : $"a link of somebody else's is called {ShellWord.Of(taken.Name)}",
            Repair = taken is not null ? $"rename or remove the link {ShellWord.Of(taken.Name)}, then repair again" : string.Join('\n', [RenewWords(network, endpoint, new ContainerSpace(container, Door)), .. RouteWords(container.NetNSPath, container.Endpoints)]),
            Repairable = taken is null,
        }, taken is not null ? null : () =>
        {
            using ContainerSpace space = new(container, Door);
            RenewLinks(network, endpoint, space);
            SettleDefaultRoute(space.Open(), container.Endpoints, container.Endpoints);
        });
    }

    /// <summary>Whether a link inside is what is left of a pair of ours.</summary>
    private static bool IsLeft(Link inside, EndpointRow endpoint) => inside.Kind == "veth" && inside.Mac == endpoint.MacAddress;

    private string RenewWords(NetworkRow network, EndpointRow endpoint, ContainerSpace space) => string.Join('\n', LinkSteps(network, endpoint, space).Select(static step => step.Words));

    private static string[] RouteWords(string path, IReadOnlyList<EndpointRow> endpoints) => DefaultRoute.Describe(path, [], endpoints) is { Length: > 0 } words ? [words] : [];

    /// <summary>The veth pair of an endpoint anew; whatever half of it is left goes.</summary>
    private void RenewLinks(NetworkRow network, EndpointRow endpoint, ContainerSpace space)
    {
        DeleteLinks([LinkMark.Of(endpoint)]);
        using (RtnetlinkConnection inside = space.Open().OpenRtnetlink())
            inside.DeleteLinks([.. inside.FindLink(endpoint.InterfaceName) is { } left && IsLeft(left, endpoint) ? (int[])[left.Index] : []]);
        foreach (Step step in LinkSteps(network, endpoint, space))
            step.Apply();
    }

    /// <summary>The bridge port of an endpoint.</summary>
    private IEnumerable<Finding> PortFindings(NetworkRow network, ContainerRow container, EndpointRow endpoint, HostFacts host, Link port)
    {
        string name = endpoint.HostInterface;
        PortFlags flags = PortFlags.Of(network, endpoint), now = PortFlags.Of(port);
        Link? bridge = BridgeOf(network, host);
        if (port.Master == 0 || port.Master != bridge?.Index)
        {
            Finding finding = LinkFinding(network, container, name, $"master {network.BridgeName}", host.Find(port.Master) is { } other ? $"master {ShellWord.Of(other.Name)}" : "no master", () =>
            {
                Links.SetMaster(port.Index, (FindBridge(network) ?? throw Gone(network)).Index);
                SetPort(port.Index, flags);
                if (network.AntiSpoof)
                    Links.ReplaceForwarding(port.Index, endpoint.MacAddress);
            }, string.Join("; ",
            [
                $"ip link set {name} master {network.BridgeName}",
                .. flags != PortFlags.Default ? [PortWords(name, flags, PortFlags.Default)] : (string[])[],
                .. network.AntiSpoof ? [ForwardingWords(endpoint)] : (string[])[],
            ]));
            // Where another link has the bridge's name, or its owner has to bring it back, there is nothing to attach it to.
            bool comes = bridge is not null || (network.Adopted is null && host.Find(network.BridgeName!) is null);
            yield return comes ? finding : finding with { Mend = null, Drift = finding.Drift with { Repairable = false } };
        }
        else
        {
            if (now != flags)
                yield return LinkFinding(network, container, name, flags.Unlike(now), now.Unlike(flags), () => SetPort(port.Index, flags), PortWords(name, flags, now));
            if (network.AntiSpoof && !host.IsBehind(port.Index, endpoint.MacAddress))
                yield return LinkFinding(network, container, name, $"fdb {endpoint.MacAddress} static", Missing,
                    () => Links.ReplaceForwarding(port.Index, endpoint.MacAddress), ForwardingWords(endpoint));
        }
        if (InterfaceGroup.OfPort(network.AntiSpoof) is var group && port.Group != group)
            yield return LinkFinding(network, container, name, $"group {group}", $"group {port.Group}", () => Links.SetGroup(port.Index, group));
        foreach ((string key, string value) in DesiredEndpoint.PortSettings(port.Name))
        {
            if (Sysctl.Read(key) is { } held && held != value)
                yield return SysctlFinding(network.Name, key, value, held) with { Mend = () => OnPort(endpoint, _ => Sysctl.TryWrite(key, value)) };
        }
        if (port.Mtu != network.Mtu)
            yield return LinkFinding(network, container, name, $"mtu {network.Mtu}", $"mtu {port.Mtu}", () => Links.SetMtu(port.Index, network.Mtu));
        if (port.Alias != LinkMark.Of(endpoint).Alias)
            yield return AliasFinding(network, container, name, LinkMark.Of(endpoint).Alias, port);
        if (!port.Up)
            yield return LinkFinding(network, container, name, "up", "down", () => Links.SetUp(port.Index));
    }

    /// <summary>The interface inside.</summary>
    private IEnumerable<Finding> InsideFindings(NetworkRow network, ContainerRow container, EndpointRow endpoint, Link link, HostFacts inside)
    {
        string path = container.NetNSPath, name = endpoint.InterfaceName, ip = $"ip -n {path}";
        Finding Inside(string expected, string actual, Action<RtnetlinkConnection> mend) =>
            LinkFinding(network, container, name, expected, actual, () => WithLinks(container, mend), $"{ip} link set {name} {expected}");
        if (link.Mtu != network.Mtu)
            yield return Inside($"mtu {network.Mtu}", $"mtu {link.Mtu}", links => links.SetMtu(link.Index, network.Mtu));
        if (link.Mac != endpoint.MacAddress)
            yield return Inside($"address {endpoint.MacAddress}", $"address {link.Mac}", links => links.SetMac(link.Index, endpoint.MacAddress));
        if (!link.Up)
            yield return Inside("up", "down", links => links.SetUp(link.Index));
        void At(Action<RtnetlinkConnection, int> work) => WithLinks(container, links => work(links, link.Index));
        foreach ((IPAddress address, int length) in DesiredEndpoint.Addresses(endpoint))
        {
            if (!inside.Has(link.Index, address, length))
                yield return AddressFinding(network, container, address, length, name, inside.LengthOf(link.Index, address), ip, At);
            else if (link.Up && !inside.HasRoute(link.Index, AddressNumber.Subnet(address, length)))
                yield return RouteFinding(network, container, address, length, name, ip, At);
        }
    }

    /// <summary>Links, addresses and routes inside, and the settings of interfaces that are not as they are meant to be; entering costs more than reading.</summary>
    private static (HostFacts Facts, IReadOnlyList<(InsideSetting Setting, string Now)> Differing) LookInside(NetworkNamespace space, IReadOnlyList<EndpointRow> endpoints) => space.Run(() =>
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        IReadOnlyList<(InsideSetting, string)> differing = [.. endpoints.SelectMany(InsideSettings)
            .Select(static setting => (setting, Now: Sysctl.Read(setting.Key.Replace('.', '/'))))
            .Where(static one => one.Now is { } now && !Same(now, one.setting.Value))
            .Select(static one => (one.setting, one.Now!))];
        return (new HostFacts(links), differing);
    });

    /// <summary>What is asked for last wins, as when it was written.</summary>
    private static IEnumerable<InsideSetting> InsideSettings(EndpointRow endpoint) => DesiredEndpoint.Settings(endpoint)
        .Concat(endpoint.IPv6Address is null ? [] : [($"net.ipv6.conf.{endpoint.InterfaceName}.disable_ipv6", "0")])
        .Reverse().DistinctBy(static setting => setting.Item1).Select(setting => new InsideSetting(endpoint, setting.Item1, setting.Item2));

    private Finding InsideSysctlFinding(ContainerRow container, InsideSetting setting, string now) => new(new DriftItem
    {
        NetworkName = setting.Endpoint.NetworkName,
        ContainerName = container.Name,
        Kind = DriftKind.Sysctl,
        Object = setting.Key,
        Expected = setting.Value,
        Actual = now,
        Repair = $"ip netns exec {container.NetNSPath} sysctl -w {setting.Key}={setting.Value}",
    }, () =>
    {
        using NetworkNamespace inside = Door.Open(container);
        inside.Run(() =>
        {
            WriteSysctl(setting.Key, setting.Value, asked: false);
            return true;
        });
    });

    // The kernel prints several numbers with tabs between them.
    private static bool Same(string one, string other) => one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(other.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The default routes; one that goes through none of the container's gateways is somebody else's and right.</summary>
    private IEnumerable<Finding> RouteFindings(string network, ContainerRow container, HostFacts inside)
    {
        foreach (AddressFamily family in s_families)
        {
            EndpointRow? chosen = DefaultRoute.Choose(container.Endpoints, family);
            Route? now = inside.Routes.FirstOrDefault(route => route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN, LinkIndex: > 1 } && route.Destination.BaseAddress.AddressFamily == family);
            bool foreign = now is not null && container.Endpoints.All(endpoint => !(endpoint.GatewayOf(family)?.Equals(now.Gateway) ?? false));
            string wanted = chosen is null ? "none" : $"via {chosen.GatewayOf(family)} dev {chosen.InterfaceName}";
            string actual = now is null ? chosen is null ? "none" : Missing : $"via {now.Gateway} dev {ShellWord.Of(inside.Find(now.LinkIndex)?.Name ?? "?")}";
            if (foreign || wanted == actual)
                continue;
            yield return new Finding(new DriftItem
            {
                NetworkName = chosen?.NetworkName ?? network,
                ContainerName = container.Name,
                Kind = DriftKind.Route,
                Object = family == AddressFamily.InterNetwork ? "default" : "default (IPv6)",
                Expected = wanted,
                Actual = actual,
                Repair = chosen is null ? $"ip -n {container.NetNSPath} route delete default" : $"ip -n {container.NetNSPath} route replace default {wanted}",
            }, () =>
            {
                using NetworkNamespace space = Door.Open(container);
                SettleDefaultRoute(space, container.Endpoints, container.Endpoints);
            });
        }
    }

    private void WithLinks(ContainerRow container, Action<RtnetlinkConnection> work)
    {
        using NetworkNamespace space = Door.Open(container);
        using RtnetlinkConnection links = space.OpenRtnetlink();
        work(links);
    }

    /// <summary>A kernel setting of an endpoint's interface.</summary>
    private sealed record InsideSetting(EndpointRow Endpoint, string Key, string Value);
}
