namespace BridgeNet.Netlink;

#pragma warning disable CS1591 // The names are the kernel's own, and its headers describe them.

/// <summary>linux/netlink.h, under the kernel's names.</summary>
public static class NetlinkConstants
{
    public const int NETLINK_ROUTE = 0,
        NETLINK_NETFILTER = 12;
    public const int NLMSG_HDRLEN = 16,
        NLA_HDRLEN = 4;
    public const ushort NLMSG_ERROR = 2,
        NLMSG_DONE = 3;
    public const ushort NLM_F_REQUEST = 0x1,
        NLM_F_MULTI = 0x2,
        NLM_F_ACK = 0x4,
        NLM_F_DUMP_INTR = 0x10,
        NLM_F_CAPPED = 0x100,
        NLM_F_ACK_TLVS = 0x200;
    public const ushort NLM_F_REPLACE = 0x100,
        NLM_F_EXCL = 0x200,
        NLM_F_CREATE = 0x400,
        NLM_F_APPEND = 0x800,
        NLM_F_DUMP = 0x300,
        NLM_F_NONREC = 0x100;
    public const ushort NLA_F_NESTED = 0x8000,
        NLA_TYPE_MASK = 0x3fff;
    public const ushort NLMSGERR_ATTR_MSG = 1;

    /// <summary>Messages and attributes begin at multiples of four.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}
