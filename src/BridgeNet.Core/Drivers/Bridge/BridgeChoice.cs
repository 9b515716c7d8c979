using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Bridge;

/// <summary>Chooses the bridge of a network: a new one with name, MAC address and MTU, or an existing one to adopt.</summary>
internal static partial class BridgeChoice
{
    [GeneratedRegex(@"\Aveth[0-9a-f]{7}\z")]
    private static partial Regex HostEnd();

    /// <summary>Whether a text is a valid name for the host's end of an endpoint.</summary>
    public static bool IsHostEnd(string name) => HostEnd().IsMatch(name);

    /// <summary>Adds the reasons why a network cannot have the bridge that it requests.</summary>
    public static void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems)
    {
        if (NameIn(request.Options) is not { } name)
            return;
        if (host.OwnerOf(name) is { } other)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The bridge {name} already belongs to network '{other}'; choose another bridge name.",
                    request.Name
                )
            );
        else if (host.FindLink(name) is { Kind: not "bridge" })
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"The interface {name} already exists and is not a bridge; choose another bridge name.",
                    request.Name
                )
            );
    }

    /// <summary>The existing bridge with the requested name; null if there is none.</summary>
    public static Link? FindAdoptable(IReadOnlyDictionary<string, string> options, IHostView host) =>
        NameIn(options) is { } name && host.OwnerOf(name) is null && host.FindLink(name) is { Kind: "bridge" } link ? link : null;

    /// <summary>The network with its bridge chosen.</summary>
    public static NetworkRow Choose(NetworkRow network, IHostView host)
    {
        Link? adopted = FindAdoptable(network.Options, host);
        int asked = NetworkOptions.MtuOf(network.Options);
        return network with
        {
            BridgeName = NameIn(network.Options) ?? $"br-{network.ShortId}",
            BridgeMacAddress = adopted?.Mac ?? host.NewMacAddress(),
            Adopted = adopted is null ? null : Capture(adopted, network, host),
            Mtu = asked > 0 ? asked : adopted?.Mtu ?? DefaultMtu(host, network.EnableIPv6),
        };
    }

    /// <summary>
    /// The MTU of the host's default route: with a larger one, packets could be lost on their way (moby and podman leave this to the user,
    /// or did so for long).
    /// </summary>
    public static int DefaultMtu(IHostView host, bool ipv6) =>
        Math.Clamp(host.DefaultMtu ?? 1500, LinkRules.MinMtu(ipv6), LinkRules.MaxMtu);

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
                        $"The gateway mode 'isolated' is fixed at creation, because such a network has no gateway; remove '{before.Name}' and create it again.",
                        before.Name
                    )
                );
            }
        }
        // At the first change of the MTU, records the bridge's own, to restore it when the network is removed.
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

    /// <summary>Why a row is invalid for a bridge network; null if it is valid.</summary>
    public static string? WhyInvalid(NetworkRow network) =>
        network switch
        {
            { ConfigOnly: true } or { BridgeName: null } or { BridgeMacAddress: null } =>
                $"Network '{network.Name}' is neither a network with a bridge nor a configuration.",
            { BridgeName: { } name } when !LinkRules.IsName(name) => $"'{Display.Of(name)}' is not a valid bridge name.",
            _ when !network.BridgeMacAddress.Value.IsUnicast
                    || network.Mtu < LinkRules.MinMtu(network.EnableIPv6)
                    || network.Mtu > LinkRules.MaxMtu => $"The bridge of network '{network.Name}' has an invalid MAC address or MTU.",
            _ => null,
        };

    /// <summary>A network of a document on this host; adopts the bridge with its requested name if that exists.</summary>
    public static NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems)
    {
        string bridge = network.BridgeName!;
        if (host.OwnerOf(bridge) is { } other)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The bridge {bridge} already belongs to network '{other}'; remove that network first.",
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
                $"The interface {bridge} already exists, and network '{network.Name}' does not adopt it; remove or rename it.",
                network.Name
            )
        );
        return network;
    }

    /// <summary>
    /// After a boot, the owner of an adopted bridge may have created it again: returns the network's row with the new bridge.
    /// </summary>
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
                new Absence(other.Name, "created again since the last boot")
            )
            : null;

    /// <summary>Records what the network changes of a bridge that it adopts.</summary>
    private static AdoptedBridge Capture(Link link, NetworkRow network, IHostView host)
    {
        IReadOnlySet<IPAddress> existing = host.AddressesOf(link);
        return new(
            link.Group,
            [.. BridgeObjects.Addresses(network).Select(static address => address.Address).Where(address => !existing.Contains(address))],
            !link.Up,
            host.Setting($"net/ipv4/conf/{link.Name}/route_localnet") == "1",
            Boot: host.Boot
        );
    }

    private static string? NameIn(IReadOnlyDictionary<string, string> options) =>
        options.GetValueOrDefault(NetworkOptions.BridgeName) is { Length: > 0 } name && LinkRules.IsName(name) ? name : null;
}
