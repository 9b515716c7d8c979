using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using BridgeNet.Native;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Sockets;

/// <summary>
/// Lists listening sockets by sock_diag(7), in the namespace of the thread that opened it. It reads only listeners, while /proc/net/tcp
/// reads the table of all connections (4 ms if empty); and it shows which IPv6 sockets accept no IPv4.
/// </summary>
public sealed class SocketDiagnosis : IDisposable
{
    // linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h, linux/in.h, net/tcp_states.h, linux/socket.h
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20,
        INET_DIAG_SKV6ONLY = 11;
    private const byte AF_INET = 2,
        AF_INET6 = 10,
        IPPROTO_TCP = 6,
        IPPROTO_UDP = 17;
    private const uint TCPF_CLOSE = 1 << 7,
        TCPF_LISTEN = 1 << 10;
    private const int MessageLength = 72,
        PortOffset = 4,
        AddressOffset = 8,
        InodeOffset = 68; // struct inet_diag_msg

    private readonly NetlinkConnection _netlink;

    /// <summary>Creates it over a connection that was opened for NETLINK_SOCK_DIAG.</summary>
    public SocketDiagnosis(NetlinkConnection netlink) => _netlink = netlink;

    /// <returns>Null if the kernel does not have the interface.</returns>
    public static SocketDiagnosis? TryOpen()
    {
        try
        {
            return new SocketDiagnosis(NetlinkConnection.Open(NETLINK_SOCK_DIAG));
        }
        catch (NativeException)
        {
            return null;
        }
    }

    /// <summary><c>ss -l</c> for <c>tcp</c> or <c>udp</c>, both families.</summary>
    /// <returns>Null if the kernel has the interface, but not for this protocol.</returns>
    public IReadOnlyList<HostSocket>? TryList(string protocol)
    {
        try
        {
            return [.. List(protocol, AF_INET), .. List(protocol, AF_INET6)];
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT || failure.Errno == EOPNOTSUPP || failure.Errno == EINVAL)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads <c>inet_diag_msg</c> { family, state, timer, retransmits, ports, addresses, … } and attributes; null if it is truncated.
    /// </summary>
    public static HostSocket? Read(string protocol, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < MessageLength)
            return null;
        IPAddress address = new(payload.Slice(AddressOffset, payload[0] == AF_INET6 ? 16 : 4));
        HostSocket socket = new(
            protocol,
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
            BinaryPrimitives.ReadUInt16BigEndian(payload[PortOffset..]),
            MemoryMarshal.Read<uint>(payload[InodeOffset..])
        );
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[MessageLength..]))
        {
            if (attribute.Type == INET_DIAG_SKV6ONLY)
                socket = socket with { V6Only = attribute.Value is [not 0] };
        }
        return socket;
    }

    /// <inheritdoc/>
    public void Dispose() => _netlink.Dispose();

    // A UDP socket is in TCP_CLOSE until it is connected; SocketTable explains why connected ones do not count.
    private IReadOnlyList<HostSocket> List(string protocol, byte family) =>
        _netlink.Dump(
            $"ss -l {protocol}",
            SOCK_DIAG_BY_FAMILY,
            message =>
                message.Struct(
                    protocol == "udp"
                        ? new InetDiagReqV2(family, IPPROTO_UDP, 0, 0, TCPF_CLOSE)
                        : new InetDiagReqV2(family, IPPROTO_TCP, 0, 0, TCPF_LISTEN)
                ),
            (_, payload) => Read(protocol, payload)
        );

    /// <summary><c>struct inet_diag_req_v2</c>; its empty socket id matches any socket.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 56)]
    private readonly record struct InetDiagReqV2(byte Family, byte Protocol, byte Extensions, byte Pad, uint States);
}
