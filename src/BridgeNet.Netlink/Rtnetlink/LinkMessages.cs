using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>The bytes of link messages: <c>ifinfomsg</c>, then attributes.</summary>
public static class LinkMessages
{
    /// <summary><c>ip link add NAME address MAC mtu MTU group GROUP type bridge</c></summary>
    public static void Bridge(NetlinkWriter message, string name, MacAddress? mac, int mtu, uint group)
    {
        message.Struct(new IfInfoMsg()).String(IFLA_IFNAME, name).UInt32(IFLA_MTU, (uint)mtu);
        if (mac is { } address)
            message.Bytes(IFLA_ADDRESS, address.GetBytes());
        message.UInt32(IFLA_GROUP, group).Nested(IFLA_LINKINFO, static info => info.String(IFLA_INFO_KIND, "bridge"));
    }

    /// <summary>
    /// <c>ip link add HOST address MAC up mtu MTU master BRIDGE group GROUP type veth peer name PEER address MAC mtu MTU netns FD</c>
    /// </summary>
    public static void Veth(
        NetlinkWriter message,
        string host,
        MacAddress hostMac,
        int mtu,
        uint group,
        int master,
        int peerNamespace,
        string peer,
        MacAddress peerMac
    )
    {
        message
            .Struct(new IfInfoMsg(AF_UNSPEC, 0, 0, 0, IFF_UP, IFF_UP))
            .String(IFLA_IFNAME, host)
            .UInt32(IFLA_MTU, (uint)mtu)
            .Bytes(IFLA_ADDRESS, hostMac.GetBytes())
            .UInt32(IFLA_MASTER, (uint)master);
        if (group != 0)
            message.UInt32(IFLA_GROUP, group);
        message.Nested(
            IFLA_LINKINFO,
            info =>
                info.String(IFLA_INFO_KIND, "veth")
                    .Nested(
                        IFLA_INFO_DATA,
                        data =>
                            data
                            // The attribute contains a complete link message for the peer, with its header.
                            .Nested(
                                VETH_INFO_PEER,
                                link =>
                                    link.Struct(new IfInfoMsg())
                                        .String(IFLA_IFNAME, peer)
                                        .UInt32(IFLA_MTU, (uint)mtu)
                                        .Bytes(IFLA_ADDRESS, peerMac.GetBytes())
                                        .UInt32(IFLA_NET_NS_FD, (uint)peerNamespace)
                            )
                    )
        );
    }

    /// <summary><c>ip link add link LOWER name NAME netns FD address MAC mtu MTU group GROUP type KIND …</c></summary>
    /// <param name="message">Receives the bytes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="lower">The index of its lower link.</param>
    /// <param name="kind">Its kind, with its properties.</param>
    /// <param name="mac">Its MAC address; null for the kernel's choice.</param>
    /// <param name="mtu">Its MTU in bytes; 0 for that of the lower link.</param>
    /// <param name="group">Its interface group.</param>
    /// <param name="inside">The descriptor of the namespace that it is created in; null for that of the lower link.</param>
    public static void Upper(
        NetlinkWriter message,
        string name,
        int lower,
        UpperKind kind,
        MacAddress? mac,
        int mtu,
        uint group,
        int? inside
    )
    {
        message.Struct(new IfInfoMsg());
        if (inside is { } descriptor)
            message.UInt32(IFLA_NET_NS_FD, (uint)descriptor);
        if (mac is { } address)
            message.Bytes(IFLA_ADDRESS, address.GetBytes());
        if (mtu > 0)
            message.UInt32(IFLA_MTU, (uint)mtu);
        if (group != 0)
            message.UInt32(IFLA_GROUP, group);
        Kind(message.UInt32(IFLA_LINK, (uint)lower).String(IFLA_IFNAME, name), kind);
    }

    /// <summary><c>ip link set INDEX type KIND …</c></summary>
    public static void Upper(NetlinkWriter message, int index, UpperKind kind) =>
        Kind(message.Struct(new IfInfoMsg() with { Index = index }), kind);

    private static void Kind(NetlinkWriter message, UpperKind kind) =>
        message.Nested(IFLA_LINKINFO, info => info.String(IFLA_INFO_KIND, kind.Name).Nested(IFLA_INFO_DATA, kind.Write));

    /// <summary><c>ip link set INDEX type bridge_slave isolated on hairpin on learning on</c></summary>
    public static void BridgePort(NetlinkWriter message, int index, bool? isolated, bool? hairpin, bool? learning) =>
        message
            .Struct(new IfInfoMsg() with { Index = index })
            .Nested(
                IFLA_LINKINFO,
                info =>
                    info.String(IFLA_INFO_SLAVE_KIND, "bridge")
                        .Nested(
                            IFLA_INFO_SLAVE_DATA,
                            data =>
                            {
                                if (isolated is { } apart)
                                    data.UInt8(IFLA_BRPORT_ISOLATED, apart ? (byte)1 : (byte)0);
                                if (hairpin is { } back)
                                    data.UInt8(IFLA_BRPORT_MODE, back ? (byte)1 : (byte)0);
                                if (learning is { } learns)
                                    data.UInt8(IFLA_BRPORT_LEARNING, learns ? (byte)1 : (byte)0);
                            }
                        )
            );

    /// <summary><c>ip link set INDEX mtu MTU</c></summary>
    public static void Mtu(NetlinkWriter message, int index, int mtu) =>
        message.Struct(new IfInfoMsg() with { Index = index }).UInt32(IFLA_MTU, (uint)mtu);

    /// <summary><c>ip link set INDEX name NAME</c></summary>
    public static void Name(NetlinkWriter message, int index, string name) =>
        message.Struct(new IfInfoMsg() with { Index = index }).String(IFLA_IFNAME, name);

    /// <summary><c>ip link set INDEX master MASTER</c></summary>
    public static void Master(NetlinkWriter message, int index, int master) =>
        message.Struct(new IfInfoMsg() with { Index = index }).UInt32(IFLA_MASTER, (uint)master);

    /// <summary><c>ip link set INDEX address MAC</c></summary>
    public static void Mac(NetlinkWriter message, int index, MacAddress mac) =>
        message.Struct(new IfInfoMsg() with { Index = index }).Bytes(IFLA_ADDRESS, mac.GetBytes());

    /// <summary><c>ip link set INDEX group GROUP</c></summary>
    public static void Group(NetlinkWriter message, int index, uint group) =>
        message.Struct(new IfInfoMsg() with { Index = index }).UInt32(IFLA_GROUP, group);

    /// <summary><c>ip link set INDEX alias ALIAS</c></summary>
    public static void Alias(NetlinkWriter message, int index, string alias) =>
        message.Struct(new IfInfoMsg() with { Index = index }).String(IFLA_IFALIAS, alias);

    /// <summary>Reads <c>ifinfomsg</c> and its attributes; null if it has no name.</summary>
    public static Link? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<IfInfoMsg>())
            return null;
        IfInfoMsg header = MemoryMarshal.Read<IfInfoMsg>(payload);
        Link link = new(header.Index, "") { Up = (header.Flags & IFF_UP) != 0 };
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<IfInfoMsg>()..]))
        {
            link = attribute.Type switch
            {
                IFLA_IFNAME => link with { Name = attribute.Text },
                IFLA_MTU => link with { Mtu = (int)attribute.UInt32 },
                IFLA_LINK => link with { LinkedIndex = (int)attribute.UInt32 },
                IFLA_MASTER => link with { Master = (int)attribute.UInt32 },
                IFLA_GROUP => link with { Group = attribute.UInt32 },
                IFLA_IFALIAS => link with { Alias = attribute.Text },
                IFLA_ADDRESS when attribute.Value.Length == 6 => link with { Mac = new MacAddress(attribute.Value) },
                IFLA_LINKINFO => ReadInfo(link, attribute.Nested),
                _ => link,
            };
        }
        return link;
    }

    private static Link ReadInfo(Link link, NetlinkReader info)
    {
        bool bridgePort = false;
        foreach (NetlinkAttribute attribute in info)
        {
            switch (attribute.Type)
            {
                case IFLA_INFO_KIND:
                    link = link with { Kind = attribute.Text };
                    break;
                // The kernel writes the data after the kind, which defines the meaning of its attributes.
                case IFLA_INFO_DATA:
                    link = link with { Upper = UpperKind.Read(link.Kind, attribute.Nested) };
                    break;
                case IFLA_INFO_SLAVE_KIND:
                    bridgePort = attribute.Text == "bridge";
                    break;
                case IFLA_INFO_SLAVE_DATA when bridgePort:
                    link = ReadPort(link, attribute.Nested);
                    break;
            }
        }
        return link;
    }

    private static Link ReadPort(Link link, NetlinkReader port)
    {
        foreach (NetlinkAttribute attribute in port)
        {
            if (attribute.Value is not [var value])
                continue;
            link = attribute.Type switch
            {
                IFLA_BRPORT_STATE => link with { PortState = value },
                IFLA_BRPORT_MODE => link with { HairpinPort = value != 0 },
                IFLA_BRPORT_LEARNING => link with { LearningPort = value != 0 },
                IFLA_BRPORT_ISOLATED => link with { IsolatedPort = value != 0 },
                _ => link,
            };
        }
        return link;
    }
}
