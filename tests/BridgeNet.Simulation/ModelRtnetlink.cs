using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Simulation;

/// <summary>A netlink socket of a modelled namespace.</summary>
/// <param name="process">The process.</param>
/// <param name="cookie">The namespace that it was opened in.</param>
internal sealed class ModelRtnetlink(ModelProcess process, ulong cookie) : IRtnetlink
{
    // It keeps its namespace alive; the model ends one with its last handle, so it may be gone.
    private WorldNamespace Space =>
        process.World.Namespaces.GetValueOrDefault(cookie) ?? throw new NetlinkException("netlink", ENODEV, null);

    /// <inheritdoc/>
    public IReadOnlyList<Link> GetLinks() =>
        process.Look(() => (IReadOnlyList<Link>)[.. Space.Links.Values.Select(static link => link.ToLink())]);

    /// <inheritdoc/>
    public Link? FindLink(string name) => process.Look(() => Space.Find(name)?.ToLink());

    /// <inheritdoc/>
    public Link? FindLink(int index) => process.Look(() => Space.Links.GetValueOrDefault(index)?.ToLink());

    /// <inheritdoc/>
    public IReadOnlyList<InterfaceAddress> GetAddresses(AddressFamily family) =>
        process.Look(() => (IReadOnlyList<InterfaceAddress>)[.. Space.Addresses.Where(address => address.Address.AddressFamily == family)]);

    /// <inheritdoc/>
    public IReadOnlyList<Route> GetRoutes(AddressFamily family) =>
        process.Look(() => (IReadOnlyList<Route>)[.. Space.Routes.Where(route => route.Destination.BaseAddress.AddressFamily == family)]);

    /// <inheritdoc/>
    public IReadOnlyList<ForwardingEntry> GetForwarding() => process.Look(() => (IReadOnlyList<ForwardingEntry>)[.. Space.Forwarding]);

    /// <inheritdoc/>
    public int CreateBridge(string name, MacAddress? given, int mtu, uint group, string alias)
    {
        string words = $"ip link add {name} type bridge";
        MacAddress mac = given ?? process.World.ChooseMac();
        return Do(
            "link.create-bridge",
            words,
            () =>
            {
                WorldLink created = Space.Add(words, name, "bridge", mac, group);
                created.Alias = alias;
                if (mtu != WorldLink.DefaultMtu)
                    Space.SetMtu(created, mtu);
                return created.Index;
            },
            () => Space.Add(words, name, "bridge", mac, group)
        );
    }

    /// <inheritdoc/>
    public int CreateVeth(
        string hostName,
        MacAddress hostMac,
        int mtu,
        int masterIndex,
        string alias,
        SafeHandle peerNamespace,
        string peerName,
        MacAddress peerMac,
        uint group = 0
    )
    {
        string words = $"ip link add {hostName} type veth peer {peerName}";
        WorldLink Create() =>
            process.World.CreateVeth(
                Space,
                words,
                hostName,
                hostMac,
                mtu,
                masterIndex,
                group,
                process.World.Namespaces[((ModelHandle)peerNamespace).Cookie],
                peerName,
                peerMac
            );
        return Do(
            "link.create-veth",
            words,
            () =>
            {
                WorldLink created = Create();
                created.Alias = alias;
                return created.Index;
            },
            () => Create()
        );
    }

    /// <inheritdoc/>
    public bool Has(UpperKind kind) => true;

    /// <inheritdoc/>
    public void CreateUpper(
        string name,
        int lower,
        UpperKind kind,
        MacAddress? mac = null,
        int mtu = 0,
        uint group = 0,
        SafeHandle? inside = null
    )
    {
        string words = $"ip link add link {lower} name {name} type {kind.Name} {kind.Words}";
        Do(
            "link.create-upper",
            words,
            () =>
            {
                WorldNamespace target = inside is ModelHandle handle ? process.World.Namespaces[handle.Cookie] : Space;
                return UpperLinks.Create(process.World, Space, target, name, lower, kind, mac, mtu, group, words);
            }
        );
    }

    /// <inheritdoc/>
    public void SetUpper(int index, UpperKind kind) =>
        Change("link.upper", $"ip link set {index} type {kind.Name} {kind.Words}", index, (link, _) => link.Upper = kind);

    /// <inheritdoc/>
    public void DeleteLinks(IReadOnlyList<int> indexes)
    {
        WorldLink[] doomed = process.Look(() =>
            indexes.Select(index => Space.Links.GetValueOrDefault(index)).OfType<WorldLink>().ToArray()
        );
        void Delete(IEnumerable<WorldLink> links)
        {
            foreach (WorldLink link in links.Where(link => Space.Links.ContainsKey(link.Index)))
                process.World.DeleteLink(Space, link);
        }
        if (doomed.Length > 0)
        {
            Do(
                "link.delete",
                $"ip link delete {string.Join(' ', doomed.Select(static link => link.Name))}",
                () =>
                {
                    Delete(doomed);
                    return true;
                },
                () => Delete(doomed[..(doomed.Length / 2)])
            );
        }
    }

    /// <inheritdoc/>
    public void SetUp(int index) =>
        Change(
            "link.up",
            $"ip link set {index} up",
            index,
            (link, words) =>
            {
                if (!link.Up)
                    UpperLinks.RequireCanBeUp(process.World, link, words);
                Space.SetUp(link, true);
            }
        );

    /// <inheritdoc/>
    public void SetDown(int index) => Change("link.down", $"ip link set {index} down", index, (link, _) => Space.SetUp(link, false));

    /// <inheritdoc/>
    public void SetMtu(int index, int mtu) =>
        Change("link.mtu", $"ip link set {index} mtu {mtu}", index, (link, _) => Space.SetMtu(link, mtu));

    /// <inheritdoc/>
    public void Rename(int index, string name) =>
        Change(
            "link.name",
            $"ip link set {index} name {name}",
            index,
            (link, words) =>
            {
                if (link.Name != name)
                    Space.RequireFree(words, name);
                link.Name = name;
            }
        );

    /// <inheritdoc/>
    public void ReplaceAlias(int index, string alias) =>
        Change("link.alias", $"ip link set {index} alias '{alias}'", index, (link, _) => link.Alias = alias);

    /// <inheritdoc/>
    public void SetMaster(int index, int master) =>
        Change("link.master", $"ip link set {index} master {master}", index, (link, words) => Space.SetMaster(link, master, words));

    /// <inheritdoc/>
    public void SetMac(int index, MacAddress mac) =>
        Change("link.address", $"ip link set {index} address {mac}", index, (link, _) => link.Mac = mac);

    /// <inheritdoc/>
    public void SetGroup(int index, uint group) =>
        Change("link.group", $"ip link set {index} group {group}", index, (link, _) => link.Group = group);

    /// <inheritdoc/>
    public void SetBridgePort(int index, bool? isolated = null, bool? hairpin = null, bool? learning = null) =>
        Change(
            "link.port",
            $"bridge link set dev {index} {isolated} {hairpin} {learning}",
            index,
            (link, words) =>
            {
                RequirePort(link, words);
                (link.Isolated, link.Hairpin, link.Learning) = (
                    isolated ?? link.Isolated,
                    hairpin ?? link.Hairpin,
                    learning ?? link.Learning
                );
            }
        );

    /// <inheritdoc/>
    public void ReplaceForwarding(int index, MacAddress mac) =>
        Change(
            "fdb.replace",
            $"bridge fdb replace {mac} dev {index}",
            index,
            (link, words) =>
            {
                RequirePort(link, words);
                Space.Forwarding.RemoveAll(entry =>
                    entry.Mac == mac && Space.Links.GetValueOrDefault(entry.LinkIndex)?.Master == link.Master
                );
                Space.Forwarding.Add(new ForwardingEntry(index, mac, RtnlConstants.NUD_NOARP, RtnlConstants.NTF_STICKY));
            }
        );

    /// <inheritdoc/>
    public void RemoveForwarding(int index, MacAddress mac) =>
        Change(
            "fdb.delete",
            $"bridge fdb delete {mac} dev {index}",
            index,
            (link, words) =>
            {
                RequirePort(link, words);
                Space.Forwarding.RemoveAll(entry => entry.LinkIndex == index && entry.Mac == mac);
            }
        );

    /// <inheritdoc/>
    public void AddAddress(int index, IPAddress address, int prefixLength, bool noDad = false) =>
        Change(
            "address.add",
            $"ip address add {address}/{prefixLength} dev {index}",
            index,
            (link, words) => Space.AddAddress(link, address, prefixLength, words)
        );

    /// <inheritdoc/>
    public void RemoveAddress(int index, IPAddress address, int prefixLength) =>
        Do(
            "address.delete",
            $"ip address delete {address}/{prefixLength} dev {index}",
            () =>
            {
                Space.RemoveAddress(index, address, prefixLength);
                return true;
            }
        );

    /// <inheritdoc/>
    public void ReplaceDefaultRoute(int index, IPAddress gateway) =>
        Change(
            "route.replace",
            $"ip route replace default via {gateway} dev {index}",
            index,
            (link, words) => Space.ReplaceDefaultRoute(link, gateway, words)
        );

    /// <inheritdoc/>
    public void ReplaceDefaultRoute(int index, AddressFamily family) =>
        Change(
            "route.replace",
            $"ip route replace default dev {index}",
            index,
            (link, words) => Space.ReplaceDefaultRoute(link, family, words)
        );

    /// <inheritdoc/>
    public void AddSubnetRoute(int index, IPNetwork subnet, IPAddress source) =>
        Change("route.add", $"ip route add {subnet} dev {index}", index, (link, words) => Space.AddSubnetRoute(link, subnet, words));

    /// <inheritdoc/>
    public void AddRoute(int index, IPNetwork destination, IPAddress source) =>
        Change(
            "route.add",
            $"ip route add {destination} dev {index} src {source}",
            index,
            (link, words) => Space.AddRoute(link, destination, source, words)
        );

    /// <inheritdoc/>
    public void RemoveRoute(int index, IPNetwork destination) =>
        Do(
            "route.delete",
            $"ip route delete {destination} dev {index}",
            () =>
            {
                Space.RemoveRoute(index, destination);
                return true;
            }
        );

    /// <inheritdoc/>
    public void DeleteDefaultRoute(AddressFamily family) =>
        Do(
            "route.delete",
            $"ip route delete default {family}",
            () =>
            {
                Space.DeleteDefaultRoute(family);
                return true;
            }
        );

    /// <inheritdoc/>
    public bool WaitForForwarding(int index, TimeSpan bound) => process.Look(() => Space.Links.GetValueOrDefault(index) is { Master: > 0 });

    /// <inheritdoc/>
    public void Dispose() { }

    private static void RequirePort(WorldLink link, string words)
    {
        if (link.Master == 0)
            throw new NetlinkException(words, EOPNOTSUPP, null);
    }

    private void Change(string point, string words, int index, Action<WorldLink, string> change) =>
        Do(
            point,
            words,
            () =>
            {
                change(Space.Get(index, words), words);
                return true;
            }
        );

    private T Do<T>(string point, string words, Func<T> effect, Action? half = null) =>
        process.Do(point, words, effect, () => new NetlinkException(words, ENOBUFS, "injected"), half);
}
