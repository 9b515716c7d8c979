using System.Runtime.InteropServices;
using BridgeNet.Native;
using static BridgeNet.Netlink.NetlinkConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Netlink;

/// <summary>Notifications of the kernel to the members of a multicast group. They stay in the socket until they are read.</summary>
public sealed class NetlinkEvents(INetlinkTransport transport) : IDisposable
{
    private byte[] _buffer = new byte[32 * 1024];

    /// <param name="protocol"><c>NETLINK_…</c></param>
    /// <param name="groups">A bit for each group, the first for group 1, as in <c>sockaddr_nl</c>.</param>
    public static NetlinkEvents Open(int protocol, uint groups) => new(new SocketTransport(protocol, groups));

    /// <summary>Reads all waiting notifications.</summary>
    /// <returns>False if the socket overflowed and notifications were lost.</returns>
    public bool Drain(NetlinkReply reply)
    {
        bool whole = true;
        while (true)
        {
            try
            {
                if (!transport.TryReceive(ref _buffer, out int length))
                    return whole;
                whole &= length <= _buffer.Length && Read(_buffer.AsSpan(0, length), reply);
            }
            catch (NativeException failure) when (failure.Errno == ENOBUFS)
            {
                whole = false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    /// <returns>False if a message was truncated.</returns>
    private static bool Read(ReadOnlySpan<byte> datagram, NetlinkReply reply)
    {
        while (datagram.Length >= NLMSG_HDRLEN)
        {
            int length = MemoryMarshal.Read<int>(datagram);
            if (length < NLMSG_HDRLEN || length > datagram.Length)
                return false;
            reply(MemoryMarshal.Read<ushort>(datagram[4..]), datagram[NLMSG_HDRLEN..length]);
            datagram = datagram[Math.Min(Align(length), datagram.Length)..];
        }
        return true;
    }
}
