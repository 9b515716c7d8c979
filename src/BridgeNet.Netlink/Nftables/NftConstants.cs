namespace BridgeNet.Nftables;

#pragma warning disable CS1591 // The names are the kernel's own, and its headers describe them.

/// <summary>linux/netfilter/nf_tables.h and nfnetlink.h, under the kernel's names.</summary>
public static class NftConstants
{
    public const ushort NFNL_MSG_BATCH_BEGIN = 16,
        NFNL_MSG_BATCH_END = 17,
        NFNL_SUBSYS_NFTABLES = 10;
    public const byte NFPROTO_UNSPEC = 0,
        NFPROTO_INET = 1,
        NFPROTO_IPV4 = 2,
        NFPROTO_NETDEV = 5,
        NFPROTO_BRIDGE = 7,
        NFPROTO_IPV6 = 10;

    public const ushort NFT_MSG_NEWTABLE = 0,
        NFT_MSG_GETTABLE = 1,
        NFT_MSG_DELTABLE = 2,
        NFT_MSG_NEWCHAIN = 3,
        NFT_MSG_GETCHAIN = 4,
        NFT_MSG_DELCHAIN = 5,
        NFT_MSG_NEWRULE = 6,
        NFT_MSG_GETRULE = 7,
        NFT_MSG_DELRULE = 8;
    public const ushort NFT_MSG_NEWSET = 9,
        NFT_MSG_NEWSETELEM = 12,
        NFT_MSG_GETSETELEM = 13,
        NFT_MSG_DELSETELEM = 14;

    public const ushort NFTA_TABLE_NAME = 1,
        NFTA_TABLE_FLAGS = 2;
    public const ushort NFTA_CHAIN_TABLE = 1,
        NFTA_CHAIN_NAME = 3,
        NFTA_CHAIN_HOOK = 4,
        NFTA_CHAIN_POLICY = 5,
        NFTA_CHAIN_USE = 6,
        NFTA_CHAIN_TYPE = 7;
    public const ushort NFTA_HOOK_HOOKNUM = 1,
        NFTA_HOOK_PRIORITY = 2,
        NFTA_HOOK_DEV = 3;
    public const ushort NFTA_RULE_TABLE = 1,
        NFTA_RULE_CHAIN = 2,
        NFTA_RULE_HANDLE = 3,
        NFTA_RULE_EXPRESSIONS = 4;
    public const ushort NFTA_LIST_ELEM = 1,
        NFTA_EXPR_NAME = 1,
        NFTA_EXPR_DATA = 2;
    public const ushort NFTA_SET_TABLE = 1,
        NFTA_SET_NAME = 2,
        NFTA_SET_FLAGS = 3,
        NFTA_SET_KEY_TYPE = 4,
        NFTA_SET_KEY_LEN = 5,
        NFTA_SET_DATA_TYPE = 6,
        NFTA_SET_DATA_LEN = 7,
        NFTA_SET_ID = 10,
        NFTA_SET_USERDATA = 13;
    public const ushort NFTA_SET_ELEM_LIST_TABLE = 1,
        NFTA_SET_ELEM_LIST_SET = 2,
        NFTA_SET_ELEM_LIST_ELEMENTS = 3,
        NFTA_SET_ELEM_KEY = 1,
        NFTA_SET_ELEM_DATA = 2,
        NFTA_SET_ELEM_FLAGS = 3;
    public const ushort NFTA_DATA_VALUE = 1,
        NFTA_DATA_VERDICT = 2,
        NFTA_VERDICT_CODE = 1,
        NFTA_VERDICT_CHAIN = 2;
    public const ushort NFTA_META_DREG = 1,
        NFTA_META_KEY = 2,
        NFTA_CMP_SREG = 1,
        NFTA_CMP_OP = 2,
        NFTA_CMP_DATA = 3;
    public const ushort NFTA_CT_DREG = 1,
        NFTA_CT_KEY = 2,
        NFTA_CT_SREG = 4,
        NFTA_LOOKUP_SET = 1,
        NFTA_LOOKUP_SREG = 2,
        NFTA_LOOKUP_DREG = 3,
        NFTA_LOOKUP_FLAGS = 5,
        NFTA_IMMEDIATE_DREG = 1,
        NFTA_IMMEDIATE_DATA = 2;
    public const ushort NFTA_BITWISE_SREG = 1,
        NFTA_BITWISE_DREG = 2,
        NFTA_BITWISE_LEN = 3,
        NFTA_BITWISE_MASK = 4,
        NFTA_BITWISE_XOR = 5;

    public const ushort NFTA_EXTHDR_DREG = 1,
        NFTA_EXTHDR_TYPE = 2,
        NFTA_EXTHDR_OFFSET = 3,
        NFTA_EXTHDR_LEN = 4,
        NFTA_EXTHDR_FLAGS = 5,
        NFTA_EXTHDR_OP = 6;
    public const ushort NFTA_PAYLOAD_DREG = 1,
        NFTA_PAYLOAD_BASE = 2,
        NFTA_PAYLOAD_OFFSET = 3,
        NFTA_PAYLOAD_LEN = 4;
    public const ushort NFTA_FIB_DREG = 1,
        NFTA_FIB_RESULT = 2,
        NFTA_FIB_FLAGS = 3;
    public const ushort NFTA_NAT_TYPE = 1,
        NFTA_NAT_FAMILY = 2,
        NFTA_NAT_REG_ADDR_MIN = 3,
        NFTA_NAT_REG_PROTO_MIN = 5;

    /// <summary>Registers of 16 bytes; <c>NFT_REG32_00</c> and following are the same memory in registers of 4 bytes.</summary>
    public const uint NFT_REG_VERDICT = 0,
        NFT_REG_1 = 1,
        NFT_REG_2 = 2,
        NFT_REG32_00 = 8,
        NFT_REG32_01 = 9,
        NFT_REG32_02 = 10,
        NFT_REG32_05 = 13,
        NFT_REG32_06 = 14;
    public const uint NFT_TABLE_F_DORMANT = 1,
        NFT_SET_INTERVAL = 4,
        NFT_SET_MAP = 8,
        NFT_SET_ELEM_INTERVAL_END = 1,
        NFT_LOOKUP_F_INV = 1;
    public const uint NFT_PAYLOAD_LL_HEADER = 0,
        NFT_PAYLOAD_NETWORK_HEADER = 1,
        NFT_PAYLOAD_TRANSPORT_HEADER = 2;
    public const uint NFT_FIB_RESULT_OIF = 1,
        NFT_FIB_RESULT_ADDRTYPE = 3,
        NFTA_FIB_F_SADDR = 1,
        NFTA_FIB_F_DADDR = 2,
        NFTA_FIB_F_IIF = 8,
        NFTA_FIB_F_PRESENT = 32,
        RTN_LOCAL = 2;
    public const uint NFT_NAT_SNAT = 0,
        NFT_NAT_DNAT = 1;
    public const uint NFT_META_PROTOCOL = 1,
        NFT_META_IIFNAME = 6,
        NFT_META_OIFNAME = 7,
        NFT_META_NFPROTO = 15,
        NFT_META_L4PROTO = 16,
        NFT_META_IIFGROUP = 21,
        NFT_META_OIFGROUP = 22;
    public const uint NFT_CMP_EQ = 0,
        NFT_CMP_NEQ = 1,
        NFT_CT_STATE = 0,
        NFT_CT_STATUS = 2,
        NFT_CT_LABELS = 13,
        CT_INVALID = 1,
        CT_RELATED = 4,
        CT_NEW = 8,
        CT_UNTRACKED = 64,
        CT_ESTABLISHED_OR_RELATED = 2 | CT_RELATED,
        IPS_CONFIRMED = 1 << 3,
        IPS_DST_NAT = 1 << 5;
    public const uint NF_DROP = 0,
        NF_ACCEPT = 1,
        NFT_JUMP = unchecked((uint)-3),
        NFT_GOTO = unchecked((uint)-4);

    /// <summary>The first has the same value as NF_BR_PRE_ROUTING.</summary>
    public const uint NF_NETDEV_INGRESS = 0;
    public const uint NF_INET_PRE_ROUTING = 0,
        NF_INET_LOCAL_IN = 1,
        NF_INET_FORWARD = 2,
        NF_INET_LOCAL_OUT = 3,
        NF_INET_POST_ROUTING = 4;

    /// <summary>nft's own numbers for types (nftables: include/datatype.h); a concatenation has six bits for each.</summary>
    public const uint TYPE_IPADDR = 7,
        TYPE_IP6ADDR = 8,
        TYPE_ETHERADDR = 9,
        TYPE_INET_PROTOCOL = 12,
        TYPE_INET_SERVICE = 13,
        TYPE_IFNAME = 41;

    /// <summary>User data that nft stores with a set (libnftnl/udata.h and nft's datatype.h).</summary>
    public const byte NFTNL_UDATA_SET_KEYBYTEORDER = 0;
    public const uint BYTEORDER_HOST_ENDIAN = 1,
        BYTEORDER_BIG_ENDIAN = 2;

    public const int IFNAMSIZ = 16;
}

/// <summary><c>struct nfgenmsg</c>; the resource is in network order.</summary>
public readonly record struct NfGenMsg(byte Family, byte Version, ushort ResourceBigEndian);
