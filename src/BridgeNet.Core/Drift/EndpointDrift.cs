using System.Net;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>In what the two ends of an endpoint are not as they are meant to be.</summary>
/// <param name="facts">The host's links, addresses and routes.</param>
internal sealed class EndpointDrift(HostFacts facts)
{
    private const string AnEnd = "an end of a veth pair";

    /// <summary>What there is to tell and to repair.</summary>
    /// <param name="network">The network.</param>
    /// <param name="container">The container, with its endpoints.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="inside">The links, addresses and routes of the container.</param>
    public IEnumerable<Finding> Find(NetworkRow network, ContainerRow container, EndpointRow endpoint, HostFacts inside)
    {
        Whose whose = new(network, container);
        (Link? port, Link? link) = Ends(endpoint, inside);
        if (port is null || link is null)
        {
            yield return Gone(whose, endpoint, inside);
            yield break;
        }
        Place place = Place.Of(container);
        LinkMark outer = LinkMark.Of(endpoint) with { Index = port.Index }, inner = LinkMark.Inside(endpoint) with { Index = link.Index };
        if (port.Name != outer.Name)
            yield return BridgeDrift.Renamed(whose, DriftKind.Endpoint, AnEnd, Place.Host, outer, port);
        if (link.Name != inner.Name)
            yield return BridgeDrift.Renamed(whose, DriftKind.Endpoint, AnEnd, place, inner, link);
        foreach (Finding finding in Membership(whose, endpoint, outer, port).Concat(Port(whose, outer, port)).Concat(Inside(whose, endpoint, place, inner, link, inside)))
            yield return finding;
    }

    /// <summary>What creates the pair of an endpoint anew; whatever half of it is left goes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="container">The container.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="left">What is left of it.</param>
    public static IEnumerable<Operation> Anew(NetworkRow network, ContainerRow container, EndpointRow endpoint, params IEnumerable<KernelObject> left) =>
    [
        .. left.Select(static one => new ObjectOperation(one, null)),
        .. Difference.InOrder(Difference.Between([], DesiredEndpoint.Objects(network, endpoint, Place.Of(container)))),
    ];

    /// <summary>The host's end, where it is left: the kernel takes its time to remove it after the namespace that the other end was in.</summary>
    public static IEnumerable<KernelObject> LeftOutside(HostFacts facts, NetworkRow network, ContainerRow container, EndpointRow endpoint) =>
        facts.Find(endpoint.HostInterface) is { } port && LinkMark.Of(endpoint).IsOn(port) ? DesiredEndpoint.Objects(network, endpoint, Place.Of(container)).OfType<VethLink>() : [];

    /// <summary>What creates the default routes of a container with these endpoints.</summary>
    public static IEnumerable<Operation> Routes(ContainerRow container, IReadOnlyList<EndpointRow> endpoints) =>
        DesiredEndpoint.Routes(Place.Of(container), endpoints).Select(static route => new ObjectOperation(null, route));

    /// <summary>The two ends, each ours by its own mark, or because its other end has ours.</summary>
    private (Link? Port, Link? Inside) Ends(EndpointRow endpoint, HostFacts inside)
    {
        LinkMark outer = LinkMark.Of(endpoint), inner = LinkMark.Inside(endpoint);
        Link? port = facts.Find(outer.Name) is { Kind: "veth" } here && (outer.IsOn(here) || (PeerIn(inside, here) is { } peer && inner.IsOn(peer))) ? here : null;
        Link? link = inside.Find(inner.Name) is { Kind: "veth" } there && (port is null ? inner.IsOn(there) : ArePair(port, there)) ? there : null;
        if (port is not null)
            link ??= PeerIn(inside, port) is { } renamed && inner.IsOn(renamed) ? renamed : null;
        else if (link is not null)
            port = PeerIn(facts, link) is { } renamed && renamed.Alias == outer.Alias ? renamed : null;
        return (port, link);
    }

    /// <summary>The other end of a pair, by the numbers that each has of the other.</summary>
    private static Link? PeerIn(HostFacts other, Link end) => other.Find(PeerOf(end)) is { Kind: "veth" } peer && ArePair(end, peer) ? peer : null;

    private static bool ArePair(Link one, Link other) => PeerOf(one) == other.Index && PeerOf(other) == one.Index;

    // Kernels before 5.10 leave a number out that is the same on both sides.
    private static int PeerOf(Link link) => link.PeerIndex == 0 ? link.Index : link.PeerIndex;

    private Finding Gone(Whose whose, EndpointRow endpoint, HostFacts inside)
    {
        (NetworkRow network, ContainerRow container) = (whose.Network!, whose.Container!);
        LinkMark outer = LinkMark.Of(endpoint), inner = LinkMark.Inside(endpoint);
        Link? port = facts.Find(outer.Name), link = inside.Find(inner.Name);
        bool isOurs = port is not null && outer.IsOn(port), isLeft = link is not null && inner.IsOn(link);
        string what = isOurs ? inner.Name : outer.Name;
        if ((port is not null && !isOurs ? port : link is not null && !isLeft ? link : null) is { } taken)
        {
            string name = ShellWord.Of(taken.Name);
            return whose.Unrepairable(DriftKind.Endpoint, what, AnEnd, $"a link of somebody else's is called {name}", $"rename or remove the link {name}, then repair again");
        }
        IEnumerable<KernelObject> left = isLeft && !isOurs ? [new StrayEnd(Place.Of(container), inner)] : LeftOutside(facts, network, container, endpoint);
        return whose.Finding(DriftKind.Endpoint, what, AnEnd, BridgeDrift.Missing, "\n", [.. Anew(network, container, endpoint, left), .. Routes(container, container.Endpoints)]);
    }

    /// <summary>That the host's end is a port of the bridge, and how the bridge treats it.</summary>
    private IEnumerable<Finding> Membership(Whose whose, EndpointRow endpoint, LinkMark mark, Link port)
    {
        NetworkRow network = whose.Network!;
        PortFlags flags = DesiredEndpoint.Flags(network, endpoint), now = PortFlags.Of(port);
        PortEntry entry = new(mark, endpoint.MacAddress);
        Link? bridge = BridgeDrift.BridgeOf(network, facts);
        if (port.Master == 0 || port.Master != bridge?.Index)
        {
            Finding finding = whose.Finding(DriftKind.Link, mark.Name, $"master {network.BridgeName}", facts.Find(port.Master) is { } other ? $"master {ShellWord.Of(other.Name)}" : "no master", "; ",
            [
                new ObjectOperation(null, new BridgeMember(mark, LinkMark.Of(network))),
                .. flags != PortFlags.Default ? [new ObjectOperation(null, new BridgePortFlags(mark, flags))] : (Operation[])[],
                .. network.AntiSpoof ? [new ObjectOperation(null, entry)] : (Operation[])[],
            ]);
            // Where another link has the bridge's name, or its owner has to bring it back, there is nothing to attach it to.
            bool comes = bridge is not null || (network.Adopted is null && facts.Find(network.BridgeName!) is null);
            yield return comes ? finding : finding with { Repair = [], Drift = finding.Drift with { Repairable = false } };
            yield break;
        }
        if (now != flags)
            yield return whose.Finding(DriftKind.Link, mark.Name, flags.Unlike(now), now.Unlike(flags), new BridgePortFlags(mark, flags), new BridgePortFlags(mark, now));
        if (network.AntiSpoof && !facts.IsBehind(port.Index, endpoint.MacAddress))
            yield return whose.Finding(DriftKind.Link, mark.Name, $"fdb {endpoint.MacAddress} static", BridgeDrift.Missing, entry);
    }

    /// <summary>The host's end.</summary>
    private static IEnumerable<Finding> Port(Whose whose, LinkMark mark, Link port)
    {
        NetworkRow network = whose.Network!;
        if (InterfaceGroup.OfPort(network.AntiSpoof) is var group && port.Group != group)
            yield return BridgeDrift.PropertyOf(whose, Place.Host, mark, LinkProperty.Group, group, port.Group);
        foreach ((Setting wanted, Setting there) in DesiredEndpoint.PortSettings(mark.Name).Zip(DesiredEndpoint.PortSettings(port.Name)))
        {
            if (Sysctl.Read(there.Key) is { } now && now != wanted.Value)
                yield return BridgeDrift.SettingOf(new Whose(network), Place.Host, mark, wanted, now);
        }
        if (port.Mtu != network.Mtu)
            yield return BridgeDrift.PropertyOf(whose, Place.Host, mark, LinkProperty.Mtu, network.Mtu, port.Mtu);
        if (port.Alias != mark.Alias)
            yield return BridgeDrift.AliasOf(whose, mark, port);
        if (!port.Up)
            yield return whose.Finding(DriftKind.Link, mark.Name, "up", "down", new LinkUp(Place.Host, mark));
    }

    /// <summary>The interface inside.</summary>
    private static IEnumerable<Finding> Inside(Whose whose, EndpointRow endpoint, Place place, LinkMark mark, Link link, HostFacts inside)
    {
        if (link.Mtu != whose.Network!.Mtu)
            yield return BridgeDrift.PropertyOf(whose, place, mark, LinkProperty.Mtu, whose.Network.Mtu, link.Mtu);
        if (link.Mac != endpoint.MacAddress)
            yield return BridgeDrift.PropertyOf(whose, place, mark, LinkProperty.Address, endpoint.MacAddress, link.Mac);
        if (!link.Up)
            yield return whose.Finding(DriftKind.Link, mark.Name, "up", "down", new LinkUp(place, mark));
        foreach ((IPAddress address, int length) in DesiredEndpoint.Addresses(endpoint))
        {
            foreach (Finding finding in BridgeDrift.AddressOf(whose, new LinkAddress(place, mark, address, length), link, inside))
                yield return finding;
        }
    }
}
