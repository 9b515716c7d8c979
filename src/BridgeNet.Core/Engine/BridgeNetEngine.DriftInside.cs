using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    /// <summary>What of a container's endpoints on some networks is not as it is meant to be, on the host and inside.</summary>
    private IEnumerable<Finding> ContainerFindings(IStateReader state, string id, IReadOnlyList<BridgeEndpoint> endpoints, IReadOnlyList<BridgeNetwork> networks, HostFacts host)
    {
        if (state.FindContainerById(id) is not { } row)
            yield break;
        BridgeContainer container = Complete(row, state.Endpoints(containerId: id));
        BridgeNetwork NetworkOf(BridgeEndpoint endpoint) => networks.First(network => network.Id == endpoint.NetworkId);
        string first = endpoints.Count == 0 ? "" : NetworkOf(endpoints[0]).Name;
        using NetworkNamespace? space = OpenAlive(container);
        if (space is null)
        {
            bool ours = container.Kind is ContainerKind.Owned or ContainerKind.Host;
            yield return new Finding(new BridgeDrift
            {
                NetworkName = first,
                ContainerName = container.Name,
                Kind = DriftKind.Namespace,
                Object = container.NetNSPath,
                Expected = "a network namespace",
                Actual = Missing,
                Repair = ours ? MakeNamespaceStep(container).Words : $"its owner has to bring it back; Remove-BridgeContainer {container.Name} forgets it",
                Repairable = ours,
            }, ours ? () => Renew(container) : null);
            yield break;
        }
        using RtnetlinkConnection inside = space.OpenRtnetlink();
        Dictionary<string, Link> links = inside.GetLinks().ToDictionary(static link => link.Name);
        InterfaceAddress[] addresses = [.. s_families.SelectMany(inside.GetAddresses)];
        bool complete = endpoints.Count > 0;
        foreach (BridgeEndpoint endpoint in endpoints)
        {
            BridgeNetwork network = NetworkOf(endpoint);
            // Without its bridge it is the bridge that is told; the endpoint's turn comes when that is mended.
            if (host.Find(network.BridgeName!) is not { Kind: "bridge" } bridge)
            {
                complete = false;
                continue;
            }
            if (host.Find(endpoint.HostInterface) is not { } port || !links.TryGetValue(endpoint.InterfaceName, out Link? link))
            {
                complete = false;
                yield return new Finding(new BridgeDrift
                {
                    NetworkName = network.Name,
                    ContainerName = container.Name,
                    Kind = DriftKind.Endpoint,
                    Object = host.Find(endpoint.HostInterface) is null ? endpoint.HostInterface : endpoint.InterfaceName,
                    Expected = "a veth pair",
                    Actual = Missing,
                    Repair = string.Join('\n', LinkSteps(network, endpoint, container.NetNSPath).Select(static step => step.Words)),
                }, () => RenewLinks(network, endpoint, container));
                continue;
            }
            foreach (Finding finding in PortFindings(network, container, endpoint, bridge, port))
                yield return finding;
            foreach (Finding finding in InsideFindings(network, container, endpoint, link, addresses))
                yield return finding;
        }
        if (complete)
        {
            foreach (Finding finding in RouteFindings(first, container, inside.GetRoutes, links))
                yield return finding;
        }
        if (NamesDiffer(state, container) is { } file)
        {
            yield return new Finding(new BridgeDrift
            {
                NetworkName = first,
                ContainerName = container.Name,
                Kind = DriftKind.File,
                Object = file,
                Expected = "the names of its networks",
                Actual = File.Exists(file) ? "others" : Missing,
                Repair = $"update {file}",
            }, () => Write([row], new NameView(state, new NameChange()), new ChangeContext()));
        }
    }

    /// <summary>The bridge port of an endpoint.</summary>
    private IEnumerable<Finding> PortFindings(BridgeNetwork network, BridgeContainer container, BridgeEndpoint endpoint, Link bridge, Link port)
    {
        string host = endpoint.HostInterface;
        if (port.Master != bridge.Index)
            yield return LinkFinding(network, container, host, $"master {bridge.Name}", port.Master == 0 ? "no master" : $"another master (link {port.Master})", () =>
            {
                Links.SetMaster(port.Index, bridge.Index);
                Links.SetBridgePort(port.Index, !network.InterContainer, NeedsHairpin(endpoint.Ports));
            });
        else if (port.IsolatedPort != !network.InterContainer || port.HairpinPort != NeedsHairpin(endpoint.Ports))
            yield return LinkFinding(network, container, host, $"isolated {OnOff(!network.InterContainer)} hairpin {OnOff(NeedsHairpin(endpoint.Ports))}",
                $"isolated {OnOff(port.IsolatedPort == true)} hairpin {OnOff(port.HairpinPort == true)}",
                () => Links.SetBridgePort(port.Index, !network.InterContainer, NeedsHairpin(endpoint.Ports)),
                $"bridge link set dev {host} isolated {OnOff(!network.InterContainer)} hairpin {OnOff(NeedsHairpin(endpoint.Ports))}");
        if (port.Mtu != network.Mtu)
            yield return LinkFinding(network, container, host, $"mtu {network.Mtu}", $"mtu {port.Mtu}", () => Links.SetMtu(port.Index, network.Mtu));
        if (!port.Up)
            yield return LinkFinding(network, container, host, "up", "down", () => Links.SetUp(port.Index));
    }

    /// <summary>The interface inside.</summary>
    private static IEnumerable<Finding> InsideFindings(BridgeNetwork network, BridgeContainer container, BridgeEndpoint endpoint, Link link, InterfaceAddress[] addresses)
    {
        string path = container.NetNSPath, name = endpoint.InterfaceName;
        Finding Inside(string expected, string actual, Action<RtnetlinkConnection> mend) =>
            LinkFinding(network, container, name, expected, actual, () => WithLinks(path, mend), $"ip -n {path} link set {name} {expected}");
        if (link.Mtu != network.Mtu)
            yield return Inside($"mtu {network.Mtu}", $"mtu {link.Mtu}", links => links.SetMtu(link.Index, network.Mtu));
        if (link.Mac != endpoint.MacAddress)
            yield return Inside($"address {endpoint.MacAddress}", $"address {link.Mac}", links => links.SetMac(link.Index, endpoint.MacAddress));
        if (!link.Up)
            yield return Inside("up", "down", links => links.SetUp(link.Index));
        foreach ((IPAddress address, int length) in InsideAddresses(endpoint).Where(wanted => !addresses.Any(known => known.LinkIndex == link.Index && known.PrefixLength == wanted.PrefixLength && known.Address.Equals(wanted.Address))))
        {
            yield return AddressFinding(network, container, $"{address}/{length}", name, $"ip -n {path} address add {address}/{length} dev {name}{NoDad(address)}",
                () => WithLinks(path, links => links.AddAddress(link.Index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6)));
        }
    }

    /// <summary>The default routes; one that goes through none of the container's gateways is somebody else's and right.</summary>
    private static IEnumerable<Finding> RouteFindings(string network, BridgeContainer container, Func<AddressFamily, IReadOnlyList<Route>> routes, Dictionary<string, Link> links)
    {
        foreach (AddressFamily family in s_families)
        {
            BridgeEndpoint? chosen = DefaultRoute.Choose(container.Endpoints, family);
            Route? now = routes(family).FirstOrDefault(static route => route is { Destination.PrefixLength: 0, Table: RtnlConstants.RT_TABLE_MAIN, LinkIndex: > 1 });
            bool foreign = now is not null && container.Endpoints.All(endpoint => !(endpoint.GatewayOf(family)?.Equals(now.Gateway) ?? false));
            string wanted = chosen is null ? "none" : $"via {chosen.GatewayOf(family)} dev {chosen.InterfaceName}";
            string actual = now is null ? chosen is null ? "none" : Missing : $"via {now.Gateway} dev {links.Values.FirstOrDefault(link => link.Index == now.LinkIndex)?.Name}";
            if (foreign || wanted == actual)
                continue;
            yield return new Finding(new BridgeDrift
            {
                NetworkName = chosen?.NetworkName ?? network,
                ContainerName = container.Name,
                Kind = DriftKind.Route,
                Object = family == AddressFamily.InterNetwork ? "default" : "default (IPv6)",
                Expected = wanted,
                Actual = actual,
                Repair = chosen is null ? $"ip -n {container.NetNSPath} route delete default" : $"ip -n {container.NetNSPath} route replace default {wanted}",
            }, () => DefaultRoute.Settle(container.NetNSPath, container.Endpoints, container.Endpoints));
        }
    }

    private static void WithLinks(string path, Action<RtnetlinkConnection> work)
    {
        using NetworkNamespace space = NetworkNamespace.Open(path);
        using RtnetlinkConnection links = space.OpenRtnetlink();
        work(links);
    }

    /// <summary>A namespace anew where the file of one that is gone may still lie.</summary>
    private static void Renew(BridgeContainer container)
    {
        NetworkNamespace.Delete(container.NetNSPath);
        MakeNamespaceStep(container).Apply();
    }

    /// <summary>The veth pair of an endpoint anew; whatever half of it is left goes.</summary>
    private void RenewLinks(BridgeNetwork network, BridgeEndpoint endpoint, BridgeContainer container)
    {
        DeleteLink(endpoint.HostInterface);
        foreach (Step step in LinkSteps(network, endpoint, container.NetNSPath))
            step.Apply();
        DefaultRoute.Settle(container.NetNSPath, container.Endpoints, container.Endpoints);
    }
}
