using System.Net;
using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Upper;

/// <summary>
/// An interface of the host's own beside those of the containers, by which the two reach each other: through the parent they do not. It has
/// an address in each subnet of the network, and a route to each container. The address is an auxiliary one of the network, so that no
/// container gets it.
/// </summary>
internal static class HostAccess
{
    /// <summary>The option.</summary>
    public static DriverOption Option { get; } = DriverOption.Flag(NetworkOptions.HostAccess, isLive: false);

    /// <summary>Adds the reason why a network cannot have it.</summary>
    public static void Check(
        IReadOnlyDictionary<string, string> options,
        UpperKind kind,
        bool isInternal,
        ICollection<Problem> problems,
        string network
    )
    {
        if (!NetworkOptions.Flag(options, NetworkOptions.HostAccess, otherwise: false))
            return;
        string? why = kind switch
        {
            _ when isInternal => "the containers of an internal network reach each other only",
            Rtnetlink.Macvlan { Mode: MacvlanMode.Passthru } => "the mode 'passthru' shares its parent with no other interface",
            Rtnetlink.Macvlan { Mode: MacvlanMode.Private } => "in the mode 'private', interfaces on one parent do not reach each other",
            Rtnetlink.Ipvlan { Flag: IpvlanFlag.Private } => "with the flag 'private', interfaces on one parent do not reach each other",
            _ => null,
        };
        if (why is not null)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"The host cannot have an interface on network '{network}': {why}; leave out the option {NetworkOptions.HostAccess}.",
                    network
                )
            );
    }

    /// <summary>
    /// The network with an address for the host in each subnet: the one that was given by its name, or the last free one, because
    /// containers get theirs from the first on. And with a MAC address where the interface has one of its own, so that containers still know
    /// it after it was repaired.
    /// </summary>
    public static NetworkRow Choose(NetworkRow network, UpperKind kind, IHostView host)
    {
        if (!network.HostAccess)
            return network;
        IReadOnlySet<IPAddress> hosts =
            UpperObjects.Parent(network.Options) is { } parent && host.FindLink(parent) is { } link
                ? host.AddressesOf(link)
                : new HashSet<IPAddress>();
        return network with
        {
            BridgeMacAddress = HasOwnMac(kind) ? network.BridgeMacAddress ?? host.NewMacAddress() : null,
            IPAM = network.IPAM with
            {
                Config =
                [
                    .. network.IPAM.Config.Select(config =>
                        AddressOf(config) is not null
                            ? config
                            : config with
                            {
                                AuxiliaryAddresses = new Dictionary<string, IPAddress>(config.AuxiliaryAddresses)
                                {
                                    [NameIn(config)] = AddressPool.ChooseLast(config, hosts, network.Name),
                                },
                            }
                    ),
                ],
            },
        };
    }

    /// <summary>The host's addresses on a network, with the lengths of single ones; none without the option.</summary>
    public static IEnumerable<(IPAddress Address, int PrefixLength)> Addresses(NetworkRow network) =>
        network.HostAccess
            ? network
                .IPAM.Config.Select(AddressOf)
                .OfType<IPAddress>()
                .Select(static address => (address, AddressNumber.Bits(address.AddressFamily)))
            : [];

    /// <summary>Why a row is invalid; null if it is valid.</summary>
    public static string? WhyInvalid(NetworkRow network, UpperKind kind) =>
        Addresses(network).Count() < (network.HostAccess ? network.IPAM.Config.Count : 0)
            ? $"Network '{network.Name}' has no address for the host."
        : network.BridgeMacAddress is { IsUnicast: true } != (network.HostAccess && HasOwnMac(kind))
            ? $"Network '{network.Name}' has an invalid MAC address for the host."
        : null;

    /// <summary>The interface of the host, and the objects on it.</summary>
    public static IEnumerable<KernelObject> Objects(NetworkRow network, LinkMark lower, UpperKind kind)
    {
        if (!network.HostAccess)
            yield break;
        LinkMark mark = Mark(network, kind);
        yield return new UpperLink(mark, lower, Place.Host, kind, network.Mtu);
        yield return new LinkSettings(Place.Host, mark, "settings", [.. Settings(network, mark.Name)]);
        foreach ((IPAddress address, int length) in Addresses(network))
            yield return new LinkAddress(Place.Host, mark, address, length);
        yield return new LinkUp(Place.Host, mark) { Lower = lower };
    }

    /// <summary>The routes of the host to the addresses of an endpoint.</summary>
    public static IEnumerable<KernelObject> Routes(NetworkRow network, EndpointRow endpoint, UpperKind kind) =>
        from own in Addresses(network)
        where endpoint.Address(own.Address.AddressFamily) is not null
        select new HostRoute(Mark(network, kind), endpoint.Address(own.Address.AddressFamily)!, own.Address);

    private static LinkMark Mark(NetworkRow network, UpperKind kind) =>
        new($"bn-{network.ShortId}", kind.Name, network.BridgeMacAddress, $"{LinkMark.AliasPrefix}host {network.Name} {network.ShortId}")
        {
            Owner = network.Name,
            Group = InterfaceGroup.Upper,
            Id = $" {network.ShortId}",
        };

    /// <summary>
    /// It is for the containers alone: over IPv4, it answers only for its own address (arp_ignore), and accepts questions and packets only
    /// from addresses that the host reaches by it, which are those of the containers (arp_filter, rp_filter). So an admin's rules for packets
    /// that come in by the parent still see those of everybody else. What routers announce is for the parent, too.
    /// </summary>
    private static IEnumerable<Setting> Settings(NetworkRow network, string name)
    {
        bool ipv4 = network.Config(AddressFamily.InterNetwork) is not null;
        yield return new($"net/ipv4/conf/{name}/arp_ignore", ipv4 ? "1" : "8");
        if (ipv4)
        {
            yield return new($"net/ipv4/conf/{name}/arp_announce", "2");
            yield return new($"net/ipv4/conf/{name}/arp_filter", "1");
            yield return new($"net/ipv4/conf/{name}/rp_filter", "1");
        }
        yield return new($"net/ipv6/conf/{name}/accept_ra", "0");
        yield return network.Config(AddressFamily.InterNetworkV6) is not null
            ? new($"net/ipv6/conf/{name}/accept_dad", "0")
            : new($"net/ipv6/conf/{name}/disable_ipv6", "1");
    }

    /// <summary>Interfaces of ipvlan have the MAC address of their parent.</summary>
    private static bool HasOwnMac(UpperKind kind) => kind is Rtnetlink.Macvlan;

    private static string NameIn(SubnetRow config) =>
        config.Subnet.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? NetworkOptions.HostAccessIPv4
            : NetworkOptions.HostAccessIPv6;

    private static IPAddress? AddressOf(SubnetRow config) => config.AuxiliaryAddresses.GetValueOrDefault(NameIn(config));
}
