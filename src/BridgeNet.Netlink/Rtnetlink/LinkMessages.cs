using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>The bytes of link messages: <c>ifinfomsg</c>, then attributes.</summary>
public static class LinkMessages
{
    /// <summary><c>ip link add NAME address MAC mtu MTU group GROUP type bridge</c></summary>
    public static void Bridge(NetlinkWriter message, string name, MacAddress mac, int mtu, uint group) =>
        message
            .Struct(new IfInfoMsg())
            .String(IFLA_IFNAME, name)
            .UInt32(IFLA_MTU, (uint)mtu)
            .Bytes(IFLA_ADDRESS, mac.GetBytes())
            .UInt32(IFLA_GROUP, group)
            .Nested(IFLA_LINKINFO, static info => info.String(IFLA_INFO_KIND, "bridge"));

    /// <summary><c>ip link add HOST address MAC up mtu MTU master BRIDGE group GROUP type veth peer name PEER address MAC mtu MTU netns FD</c></summary>
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
                            // The peer is a link message inside the attribute, header and all.
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

    /// <summary>Reads <c>ifinfomsg</c> and its attributes; null when it has no name.</summary>
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
                IFLA_LINK => link with { PeerIndex = (int)attribute.UInt32 },
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
                case IFLA_INFO_SLAVE_KIND:
                    bridgePort = attribute.Text == "bridge";
                    break;
                // The kernel writes it after the kind that says whose numbers they are.
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
