namespace BridgeNet.Conntrack;

#pragma warning disable CS1591 // The names are the kernel's own, and its headers describe them.

/// <summary>linux/netfilter/nfnetlink_conntrack.h and nfnetlink.h, under the kernel's names.</summary>
public static class ConntrackConstants
{
    public const ushort NFNL_SUBSYS_CTNETLINK = 1;
    public const ushort IPCTNL_MSG_CT_NEW = 0,
        IPCTNL_MSG_CT_GET = 1,
        IPCTNL_MSG_CT_DELETE = 2,
        IPCTNL_MSG_CT_GET_STATS = 5;

    public const ushort CTA_TUPLE_ORIG = 1,
        CTA_TUPLE_REPLY = 2,
        CTA_ID = 12,
        CTA_ZONE = 18,
        CTA_FILTER = 25,
        CTA_STATS_GLOBAL_ENTRIES = 1;
    public const ushort CTA_TUPLE_IP = 1,
        CTA_TUPLE_PROTO = 2;
    public const ushort CTA_IP_V4_SRC = 1,
        CTA_IP_V4_DST = 2,
        CTA_IP_V6_SRC = 3,
        CTA_IP_V6_DST = 4;
    public const ushort CTA_PROTO_NUM = 1,
        CTA_PROTO_SRC_PORT = 2,
        CTA_PROTO_DST_PORT = 3;

    public const ushort CTA_FILTER_ORIG_FLAGS = 1,
        CTA_FILTER_REPLY_FLAGS = 2;

    // CTA_FILTER_F_… of net/netfilter/nf_conntrack_netlink.c
    public const uint CTA_FILTER_F_CTA_IP_SRC = 1 << 0,
        CTA_FILTER_F_CTA_IP_DST = 1 << 1,
        CTA_FILTER_F_CTA_PROTO_NUM = 1 << 3,
        CTA_FILTER_F_CTA_PROTO_SRC_PORT = 1 << 4,
        CTA_FILTER_F_CTA_PROTO_DST_PORT = 1 << 5;

    // linux/socket.h; linux/in.h
    public const byte AF_UNSPEC = 0,
        AF_INET = 2;
    public const byte IPPROTO_TCP = 6,
        IPPROTO_UDP = 17,
        IPPROTO_SCTP = 132;
}
