using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Rtnetlink.RtnlConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Rtnetlink;

/// <summary>Links, addresses and routes of the network namespace that it was opened in.</summary>
public sealed partial class RtnetlinkConnection(NetlinkConnection netlink) : IRtnetlink
{
    /// <summary>The kernel's default for a new bridge.</summary>
    private const int DefaultMtu = 1500;

    private const ushort Create = NLM_F_CREATE | NLM_F_EXCL;

    /// <summary>Opens it in the namespace of the calling thread; it can be used from any.</summary>
    public static RtnetlinkConnection Open() => new(NetlinkConnection.Open(NETLINK_ROUTE));

    /// <returns>The index of the new bridge, which is down.</returns>
    public int CreateBridge(string name, MacAddress? mac, int mtu, uint group, string alias)
    {
        netlink.Execute(
            $"ip link add {name} type bridge",
            RTM_NEWLINK,
            Create,
            message => LinkMessages.Bridge(message, name, mac, DefaultMtu, group)
        );
        int index = SetAlias(name, mac, alias);
        // A bridge returns to the default when its last port is removed, unless its MTU was changed before.
        if (mtu != DefaultMtu)
            SetMtu(index, mtu);
        return index;
    }

    /// <summary>Creates a pair with its peer in the other namespace, down; the host end is a port of the bridge, and up.</summary>
    /// <returns>The index of the host end.</returns>
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
        With(
            peerNamespace,
            fd =>
                netlink.Execute(
                    $"ip link add {hostName} type veth peer {peerName}",
                    RTM_NEWLINK,
                    Create,
                    message => LinkMessages.Veth(message, hostName, hostMac, mtu, group, masterIndex, fd, peerName, peerMac)
                )
        );
        return SetAlias(hostName, hostMac, alias);
    }

    private static void With(SafeHandle handle, Action<int> work)
    {
        bool held = false;
        handle.DangerousAddRef(ref held);
        try
        {
            work((int)handle.DangerousGetHandle());
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    private void DeleteLink(int index) =>
        Allow(
            ENODEV,
            () =>
                netlink.Execute(
                    $"ip link delete {index}",
                    RTM_DELLINK,
                    0,
                    message => message.Struct(new IfInfoMsg() with { Index = index })
                )
        );

    /// <inheritdoc/>
    public bool Has(UpperKind kind)
    {
        try
        {
            netlink.Execute($"ip link add type {kind.Name}", RTM_NEWLINK, Create, message => LinkMessages.Upper(message, 0, kind));
            return true;
        }
        catch (NetlinkException refused)
        {
            // Nothing is created without a lower link: only a kernel that knows the kind asks for it.
            return refused.Errno != EOPNOTSUPP;
        }
    }

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
        void Add(int? fd) =>
            netlink.Execute(
                $"ip link add link {lower} name {name} type {kind.Name} {kind.Words}",
                RTM_NEWLINK,
                Create,
                message => LinkMessages.Upper(message, name, lower, kind, mac, mtu, group, fd)
            );
        if (inside is null)
            Add(null);
        else
            With(inside, fd => Add(fd));
    }

    /// <summary>Deletes links, several of them in one request through a temporary group, so that they share the kernel's wait.</summary>
    public void DeleteLinks(IReadOnlyList<int> indexes)
    {
        if (indexes.Count <= 1)
        {
            foreach (int index in indexes)
                DeleteLink(index);
            return;
        }
        // A new random, high number, so that no foreign link is in the group; the group is used for two requests.
        uint doomed = (uint)Random.Shared.Next() | 0x4000_0000;
        foreach (int index in indexes)
            Allow(
                ENODEV,
                () =>
                    netlink.Execute(
                        $"ip link set {index} group {doomed}",
                        RTM_SETLINK,
                        0,
                        message => message.Struct(new IfInfoMsg() with { Index = index }).UInt32(IFLA_GROUP, doomed)
                    )
            );
        Allow(
            ENODEV,
            () =>
                netlink.Execute(
                    $"ip link delete group {doomed}",
                    RTM_DELLINK,
                    0,
                    message => message.Struct(new IfInfoMsg()).UInt32(IFLA_GROUP, doomed)
                )
        );
    }

    /// <summary>Sets a link up.</summary>
    public void SetUp(int index) =>
        netlink.Execute(
            $"ip link set {index} up",
            RTM_NEWLINK,
            0,
            message => message.Struct(new IfInfoMsg(0, 0, 0, index, IFF_UP, IFF_UP))
        );

    /// <summary>Sets a link down.</summary>
    public void SetDown(int index) =>
        netlink.Execute($"ip link set {index} down", RTM_NEWLINK, 0, message => message.Struct(new IfInfoMsg(0, 0, 0, index, 0, IFF_UP)));

    /// <param name="index">The link.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">The prefix length of its subnet, in bits.</param>
    /// <param name="noDad">
    /// For IPv6: usable immediately, without duplicate address detection for a second. The caller must know that the address is unique.
    /// </param>
    public void AddAddress(int index, IPAddress address, int prefixLength, bool noDad = false) =>
        netlink.Execute(
            $"ip address add {address}/{prefixLength} dev {index}",
            RTM_NEWADDR,
            Create,
            message => AddressMessages.Add(message, index, address, prefixLength, noDad)
        );

    /// <summary>Removes an address from a link; a missing one is ignored.</summary>
    public void RemoveAddress(int index, IPAddress address, int prefixLength) =>
        Allow(
            ENODEV,
            () =>
                Allow(
                    EADDRNOTAVAIL,
                    () =>
                        netlink.Execute(
                            $"ip address delete {address}/{prefixLength} dev {index}",
                            RTM_DELADDR,
                            0,
                            message => AddressMessages.Remove(message, index, address, prefixLength)
                        )
                )
        );

    /// <summary>All links of the namespace.</summary>
    public IReadOnlyList<Link> GetLinks() =>
        netlink.Dump(
            "ip link show",
            RTM_GETLINK,
            static message => message.Struct(new IfInfoMsg()),
            static (_, payload) => LinkMessages.Read(payload)
        );

    /// <returns>The link, or null if no link has the name.</returns>
    public Link? FindLink(string name) => FindLink(name, message => message.Struct(new IfInfoMsg()).String(IFLA_IFNAME, name));

    /// <returns>The link, or null if no link has the index.</returns>
    public Link? FindLink(int index) => FindLink($"{index}", message => message.Struct(new IfInfoMsg() with { Index = index }));

    /// <summary>The addresses of all links, of one family.</summary>
    public IReadOnlyList<InterfaceAddress> GetAddresses(AddressFamily family) =>
        netlink.Dump(
            "ip address show",
            RTM_GETADDR,
            message => message.Struct(new IfAddrMsg() with { Family = AddressMessages.Family(family) }),
            static (_, payload) => AddressMessages.Read(payload)
        );

    /// <inheritdoc/>
    public void Dispose() => netlink.Dispose();

    private Link? FindLink(string words, Action<NetlinkWriter> which)
    {
        Link? found = null;
        Allow(ENODEV, () => netlink.Get($"ip link show {words}", RTM_GETLINK, which, (_, payload) => found = LinkMessages.Read(payload)));
        return found;
    }

    /// <summary>Sets the alias of a new link: the kernel ignores an alias in the message that creates it.</summary>
    /// <returns>Its index.</returns>
    private int SetAlias(string name, MacAddress? mac, string alias)
    {
        // By the MAC address, because another link may have the name now.
        if (FindLink(name) is not { } link || (mac is not null && link.Mac != mac))
            throw new NetlinkException($"ip link show {name}", ENODEV, "it existed a moment ago");
        ReplaceAlias(link.Index, alias);
        return link.Index;
    }

    private static void Allow(int errno, Action request)
    {
        try
        {
            request();
        }
        catch (NetlinkException failure) when (failure.Errno == errno)
        {
            // It is already deleted, which is the desired state.
        }
    }
}
