using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>What of a network's bridge is not as it is meant to be.</summary>
    private IEnumerable<Finding> NetworkFindings(IStateReader state, NetworkRow network, HostFacts host, IReadOnlyList<EndpointRow> endpoints)
    {
        string bridge = network.BridgeName!;
        Link? there = host.Find(bridge), link = BridgeOf(network, host);
        foreach (Clash clash in host.ClashesOf(network, link?.Index ?? 0))
        {
            yield return new Finding(new DriftItem
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
        if (link is null)
            yield return there is { Kind: "bridge" } && network.Adopted is { } adopted && adopted.Boot != Host.Boot ? AdoptionFinding(state, network, there, endpoints) : BridgeFinding(network, there, endpoints);
        else if (link.Name != bridge)
            yield return RenamedFinding(network, link);
        if (link is null)
            yield break;
        foreach (Finding finding in BridgeLinkFindings(network, link).Concat(BridgeSysctlFindings(network, link, endpoints)).Concat(BridgeAddressFindings(network, link, host)))
            yield return finding;
        if (!link.Up)
            yield return LinkFinding(network, null, bridge, "up", "down", () => Links.SetUp(link.Index));
    }

    /// <summary>The bridge of a network, perhaps under another name; null when it is gone, or another link has its name.</summary>
    private static Link? BridgeOf(NetworkRow network, HostFacts host) => host.Find(network.BridgeName!) is { } there
        ? IsBridgeOf(network, there) ? there : null
        : Renamed(network, host);

    /// <summary>The bridge of a network under another name: our mark and its Ethernet address say that it is it.</summary>
    private static Link? Renamed(NetworkRow network, HostFacts host) => network.Adopted is null && network.BridgeMacAddress is { } mac
        ? host.Links.FirstOrDefault(link => link.Kind == "bridge" && link.Mac == mac && link.Alias == LinkMark.Of(network).Alias)
        : null;

    private Finding RenamedFinding(NetworkRow network, Link link) => new(new DriftItem
    {
        NetworkName = network.Name,
        Kind = DriftKind.Bridge,
        Object = network.BridgeName!,
        Expected = "a bridge",
        Actual = $"renamed to {ShellWord.Of(link.Name)}",
        Repair = $"ip link set {ShellWord.Of(link.Name)} name {network.BridgeName}",
    }, () => Links.Rename(link.Index, network.BridgeName!));

    /// <summary>After a boot, the bridge that its owner created anew under the name that the network was asked to take.</summary>
    private Finding AdoptionFinding(IStateReader state, NetworkRow network, Link there, IReadOnlyList<EndpointRow> endpoints)
    {
        NetworkRow again = network with { BridgeMacAddress = there.Mac, Adopted = WhatItHas(there, network) };
        return new(new DriftItem
        {
            NetworkName = network.Name,
            Kind = DriftKind.Bridge,
            Object = there.Name,
            Expected = "the bridge of the network",
            Actual = "created anew since the last boot",
            Repair = string.Join('\n', AnewWords(again, endpoints)),
        }, () =>
        {
            (state as IStateTransaction)?.Put(again);
            Rebuild([again], endpoints);
        });
    }

    private Finding BridgeFinding(NetworkRow network, Link? other, IReadOnlyList<EndpointRow> endpoints)
    {
        string bridge = network.BridgeName!;
        bool repairable = other is null && network.Adopted is null;
        return new Finding(new DriftItem
        {
            NetworkName = network.Name,
            Kind = DriftKind.Bridge,
            Object = bridge,
            Expected = "a bridge",
            Actual = other switch
            {
                null => Missing,
                { Kind: "bridge" } => "another bridge of that name",
                _ => "a link of another kind",
            },
            Repair = other is not null ? $"rename or remove the link {bridge}, then repair again"
                : network.Adopted is not null ? "its owner has to bring it back, then repair again"
                : string.Join('\n', AnewWords(network, endpoints)),
            Repairable = repairable,
        }, repairable ? () => Rebuild([network], endpoints) : null);
    }

    /// <summary>What creates the bridge of a network anew, in words.</summary>
    private IEnumerable<string> AnewWords(NetworkRow network, IReadOnlyList<EndpointRow> endpoints) =>
    [
        .. LinkSteps(network, new ChangeContext()).Select(static step => step.Words),
        .. Firewall.DescribeAttach(DesiredRules.Of(network, endpoints)),
        .. DesiredBridge.NeedsLoopback(endpoints.SelectMany(static endpoint => endpoint.Ports)) ? [$"sysctl -w net.ipv4.conf.{network.BridgeName}.route_localnet=1"] : (string[])[],
    ];

    private IEnumerable<Finding> BridgeLinkFindings(NetworkRow network, Link link)
    {
        string bridge = network.BridgeName!;
        uint group = DesiredRules.Group(network);
        if (link.Group != group)
            yield return LinkFinding(network, null, bridge, $"group {group}", $"group {link.Group}", () => Links.SetGroup(link.Index, group));
        if (network.Adopted is not null)
            yield break;
        if (link.Mtu != network.Mtu)
            yield return LinkFinding(network, null, bridge, $"mtu {network.Mtu}", $"mtu {link.Mtu}", () => Links.SetMtu(link.Index, network.Mtu));
        if (network.BridgeMacAddress is { } mac && link.Mac != mac)
            yield return LinkFinding(network, null, bridge, $"address {mac}", $"address {link.Mac}", () => Links.SetMac(link.Index, mac));
        if (link.Alias != LinkMark.Of(network).Alias)
            yield return AliasFinding(network, null, bridge, LinkMark.Of(network).Alias, link);
    }

    private IEnumerable<Finding> BridgeSysctlFindings(NetworkRow network, Link link, IReadOnlyList<EndpointRow> endpoints)
    {
        List<(string Key, string Value)> wanted = [("net/ipv4/conf/{0}/route_localnet", DesiredBridge.NeedsLoopback(endpoints.SelectMany(static endpoint => endpoint.Ports)) ? "1" : "0")];
        if (network.Adopted is null)
            wanted.AddRange(DesiredBridge.Settings(network, "{0}"));
        else if (wanted[0].Value == "0")
            wanted.Clear();
        if (network.Config(AddressFamily.InterNetwork) is not null)
            wanted.Add(("net/ipv4/conf/{0}/forwarding", "1"));
        if (DesiredBridge.HasHost(network, AddressFamily.InterNetworkV6))
            wanted.AddRange([("net/ipv6/conf/{0}/disable_ipv6", "0"), ("net/ipv6/conf/{0}/forwarding", "1")]);
        foreach ((string key, string value) in wanted)
        {
            // The host's forwarding off is told once; it switches all of these off and on.
            if (Sysctl.Read(string.Format(key, link.Name)) is { } now && now != value && (!key.EndsWith("forwarding", StringComparison.Ordinal) || Forwards(key)))
                yield return SysctlFinding(network.Name, string.Format(key, network.BridgeName), value, now) with
                {
                    Mend = () => WriteBridgeSysctl(network, key, value),
                };
        }
    }

    private void WriteBridgeSysctl(NetworkRow network, string key, string value) =>
        Sysctl.TryWrite(string.Format(key, (FindBridge(network) ?? throw Gone(network)).Name), value);

    private static bool Forwards(string key) => Sysctl.Read(key.StartsWith("net/ipv4", StringComparison.Ordinal) ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding") == "1";

    /// <summary>The bridge's addresses, and the routes that come with them.</summary>
    private IEnumerable<Finding> BridgeAddressFindings(NetworkRow network, Link link, HostFacts host)
    {
        string bridge = network.BridgeName!;
        foreach ((IPAddress address, int length) in DesiredBridge.Addresses(network))
        {
            if (!host.Has(link.Index, address, length))
            {
                yield return AddressFinding(network, null, address, length, bridge, host.LengthOf(link.Index, address), "ip", work => work(Links, link.Index));
            }
            else if (link.Up && !host.HasRoute(link.Index, AddressNumber.Subnet(address, length)))
            {
                yield return RouteFinding(network, null, address, length, bridge, "ip", work => work(Links, link.Index));
            }
        }
    }

    private static Finding SysctlFinding(string network, string key, string value, string now = "0") => new(new DriftItem
    {
        NetworkName = network,
        Kind = DriftKind.Sysctl,
        Object = key.Replace('/', '.'),
        Expected = value,
        Actual = now,
        Repair = $"sysctl -w {key.Replace('/', '.')}={value}",
    }, () => Sysctl.TryWrite(key, value));

    private static Finding LinkFinding(NetworkRow network, ContainerRow? container, string link, string expected, string actual, Action mend, string? words = null) => new(new DriftItem
    {
        NetworkName = network.Name,
        ContainerName = container?.Name ?? "",
        Kind = DriftKind.Link,
        Object = link,
        Expected = expected,
        Actual = actual,
        Repair = words ?? $"ip link set {link} {expected}",
    }, mend);

    private Finding AliasFinding(NetworkRow network, ContainerRow? container, string name, string alias, Link link) =>
        LinkFinding(network, container, name, $"alias '{alias}'", link.Alias is null ? "no alias" : $"alias '{HostNameRules.Shown(link.Alias)}'", () => Links.ReplaceAlias(link.Index, alias));

    /// <summary>An address that is missing, or there with another prefix.</summary>
    private static Finding AddressFinding(NetworkRow network, ContainerRow? container, IPAddress address, int length, string link, int? other, string ip, Action<Action<RtnetlinkConnection, int>> at) => new(new DriftItem
    {
        NetworkName = network.Name,
        ContainerName = container?.Name ?? "",
        Kind = DriftKind.Address,
        Object = $"{address}/{length} dev {link}",
        Expected = $"{address}/{length}",
        Actual = other is null ? Missing : $"{address}/{other}",
        Repair = (other is null ? "" : $"{ip} address delete {address}/{other} dev {link}; ") + $"{ip} address add {address}/{length} dev {link}{NoDad(address)}",
    }, () => at((links, index) =>
    {
        if (other is { } wrong)
            links.RemoveAddress(index, address, wrong);
        links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6);
    }));

    /// <summary>The route to the subnet of an address, which the kernel makes with it, and somebody deleted.</summary>
    private static Finding RouteFinding(NetworkRow network, ContainerRow? container, IPAddress address, int length, string link, string ip, Action<Action<RtnetlinkConnection, int>> at)
    {
        IPNetwork subnet = AddressNumber.Subnet(address, length);
        return new Finding(new DriftItem
        {
            NetworkName = network.Name,
            ContainerName = container?.Name ?? "",
            Kind = DriftKind.Route,
            Object = $"{subnet}",
            Expected = $"dev {link}",
            Actual = Missing,
            Repair = $"{ip} route add {subnet} dev {link} proto kernel{(address.AddressFamily == AddressFamily.InterNetwork ? $" scope link src {address}" : " metric 256")}",
        }, () => at((links, index) => links.AddSubnetRoute(index, subnet, address)));
    }
}
