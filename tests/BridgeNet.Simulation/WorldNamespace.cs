using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Simulation;

/// <summary>
/// A modelled network namespace: what the kernel does to links, addresses and routes when one of them is changed, as far as this module can
/// notice. A test runs the same changes on the kernel and compares.
/// </summary>
internal sealed class WorldNamespace
{
    private const byte Unicast = RtnlConstants.RTN_UNICAST;

    private int _lastIndex;

    /// <param name="cookie">The number that no other namespace of the boot gets.</param>
    /// <param name="inode">The number that the next namespace may get when this one has ended.</param>
    public WorldNamespace(ulong cookie, ulong inode)
    {
        Cookie = cookie;
        Inode = inode;
        Links.Add(
            ++_lastIndex,
            new WorldLink
            {
                Index = _lastIndex,
                Name = "lo",
                Mtu = 65536,
                Mac = new MacAddress(new byte[6]),
            }
        );
    }

    /// <summary>The number that no other namespace of the boot gets.</summary>
    public ulong Cookie { get; }

    /// <summary>The number that the next namespace may get when this one has ended.</summary>
    public ulong Inode { get; }

    /// <summary>The links, by index.</summary>
    public SortedDictionary<int, WorldLink> Links { get; } = [];

    /// <summary>The addresses, in the order in which they were added.</summary>
    public List<InterfaceAddress> Addresses { get; } = [];

    /// <summary>The unicast routes.</summary>
    public List<Route> Routes { get; } = [];

    /// <summary>The forwarding entries of bridges.</summary>
    public List<ForwardingEntry> Forwarding { get; } = [];

    /// <summary>Settings that are of no link, by their path below <c>/proc/sys</c>.</summary>
    public SortedDictionary<string, string> Settings { get; } =
        new(StringComparer.Ordinal)
        {
            ["net/ipv4/ip_forward"] = "0",
            ["net/ipv6/conf/all/forwarding"] = "0",
            ["net/ipv4/ip_local_port_range"] = "32768\t60999",
        };

    /// <summary>A link by its name; null where there is none.</summary>
    public WorldLink? Find(string name) => Links.Values.FirstOrDefault(link => link.Name == name);

    /// <summary>A link by its index.</summary>
    /// <exception cref="NetlinkException">ENODEV.</exception>
    public WorldLink Get(int index, string words) => Links.GetValueOrDefault(index) ?? throw new NetlinkException(words, ENODEV, null);

    /// <summary>Adds a link.</summary>
    /// <exception cref="NetlinkException">EEXIST: the name is in use.</exception>
    public WorldLink Add(string words, string name, string kind, MacAddress mac, uint group, ulong peerNamespace = 0)
    {
        RequireFree(words, name);
        WorldLink added = new()
        {
            Index = ++_lastIndex,
            Name = name,
            Kind = kind,
            Mac = mac,
            Group = group,
            PeerNamespace = peerNamespace,
        };
        Links.Add(added.Index, added);
        return added;
    }

    /// <summary>Refuses a name that a link has.</summary>
    /// <exception cref="NetlinkException">EEXIST.</exception>
    public void RequireFree(string words, string name)
    {
        if (Find(name) is not null)
            throw new NetlinkException(words, EEXIST, null);
    }

    /// <summary>Removes a link with all that is on it; the other end of a veth is not of this namespace.</summary>
    public void Remove(WorldLink link)
    {
        if (link.Master != 0)
            SetMaster(link, 0, "");
        foreach (WorldLink port in Links.Values.Where(port => port.Master == link.Index))
            SetMaster(port, 0, "");
        Links.Remove(link.Index);
        Addresses.RemoveAll(address => address.LinkIndex == link.Index);
        Routes.RemoveAll(route => route.LinkIndex == link.Index);
        Forwarding.RemoveAll(entry => entry.LinkIndex == link.Index);
    }

    /// <summary>Switches a link on or off. Routes go with a link that is switched off, and its IPv6 addresses.</summary>
    public void SetUp(WorldLink link, bool up)
    {
        if (link.Up == up)
            return;
        link.Up = up;
        if (up)
        {
            foreach (InterfaceAddress address in Addresses.Where(address => address.LinkIndex == link.Index))
                AddRouteOf(address);
            return;
        }
        Routes.RemoveAll(route => route.LinkIndex == link.Index);
        Addresses.RemoveAll(address => address.LinkIndex == link.Index && address.Address.AddressFamily == AddressFamily.InterNetworkV6);
    }

    /// <summary>Makes a link a port of a bridge, or of none.</summary>
    /// <inheritdoc cref="RequireBridge" path="/exception"/>
    public void SetMaster(WorldLink link, int master, string words)
    {
        if (link.Master == master)
            return;
        // It leaves the one before the other is looked for.
        int left = link.Master;
        link.Master = 0;
        (link.Isolated, link.Hairpin, link.Learning) = (false, false, true);
        Forwarding.RemoveAll(entry => entry.LinkIndex == link.Index);
        AdjustMtu(left);
        RequireBridge(words, master);
        link.Master = master;
        AdjustMtu(master);
    }

    /// <summary>Refuses what cannot have ports (net/core/rtnetlink.c: do_set_master).</summary>
    /// <param name="words">What was asked for.</param>
    /// <param name="master">The index of the bridge; 0 for none.</param>
    /// <exception cref="NetlinkException">EINVAL: there is no such link. EOPNOTSUPP: it is not a bridge.</exception>
    public void RequireBridge(string words, int master)
    {
        if (master != 0 && Links.GetValueOrDefault(master)?.Kind is var kind && kind != "bridge")
            throw new NetlinkException(words, kind is null ? EINVAL : EOPNOTSUPP, null);
    }

    /// <summary>Sets an MTU. A bridge that was never given one follows its ports.</summary>
    public void SetMtu(WorldLink link, int mtu)
    {
        if (link.Mtu == mtu)
            return;
        link.Mtu = mtu;
        link.HasOwnMtu |= link.Kind == "bridge";
        AdjustMtu(link.Master);
    }

    /// <summary>Adds an address, and the route to its subnet where the link is up.</summary>
    /// <exception cref="NetlinkException">EEXIST; EACCES: IPv6 is off on the link.</exception>
    public void AddAddress(WorldLink link, IPAddress address, int prefixLength, string words)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && link.Settings.GetValueOrDefault("ipv6/disable_ipv6") == "1")
            throw new NetlinkException(words, EACCES, null);
        bool Has(InterfaceAddress there) =>
            there.LinkIndex == link.Index
            && there.Address.Equals(address)
            && (there.PrefixLength == prefixLength || address.AddressFamily == AddressFamily.InterNetworkV6);
        if (Addresses.Exists(Has))
            throw new NetlinkException(words, EEXIST, null);
        InterfaceAddress added = new(link.Index, address, prefixLength);
        Addresses.Add(added);
        if (link.Up)
            AddRouteOf(added);
    }

    /// <summary>
    /// Removes an address, and the route to its subnet. With the first of a subnet go the later ones (net/ipv4/devinet.c: __inet_del_ifa),
    /// and with the
    /// last of a link all routes by it (net/ipv4/fib_frontend.c: fib_inetaddr_event).
    /// </summary>
    public void RemoveAddress(int index, IPAddress address, int prefixLength)
    {
        IPNetwork subnet = AddressNumber.Subnet(address, prefixLength);
        bool IsOfSubnet(InterfaceAddress other) =>
            other.LinkIndex == index
            && other.PrefixLength == prefixLength
            && AddressNumber.Subnet(other.Address, prefixLength).Equals(subnet);
        bool isFirst = Addresses.Find(IsOfSubnet)?.Address.Equals(address) == true,
            isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (!Addresses.Remove(new InterfaceAddress(index, address, prefixLength)))
            return;
        if (isFirst && isIPv4)
            Addresses.RemoveAll(IsOfSubnet);
        if (!Addresses.Exists(IsOfSubnet))
            Routes.RemoveAll(route => route.LinkIndex == index && route.Destination.Equals(subnet) && route.Gateway is null);
        if (isIPv4 && !Addresses.Exists(other => other.LinkIndex == index && other.Address.AddressFamily == AddressFamily.InterNetwork))
            Routes.RemoveAll(route =>
                route.LinkIndex == index && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            );
    }

    /// <summary>Adds the route to a subnet.</summary>
    /// <exception cref="NetlinkException">EEXIST; ENETDOWN.</exception>
    public void AddSubnetRoute(WorldLink link, IPNetwork subnet, string words)
    {
        if (!link.Up)
            throw new NetlinkException(words, ENETDOWN, null);
        Route route = new(subnet, null, link.Index, Unicast, RtnlConstants.RT_TABLE_MAIN);
        if (Routes.Contains(route))
            throw new NetlinkException(words, EEXIST, null);
        Routes.Add(route);
    }

    /// <summary>Adds a route to addresses on a link.</summary>
    /// <exception cref="NetlinkException">EINVAL: the source is no address of the namespace; EEXIST; ENETDOWN.</exception>
    public void AddRoute(WorldLink link, IPNetwork destination, IPAddress source, string words)
    {
        if (!Addresses.Exists(one => one.Address.Equals(source)))
            throw new NetlinkException(words, EINVAL, null);
        AddSubnetRoute(link, destination, words);
    }

    /// <summary>Deletes a route by a link.</summary>
    public void RemoveRoute(int index, IPNetwork destination) =>
        Routes.RemoveAll(route => route.LinkIndex == index && route.Destination.Equals(destination) && route.Gateway is null);

    /// <summary>Sets the default route of a family.</summary>
    /// <exception cref="NetlinkException">ENETUNREACH: no route leads to the gateway.</exception>
    public void ReplaceDefaultRoute(WorldLink link, IPAddress gateway, string words)
    {
        if (
            !link.Up
            || !Routes.Exists(route => route.LinkIndex == link.Index && route.Gateway is null && route.Destination.Contains(gateway))
        )
            throw new NetlinkException(words, ENETUNREACH, null);
        DeleteDefaultRoute(gateway.AddressFamily);
        Routes.Add(new Route(Everywhere(gateway.AddressFamily), gateway, link.Index, Unicast, RtnlConstants.RT_TABLE_MAIN));
    }

    /// <summary>Sets the default route of a family to a link that needs no gateway.</summary>
    /// <exception cref="NetlinkException">ENETDOWN: the link is off.</exception>
    public void ReplaceDefaultRoute(WorldLink link, AddressFamily family, string words)
    {
        if (!link.Up)
            throw new NetlinkException(words, ENETDOWN, null);
        DeleteDefaultRoute(family);
        Routes.Add(new Route(Everywhere(family), null, link.Index, Unicast, RtnlConstants.RT_TABLE_MAIN));
    }

    /// <summary>Deletes the default route of a family.</summary>
    public void DeleteDefaultRoute(AddressFamily family)
    {
        int there = Routes.FindIndex(route => route.Destination.Equals(Everywhere(family)));
        if (there >= 0)
            Routes.RemoveAt(there);
    }

    /// <summary>A setting; null where the kernel does not have it.</summary>
    public string? Read(string key)
    {
        if (Settings.TryGetValue(key, out string? value))
            return value;
        if (LinkSetting(key) is not var (family, link, name) || Find(link) is not { } found)
            return null;
        return found.Settings.GetValueOrDefault($"{family}/{name}") ?? Default(family, name);
    }

    /// <summary>Writes a setting.</summary>
    /// <exception cref="IOException">The kernel does not have it.</exception>
    public void Write(string key, string value)
    {
        if (Settings.ContainsKey(key))
        {
            Settings[key] = value;
            // The host's switch is that of every link, now and later (net/ipv4/devinet.c, net/ipv6/addrconf.c).
            if (ForwardingFamily(key) is { } all)
            {
                foreach (WorldLink each in Links.Values)
                    each.Settings.Remove($"{all}/forwarding");
            }
            return;
        }
        if (LinkSetting(key) is not var (family, name, setting) || Find(name) is not { } link || Default(family, setting) is null)
            throw new FileNotFoundException("Could not find the setting", key);
        link.Settings[$"{family}/{setting}"] = value;
        if (family == "ipv6" && setting == "disable_ipv6" && value == "1")
        {
            foreach (
                InterfaceAddress address in Addresses
                    .Where(address => address.LinkIndex == link.Index && address.Address.AddressFamily == AddressFamily.InterNetworkV6)
                    .ToArray()
            )
                RemoveAddress(address.LinkIndex, address.Address, address.PrefixLength);
            Routes.RemoveAll(route =>
                route.LinkIndex == link.Index && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            );
        }
    }

    /// <summary>A copy.</summary>
    public WorldNamespace Clone()
    {
        WorldNamespace copy = new(Cookie, Inode) { _lastIndex = _lastIndex };
        copy.Links.Clear();
        foreach ((int index, WorldLink link) in Links)
            copy.Links.Add(index, link.Clone());
        copy.Addresses.AddRange(Addresses);
        copy.Routes.AddRange(Routes);
        copy.Forwarding.AddRange(Forwarding);
        foreach ((string key, string value) in Settings)
            copy.Settings[key] = value;
        return copy;
    }

    /// <summary>All of it in lines, in an order that does not depend on how it came to be.</summary>
    public IEnumerable<string> Describe() =>
        (
            (IEnumerable<string>)
                [
                    .. Links.Values.Select(link => link.Describe(NameOf(link.Master))),
                    .. Links
                        .Values.SelectMany(static link => link.Settings.Select(setting => (link.Name, setting.Key, setting.Value)))
                        .Where(static setting => setting.Value != DefaultOf(setting.Key))
                        .Select(static setting => $"setting {setting.Name} {setting.Key}={setting.Value}"),
                    .. Addresses.Select(address => $"address {address.Address}/{address.PrefixLength} dev {NameOf(address.LinkIndex)}"),
                    .. Routes.Select(route => $"route {route.Destination} via {route.Gateway} dev {NameOf(route.LinkIndex)}"),
                    .. Forwarding.Select(entry => $"fdb {entry.Mac} dev {NameOf(entry.LinkIndex)}"),
                    .. Settings.Select(static setting => $"setting {setting.Key}={setting.Value}"),
                ]
        ).Order(StringComparer.Ordinal);

    /// <summary>What a link is called; null for none.</summary>
    public string? NameOf(int index) => Links.GetValueOrDefault(index)?.Name;

    private static IPNetwork Everywhere(AddressFamily family) =>
        new(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);

    private void AddRouteOf(InterfaceAddress address)
    {
        if (address.PrefixLength == AddressNumber.Bits(address.Address.AddressFamily))
            return;
        Route route = new(
            AddressNumber.Subnet(address.Address, address.PrefixLength),
            null,
            address.LinkIndex,
            Unicast,
            RtnlConstants.RT_TABLE_MAIN
        );
        if (!Routes.Contains(route))
            Routes.Add(route);
    }

    private void AdjustMtu(int bridge)
    {
        if (Links.GetValueOrDefault(bridge) is { HasOwnMtu: false } link)
            link.Mtu = Links
                .Values.Where(port => port.Master == bridge)
                .Select(static port => port.Mtu)
                .DefaultIfEmpty(WorldLink.DefaultMtu)
                .Min();
    }

    private static (string Family, string Link, string Name)? LinkSetting(string key) =>
        key.Split('/') is ["net", ("ipv4" or "ipv6") and var family, "conf", var link, var name] ? (family, link, name) : null;

    private static string? ForwardingFamily(string key) =>
        key switch
        {
            "net/ipv4/ip_forward" => "ipv4",
            "net/ipv6/conf/all/forwarding" => "ipv6",
            _ => null,
        };

    private string? Default(string family, string name) =>
        (family, name) switch
        {
            ("ipv4", "forwarding") => Settings["net/ipv4/ip_forward"],
            ("ipv6", "forwarding") => Settings["net/ipv6/conf/all/forwarding"],
            _ => DefaultOf($"{family}/{name}"),
        };

    private static string? DefaultOf(string setting) =>
        setting switch
        {
            "ipv4/arp_ignore" or "ipv4/route_localnet" or "ipv4/rp_filter" or "ipv4/proxy_arp" or "ipv6/disable_ipv6" => "0",
            "ipv6/accept_ra" or "ipv6/accept_dad" or "ipv6/autoconf" => "1",
            _ => null,
        };
}
