namespace BridgeNet.Rtnetlink;

#pragma warning disable CS1591 // The names are the kernel's own, and its headers describe them.

/// <summary>linux/rtnetlink.h, if_link.h, if_addr.h, if_bridge.h, if_ether.h, if_vlan.h and veth.h, under the kernel's names.</summary>
public static class RtnlConstants
{
    public const ushort RTM_NEWLINK = 16,
        RTM_DELLINK = 17,
        RTM_GETLINK = 18,
        RTM_SETLINK = 19;
    public const ushort RTM_NEWADDR = 20,
        RTM_DELADDR = 21,
        RTM_GETADDR = 22,
        RTM_NEWROUTE = 24,
        RTM_DELROUTE = 25,
        RTM_GETROUTE = 26;
    public const ushort RTM_NEWNEIGH = 28,
        RTM_DELNEIGH = 29,
        RTM_GETNEIGH = 30;

    public const ushort IFLA_ADDRESS = 1,
        IFLA_IFNAME = 3,
        IFLA_MTU = 4,
        IFLA_LINK = 5,
        IFLA_MASTER = 10,
        IFLA_LINKINFO = 18,
        IFLA_IFALIAS = 20;
    public const ushort IFLA_GROUP = 27,
        IFLA_NET_NS_FD = 28,
        IFLA_EXT_MASK = 29;
    public const ushort IFLA_INFO_KIND = 1,
        IFLA_INFO_DATA = 2,
        VETH_INFO_PEER = 1;
    public const ushort IFLA_INFO_SLAVE_KIND = 4,
        IFLA_INFO_SLAVE_DATA = 5,
        IFLA_BRPORT_STATE = 1,
        IFLA_BRPORT_MODE = 4,
        IFLA_BRPORT_LEARNING = 8,
        IFLA_BRPORT_ISOLATED = 33;
    public const ushort IFLA_MACVLAN_MODE = 1,
        IFLA_IPVLAN_MODE = 1,
        IFLA_IPVLAN_FLAGS = 2,
        IFLA_VLAN_ID = 1,
        IFLA_VLAN_PROTOCOL = 5;
    public const ushort ETH_P_8021Q = 0x8100,
        ETH_P_8021AD = 0x88a8;
    public const byte BR_STATE_DISABLED = 0,
        BR_STATE_LISTENING = 1,
        BR_STATE_LEARNING = 2,
        BR_STATE_FORWARDING = 3,
        BR_STATE_BLOCKING = 4;
    public const uint IFF_UP = 1;

    public const ushort IFA_ADDRESS = 1,
        IFA_LOCAL = 2,
        IFA_BROADCAST = 4;
    public const byte IFA_F_NODAD = 0x02;

    public const ushort RTA_DST = 1,
        RTA_OIF = 4,
        RTA_GATEWAY = 5,
        RTA_PRIORITY = 6,
        RTA_PREFSRC = 7,
        RTA_TABLE = 15;
    public const byte RT_TABLE_MAIN = 254,
        RTPROT_BOOT = 3,
        RTPROT_KERNEL = 2,
        RTPROT_UNSPEC = 0,
        RT_SCOPE_UNIVERSE = 0,
        RT_SCOPE_LINK = 253,
        RT_SCOPE_NOWHERE = 255,
        RTN_UNSPEC = 0,
        RTN_UNICAST = 1;

    public const int RTNLGRP_LINK = 1,
        RTNLGRP_IPV4_IFADDR = 5,
        RTNLGRP_IPV4_ROUTE = 7,
        RTNLGRP_IPV6_IFADDR = 9,
        RTNLGRP_IPV6_ROUTE = 11,
        RTNLGRP_NEXTHOP = 32;

    public const ushort NDA_LLADDR = 2,
        NDA_MASTER = 9,
        NUD_REACHABLE = 0x02,
        NUD_NOARP = 0x40,
        NUD_PERMANENT = 0x80;
    public const byte NTF_MASTER = 0x04,
        NTF_STICKY = 0x40;

    public const byte AF_UNSPEC = 0,
        AF_INET = 2,
        AF_BRIDGE = 7,
        AF_INET6 = 10;
}

/// <summary><c>struct ifinfomsg</c>.</summary>
public readonly record struct IfInfoMsg(byte Family, byte Pad, ushort Type, int Index, uint Flags, uint Change);

/// <summary><c>struct ifaddrmsg</c>.</summary>
public readonly record struct IfAddrMsg(byte Family, byte PrefixLength, byte Flags, byte Scope, int Index);

/// <summary><c>struct ndmsg</c>.</summary>
public readonly record struct NdMsg(byte Family, byte Pad1, ushort Pad2, int Index, ushort State, byte Flags, byte Type);

/// <summary><c>struct rtmsg</c>.</summary>
public readonly record struct RtMsg(
    byte Family,
    byte DestinationLength,
    byte SourceLength,
    byte Tos,
    byte Table,
    byte Protocol,
    byte Scope,
    byte Type,
    uint Flags
);
