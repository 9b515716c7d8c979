using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Bridge;

/// <summary>Chooses the bridge of a network: its name, MAC address and MTU, or one that exists already.</summary>
internal static partial class BridgeChoice
{
    [GeneratedRegex(@"\Aveth[0-9a-f]{7}\z")]
    private static partial Regex HostEnd();

    /// <summary>Whether a text can be the name of an endpoint's end on the host.</summary>
    public static bool IsHostEnd(string name) => HostEnd().IsMatch(name);

    /// <summary>Adds why a network cannot have the bridge that it asks for.</summary>
    public static void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems)
    {
        if (NameIn(request.Options) is not { } name)
            return;
        if (host.OwnerOf(name) is { } other)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The bridge {name} belongs to network '{other}' already; choose another -BridgeName.",
                    request.Name
                )
            );
        else if (host.FindLink(name) is { Kind: not "bridge" })
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"The interface {name} is there already and is not a bridge; choose another -BridgeName.",
                    request.Name
                )
            );
    }

    /// <summary>The bridge that is there already under the name that options ask for; null when there is none.</summary>
    public static Link? Taken(IReadOnlyDictionary<string, string> options, IHostView host) =>
        NameIn(options) is { } name && host.OwnerOf(name) is null && host.FindLink(name) is { Kind: "bridge" } link ? link : null;

    /// <summary>The network with its bridge.</summary>
    public static NetworkRow Choose(NetworkRow network, IHostView host)
    {
        Link? adopted = Taken(network.Options, host);
        int asked = NetworkOptions.MtuOf(network.Options);
        return network with
        {
            BridgeName = NameIn(network.Options) ?? $"br-{network.ShortId}",
            BridgeMacAddress = adopted?.Mac ?? MacAddress.Random(),
            Adopted = adopted is null ? null : Capture(adopted, network, host),
            Mtu = asked > 0 ? asked : adopted?.Mtu ?? DefaultMtu(host, network.EnableIPv6),
        };
    }

    /// <summary>The MTU of the way out of the host, since a larger one makes packets that vanish on the way (moby and podman leave that to the user, or did for long).</summary>
    public static int DefaultMtu(IHostView host, bool ipv6) =>
        Math.Clamp(host.DefaultMtu ?? 1500, LinkRules.LeastMtu(ipv6), LinkRules.MaxMtu);

    /// <summary>The network after its settings were changed.</summary>
    public static NetworkRow Change(NetworkRow before, NetworkRow after, IHostView host, ICollection<Problem> problems)
    {
        foreach (AddressFamily family in AddressNumber.Families)
        {
            if ((after.Mode(family) == GatewayMode.Isolated) != (before.Mode(family) == GatewayMode.Isolated))
            {
                problems.Add(
                    new(
                        ErrorIds.InvalidOption,
                        ProblemCategory.InvalidOperation,
                        $"The gateway mode 'isolated' is fixed when a network is made, for such a network has no gateway; remove '{before.Name}' and make it anew.",
                        before.Name
                    )
                );
            }
        }
        // The first time that it is changed: what it was is given back one day.
        if (before.Adopted is not { Mtu: 0 } taken || after.Mtu == before.Mtu)
            return after;
        return after with
        {
            Adopted = taken with
            {
                Mtu = host.FindLink(before.BridgeName!) is { } link && BridgeObjects.Mark(before).IsOn(link) ? link.Mtu : 0,
            },
        };
    }

    /// <summary>In what a row cannot be one of a bridge network.</summary>
    public static string? Flaw(NetworkRow network) =>
        network switch
        {
            { ConfigOnly: true } or { BridgeName: null } or { BridgeMacAddress: null } =>
                $"Network '{network.Name}' is neither one with a bridge nor only a configuration.",
            { BridgeName: { } name } when !LinkRules.IsName(name) => $"'{Display.Of(name)}' cannot be the name of a bridge.",
            _ when !network.BridgeMacAddress.Value.IsUnicast
                    || network.Mtu < LinkRules.LeastMtu(network.EnableIPv6)
                    || network.Mtu > LinkRules.MaxMtu =>
                $"The bridge of network '{network.Name}' has an Ethernet address or an MTU that cannot be.",
            _ => null,
        };

    /// <summary>A network of a document, with the bridge of its name where somebody made one that it was asked to take.</summary>
    public static NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems)
    {
        string bridge = network.BridgeName!;
        if (host.OwnerOf(bridge) is { } other)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The bridge {bridge} belongs to network '{other}' already; remove that network first.",
                    network.Name
                )
            );
        if (host.FindLink(bridge) is not { } link)
            return network with { Adopted = null };
        if (link.Kind == "bridge" && NameIn(network.Options) == bridge)
            return network with { BridgeMacAddress = link.Mac, Adopted = Capture(link, network, host) };
        problems.Add(
            new(
                ErrorIds.InvalidOption,
                ProblemCategory.ResourceExists,
                $"There is an interface {bridge} already, which network '{network.Name}' was not asked to take; remove or rename it.",
                network.Name
            )
        );
        return network;
    }

    /// <summary>After a boot, its owner may have created the bridge anew under the name that the network was asked to take.</summary>
    public static (NetworkRow Network, Absence What)? Follow(NetworkRow network, IHostView host) =>
        network.Adopted is { } adopted
        && adopted.Boot != host.Boot
        && host.FindLink(network.BridgeName!) is { Kind: "bridge" } other
        && !BridgeObjects.Mark(network).IsOn(other)
            ? (
                network with
                {
                    BridgeMacAddress = other.Mac,
                    Adopted = Capture(other, network, host),
                },
                new Absence(other.Name, "created anew since the last boot")
            )
            : null;

    /// <summary>What there is to give back of a bridge that a network takes.</summary>
    private static AdoptedBridge Capture(Link link, NetworkRow network, IHostView host)
    {
        IReadOnlySet<IPAddress> there = host.AddressesOf(link);
        return new(
            link.Group,
            [.. BridgeObjects.Addresses(network).Select(static address => address.Address).Where(address => !there.Contains(address))],
            !link.Up,
            host.Setting($"net/ipv4/conf/{link.Name}/route_localnet") == "1",
            Boot: host.Boot
        );
    }

    private static string? NameIn(IReadOnlyDictionary<string, string> options) =>
        options.GetValueOrDefault(NetworkOptions.BridgeName) is { Length: > 0 } name && LinkRules.IsName(name) ? name : null;
}
