using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>In what the bridge of a network is not as it is meant to be.</summary>
/// <param name="host">The host.</param>
/// <param name="facts">Its links, addresses and routes.</param>
internal sealed class BridgeDrift(OpenHost host, HostFacts facts)
{
    /// <summary>That there is nothing where something should be.</summary>
    public const string Missing = "missing";

    /// <summary>What there is to tell and to repair.</summary>
    public IEnumerable<Finding> Find(NetworkRow network, IReadOnlyList<EndpointRow> endpoints)
    {
        Link? link = BridgeOf(network, facts);
        foreach (Clash clash in facts.ClashesOf(network, link?.Index ?? 0))
            yield return new Whose(network).Unrepairable(DriftKind.Overlap, $"{clash.Subnet}", "a subnet of its own", $"also {clash.With}", "remove the route or address, or make the network anew with another subnet");
        if (link is null)
        {
            yield return Gone(network, facts.Find(network.BridgeName!), endpoints);
            yield break;
        }
        LinkMark mark = LinkMark.Of(network) with { Index = link.Index };
        if (link.Name != network.BridgeName)
            yield return Renamed(new Whose(network), DriftKind.Bridge, "a bridge", Place.Host, mark, link);
        foreach (Finding finding in Properties(network, mark, link).Concat(Settings(network, mark, link, endpoints)).Concat(Addresses(network, mark, link)))
            yield return finding;
        if (!link.Up)
            yield return new Whose(network).Finding(DriftKind.Link, mark.Name, "up", "down", new LinkUp(Place.Host, mark));
    }

    /// <summary>The bridge of a network, perhaps under another name; null when it is gone, or another link has its name.</summary>
    public static Link? BridgeOf(NetworkRow network, HostFacts facts)
    {
        LinkMark mark = LinkMark.Of(network);
        if (facts.Find(mark.Name) is { } there)
            return mark.IsOn(there) ? there : null;
        // Our mark and its Ethernet address say that it is it.
        return network.Adopted is null ? facts.Links.FirstOrDefault(link => link.Kind == mark.Kind && link.Mac == mark.Mac && link.Alias == mark.Alias) : null;
    }

    /// <summary>That a link of ours has another name.</summary>
    public static Finding Renamed(Whose whose, DriftKind kind, string expected, Place place, LinkMark mark, Link link) => whose.Finding(kind, mark.Name, expected,
        $"renamed to {ShellWord.Of(link.Name)}", new LinkProperty(place, mark with { Name = link.Name }, LinkProperty.NewName, mark.Name));

    /// <summary>An address that is missing or has another prefix, or whose subnet's route is gone.</summary>
    public static IEnumerable<Finding> AddressOf(Whose whose, LinkAddress wanted, Link link, HostFacts facts)
    {
        (Place place, LinkMark mark, IPAddress address, int length) = wanted;
        IPNetwork subnet = AddressNumber.Subnet(address, length);
        if (!facts.Has(link.Index, address, length))
        {
            int? other = facts.LengthOf(link.Index, address);
            LinkAddress? found = other is { } wrong ? new(place, mark, address, wrong) : null;
            yield return whose.Finding(DriftKind.Address, $"{address}/{length} dev {mark.Name}", $"{address}/{length}", other is null ? Missing : $"{address}/{other}", wanted, found);
        }
        else if (link.Up && !facts.HasRoute(link.Index, subnet))
        {
            yield return whose.Finding(DriftKind.Route, $"{subnet}", $"dev {mark.Name}", Missing, new SubnetRoute(wanted, subnet));
        }
    }

    /// <summary>A kernel setting that has another value.</summary>
    public static Finding SettingOf(Whose whose, Place place, LinkMark mark, Setting setting, string now) =>
        whose.Finding(DriftKind.Sysctl, setting.Name, setting.Value, now, new LinkSettings(place, mark, setting.Key, [setting]));

    /// <summary>The alias of a link.</summary>
    public static Finding AliasOf(Whose whose, LinkMark mark, Link link) => whose.Finding(DriftKind.Link, mark.Name, $"alias '{mark.Alias}'",
        link.Alias is null ? "no alias" : $"alias '{Display.Of(link.Alias)}'", new LinkProperty(Place.Host, mark, LinkProperty.Alias, mark.Alias!));

    /// <summary>A numbered or named property of a link.</summary>
    public static Finding PropertyOf(Whose whose, Place place, LinkMark mark, string property, object wanted, object? now) =>
        whose.Finding(DriftKind.Link, mark.Name, $"{property} {wanted}", $"{property} {now}", new LinkProperty(place, mark, property, $"{wanted}"));

    /// <summary>The bridge of a network is not there.</summary>
    private Finding Gone(NetworkRow network, Link? other, IReadOnlyList<EndpointRow> endpoints)
    {
        string bridge = network.BridgeName!;
        Whose whose = new(network);
        // After a boot, its owner may have created it anew under the name that the network was asked to take.
        if (other is { Kind: "bridge" } && network.Adopted is { } adopted && adopted.Boot != host.Identity.Boot)
        {
            NetworkRow again = network with { BridgeMacAddress = other.Mac, Adopted = host.CaptureAdopted(other, network) };
            return whose.Finding(DriftKind.Bridge, other.Name, "the bridge of the network", "created anew since the last boot", "\n", Anew(again, endpoints)) with { Network = again };
        }
        string actual = other switch
        {
            null => Missing,
            { Kind: "bridge" } => "another bridge of that name",
            _ => "a link of another kind",
        };
        return other is not null ? whose.Unrepairable(DriftKind.Bridge, bridge, "a bridge", actual, $"rename or remove the link {bridge}, then repair again")
            : network.Adopted is not null ? whose.Unrepairable(DriftKind.Bridge, bridge, "a bridge", actual, "its owner has to bring it back, then repair again")
            : whose.Finding(DriftKind.Bridge, bridge, "a bridge", actual, "\n", Anew(network, endpoints));
    }

    /// <summary>What creates the bridge of a network anew; its rules know it by its name, and stay.</summary>
    private IReadOnlyList<Operation> Anew(NetworkRow network, IReadOnlyList<EndpointRow> endpoints) => Difference.InOrder(
    [
        .. Difference.Between(DesiredBridge.Without(network), DesiredBridge.Objects(network, endpoints.SelectMany(static endpoint => endpoint.Ports))),
        host.Rules.PlanAttach(network),
    ]);

    private static IEnumerable<Finding> Properties(NetworkRow network, LinkMark mark, Link link)
    {
        Whose whose = new(network);
        if (DesiredRules.Group(network) is var group && link.Group != group)
            yield return PropertyOf(whose, Place.Host, mark, LinkProperty.Group, group, link.Group);
        if (network.Adopted is not null)
            yield break;
        if (link.Mtu != network.Mtu)
            yield return PropertyOf(whose, Place.Host, mark, LinkProperty.Mtu, network.Mtu, link.Mtu);
        if (network.BridgeMacAddress is { } mac && link.Mac != mac)
            yield return PropertyOf(whose, Place.Host, mark, LinkProperty.Address, mac, link.Mac);
        if (link.Alias != mark.Alias)
            yield return AliasOf(whose, mark, link);
    }

    private static IEnumerable<Finding> Settings(NetworkRow network, LinkMark mark, Link link, IReadOnlyList<EndpointRow> endpoints)
    {
        // The host's forwarding off is told once; it switches all of these off and on.
        bool Forwards(AddressFamily family) => DesiredBridge.Forwarding(network).Any(wanted => wanted.Family == family && Sysctl.Read(wanted.Setting.Key) == wanted.Setting.Value);
        IEnumerable<Setting> Wanted(string name) =>
        [
            .. network.Adopted is null || DesiredBridge.NeedsLoopback(Ports(endpoints)) ? [new($"net/ipv4/conf/{name}/route_localnet", DesiredBridge.NeedsLoopback(Ports(endpoints)) ? "1" : "0")] : (Setting[])[],
            .. network.Adopted is null ? DesiredBridge.Settings(network, name) : [],
            .. Forwards(AddressFamily.InterNetwork) ? [new($"net/ipv4/conf/{name}/forwarding", "1")] : (Setting[])[],
            .. DesiredBridge.HasHost(network, AddressFamily.InterNetworkV6) ? [new($"net/ipv6/conf/{name}/disable_ipv6", "0")] : (Setting[])[],
            .. DesiredBridge.HasHost(network, AddressFamily.InterNetworkV6) && Forwards(AddressFamily.InterNetworkV6) ? [new($"net/ipv6/conf/{name}/forwarding", "1")] : (Setting[])[],
        ];
        foreach ((Setting wanted, Setting there) in Wanted(mark.Name).Zip(Wanted(link.Name)))
        {
            if (Sysctl.Read(there.Key) is { } now && now != wanted.Value)
                yield return SettingOf(new Whose(network), Place.Host, mark, wanted, now);
        }
    }

    private static IEnumerable<PortRow> Ports(IReadOnlyList<EndpointRow> endpoints) => endpoints.SelectMany(static endpoint => endpoint.Ports);

    /// <summary>The bridge's addresses, and the routes that come with them.</summary>
    private IEnumerable<Finding> Addresses(NetworkRow network, LinkMark mark, Link link) => DesiredBridge.Addresses(network)
        .SelectMany(address => AddressOf(new Whose(network), new LinkAddress(Place.Host, mark, address.Address, address.PrefixLength), link, facts));
}
