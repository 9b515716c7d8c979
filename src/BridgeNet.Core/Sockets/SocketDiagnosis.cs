using System.Runtime.InteropServices;
using BridgeNet.Native;
using BridgeNet.Netlink;

namespace BridgeNet.Sockets;

/// <summary>Asks sock_diag(7) what /proc does not say: which IPv6 sockets take no IPv4.</summary>
internal static class SocketDiagnosis
{
    // linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h, linux/in.h, net/tcp_states.h, linux/socket.h
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20, INET_DIAG_SKV6ONLY = 11;
    private const byte AF_INET6 = 10, IPPROTO_TCP = 6, IPPROTO_UDP = 17;
    private const uint TCPF_CLOSE = 1 << 7, TCPF_LISTEN = 1 << 10;
    private const int MessageLength = 72, InodeOffset = 68; // struct inet_diag_msg

    /// <summary>The inodes of the IPv6-only sockets of the calling thread's namespace that listen; none where the kernel has no such interface.</summary>
    public static IReadOnlySet<ulong> V6OnlySockets()
    {
        try
        {
            using NetlinkConnection netlink = NetlinkConnection.Open(NETLINK_SOCK_DIAG);
            return new HashSet<ulong>([.. List(netlink, IPPROTO_TCP, TCPF_LISTEN), .. List(netlink, IPPROTO_UDP, TCPF_CLOSE)]);
        }
        catch (Exception failure) when (failure is NativeException or NetlinkException)
        {
            return new HashSet<ulong>();
        }
    }

    /// <summary>The inode of an IPv6-only socket; null for another, or a message that is cut off.</summary>
    public static ulong? ReadV6Only(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < MessageLength)
            return null;
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[MessageLength..]))
        {
            if (attribute.Type == INET_DIAG_SKV6ONLY && attribute.Value is [not 0])
                return MemoryMarshal.Read<uint>(payload[InodeOffset..]);
        }
        return null;
    }

    /// <summary><c>ss -6 -l</c></summary>
    public static void Request(NetlinkWriter message, byte protocol, uint states) => message.Struct(new InetDiagReqV2(AF_INET6, protocol, 0, 0, states));

    private static IEnumerable<ulong> List(NetlinkConnection netlink, byte protocol, uint states) => netlink.Dump("ss -6 -l", SOCK_DIAG_BY_FAMILY,
        message => Request(message, protocol, states), static (_, payload) => ReadV6Only(payload) is { } inode ? new Found(inode) : null).Select(found => found.Inode);

    private sealed record Found(ulong Inode);

    /// <summary><c>struct inet_diag_req_v2</c>; its socket id stays empty, which is any.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 56)]
    private readonly record struct InetDiagReqV2(byte Family, byte Protocol, byte Extensions, byte Pad, uint States);
}
