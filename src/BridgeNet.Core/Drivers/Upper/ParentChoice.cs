using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Upper;

/// <summary>Chooses the link under the interfaces of a network: its parent, or one of its own without a parent.</summary>
/// <param name="kind">The interfaces of the network.</param>
/// <param name="host">The host.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class ParentChoice(UpperKind kind, IHostView host, ICollection<Problem> problems)
{
    private const int DefaultMtu = 1500;

    /// <summary>Adds the reasons why a network cannot be on the parent that it requests.</summary>
    public void Check(string network, IReadOnlyDictionary<string, string> options, bool isInternal)
    {
        if (!host.Has(kind))
            problems.Add(UpperLink.Unsupported(kind, network));
        if (UpperObjects.Parent(options) is not { } parent)
        {
            if (!isInternal)
                Refuse(
                    $"A network of driver '{kind.Name}' is on an interface of the host: give its parent, or make the network internal, so that its containers reach each other only.",
                    network
                );
            return;
        }
        // What is no name was refused already.
        if (!LinkRules.IsName(parent))
            return;
        // A VLAN interface is created if it does not exist.
        VlanName? created = host.FindLink(parent) is null ? VlanName.Parse(parent) : null;
        Link? link = host.FindLink(created?.Link ?? parent);
        if (created is { IsValid: true } && !host.Has(new Rtnetlink.Vlan(created.Id)))
            problems.Add(UpperLink.Unsupported(new Rtnetlink.Vlan(created.Id), network));
        if ((created is null ? WhyNoParent(parent, link) : WhyNoVlan(parent, created, link)) is { } why)
            Refuse($"{why}; choose another parent.", network);
        else if (NetworkOptions.MtuOf(options) is var mtu && mtu > link!.Mtu)
            Refuse($"The MTU {mtu} is larger than that of the parent {parent}, which is {link.Mtu}; choose one up to {link.Mtu}.", network);
        foreach ((NetworkRow other, UpperKind its) in host.OnParent(parent).Where(other => other.Network.Name != network))
        {
            if (created is not null && !other.CreatedParent)
                Refuse($"The interface {parent}, the parent of network '{other.Name}', is missing: create it, then try again.", network);
            if (WhyApart(its) is { } reason)
                Refuse($"Network '{other.Name}' is on the interface {parent} too, and {reason}; choose another parent.", network);
        }
    }

    /// <summary>The network with its MTU: by default that of its parent.</summary>
    public static NetworkRow Choose(NetworkRow network, IHostView host)
    {
        int asked = NetworkOptions.MtuOf(network.Options);
        int? parents = UpperObjects.Parent(network.Options) is { } parent
            ? (host.FindLink(parent) ?? host.FindLink(VlanName.Parse(parent)?.Link ?? ""))?.Mtu
            : null;
        return network with { Mtu = asked > 0 ? asked : parents ?? DefaultMtu, CreatedParent = Creates(network, host) };
    }

    /// <summary>
    /// Whether the parent is a VLAN interface of this module: it does not exist yet, or it was created for another network.
    /// </summary>
    public static bool Creates(NetworkRow network, IHostView host) =>
        UpperObjects.Parent(network.Options) is { } parent
        && VlanName.Parse(parent) is { IsValid: true }
        && (
            host.FindLink(parent) is not { } link
            || (
                UpperObjects.VlanMark(parent, network.Name).IsOn(link)
                && host.OnParent(parent).Any(static other => other.Network.CreatedParent)
            )
        );

    /// <summary>Why a row is invalid for a network of this driver; null if it is valid.</summary>
    public static string? WhyInvalid(NetworkRow network) =>
        network switch
        {
            { ConfigOnly: true } or { BridgeName: not null } or { Adopted: not null } =>
                $"Network '{network.Name}' is not one of the driver '{network.Driver}'.",
            { CreatedParent: true } when VlanName.Parse(UpperObjects.Parent(network.Options) ?? "") is not { IsValid: true } =>
                $"The parent of network '{network.Name}' is no VLAN interface.",
            { Internal: false } when UpperObjects.Parent(network.Options) is null => $"Network '{network.Name}' has no parent.",
            _ when network.Mtu < LinkRules.MinMtu(network.EnableIPv6) || network.Mtu > LinkRules.MaxMtu =>
                $"Network '{network.Name}' has an invalid MTU.",
            _ => null,
        };

    /// <summary>Why a link cannot be the parent, as the beginning of a sentence; null if it can.</summary>
    private string? WhyNoParent(string parent, Link? link) =>
        link switch
        {
            null => $"The interface {parent} does not exist on this host",
            { Name: "lo" } => "The loopback interface has no network that containers could be on",
            { Master: not 0 } => $"The interface {parent} is a port of a bridge or bond, which gets its frames",
            { Kind: Rtnetlink.Ipvlan.KindName } when kind is not Rtnetlink.Ipvlan =>
                $"The interface {parent} is an ipvlan interface, on which there can be no {kind.Name} interface",
            { Kind: var other } when other == kind.Name =>
                $"The interface {parent} is a {kind.Name} interface itself, and one on it would be on the interface below it",
            _ => null,
        };

    /// <summary>Why a VLAN interface cannot be created on a link, as the beginning of a sentence; null if it can.</summary>
    private static string? WhyNoVlan(string parent, VlanName name, Link? link) =>
        link switch
        {
            _ when !name.IsValid =>
                $"The interface {parent} does not exist, and {name.Id} is no VLAN id from {VlanName.First} to {VlanName.Last}",
            null => $"The interface {parent} does not exist on this host, nor does {name.Link}, on which it could be created",
            { Name: "lo" } => "The loopback interface has no VLANs",
            { Kind: Rtnetlink.Vlan.KindName } =>
                $"The interface {name.Link} is a VLAN interface itself, and a VLAN in a VLAN (802.1ad) is used only if it exists",
            { Up: false } =>
                $"The interface {name.Link} is down, so that a VLAN interface on it cannot be up ('ip link set {name.Link} up')",
            _ => null,
        };

    /// <summary>
    /// Why interfaces of two networks cannot be on one parent, by the kernel's rules (drivers/net/macvlan.c, drivers/net/ipvlan); null if
    /// they can.
    /// </summary>
    private string? WhyApart(UpperKind other) =>
        (kind, other) switch
        {
            _ when kind.Name != other.Name => $"an interface carries either {kind.Name} or {other.Name} interfaces",
            (Rtnetlink.Macvlan { Mode: MacvlanMode.Passthru }, _) or (_, Rtnetlink.Macvlan { Mode: MacvlanMode.Passthru }) =>
                "the mode 'passthru' shares its parent with no other network",
            (Rtnetlink.Ipvlan, Rtnetlink.Ipvlan) when kind != other =>
                $"all ipvlan interfaces on one interface have the same mode and flag, here '{other.Words}', which you can choose too",
            _ => null,
        };

    private void Refuse(string sentence, string network) =>
        problems.Add(new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, sentence, network));
}
