using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>A netlink socket in the network namespace of the thread that opened it; it stays in that namespace.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int SolNetlink = 270;
    private const int NetlinkCapAck = 10,
        NetlinkExtAck = 11,
        NetlinkGetStrictChk = 12; // linux/netlink.h

    private const int SolSocket = 1,
        SoSndBuf = 7,
        SoSndBufForce = 32; // asm-generic/socket.h

    private readonly SafeFileHandle _handle;
    private int _sendBuffer = 128 * 1024; // below the default limit of every kernel

    /// <param name="protocol"><c>NETLINK_…</c></param>
    /// <param name="groups">The multicast groups to join, a bit for each.</param>
    public NetlinkSocket(int protocol, uint groups = 0)
    {
        int fd = NativeException.Check("socket(AF_NETLINK)", socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
        _handle = new SafeFileHandle(fd, ownsHandle: true);
        SockaddrNl address = new() { Family = (ushort)AF_NETLINK, Groups = groups };
        NativeException.Check("bind(AF_NETLINK)", bind(fd, (sockaddr*)&address, sizeof(SockaddrNl)));
        foreach (int option in (ReadOnlySpan<int>)[NetlinkCapAck, NetlinkExtAck, NetlinkGetStrictChk])
        {
            int on = 1;
            NativeException.Check("setsockopt(SOL_NETLINK)", setsockopt(fd, SolNetlink, option, &on, sizeof(int)));
        }
    }

    private int Fd => (int)_handle.DangerousGetHandle();

    public void Send(ReadOnlySpan<byte> message)
    {
        MakeRoomFor(message.Length);
        SockaddrNl kernel = new() { Family = (ushort)AF_NETLINK };
        fixed (byte* bytes = message)
        {
            ssize_t sent;
            do
            {
                sent = sendto(Fd, bytes, message.Length, 0, (sockaddr*)&kernel, sizeof(SockaddrNl));
            } while (sent < 0 && errno == EINTR);
            NativeException.Check("sendto(AF_NETLINK)", (int)sent);
        }
    }

    /// <summary>Receives one datagram; a buffer that is too small is replaced by a larger one.</summary>
    /// <returns>Its length in bytes.</returns>
    public int Receive(ref byte[] buffer)
    {
        // The length first, so that no message is ever cut off.
        int length = Receive(buffer, MSG_PEEK | MSG_TRUNC);
        if (length > buffer.Length)
            buffer = new byte[length];
        return Receive(buffer, 0);
    }

    /// <summary>Receives a waiting datagram, if any; bytes beyond the buffer are lost.</summary>
    /// <param name="buffer">The buffer for it.</param>
    /// <param name="length">Its whole length in bytes.</param>
    /// <returns>Whether one waited.</returns>
    /// <exception cref="NativeException">ENOBUFS: datagrams were lost before this one.</exception>
    public bool TryReceive(byte[] buffer, out int length)
    {
        fixed (byte* bytes = buffer)
        {
            ssize_t received;
            do
            {
                received = recv(Fd, bytes, buffer.Length, MSG_DONTWAIT | MSG_TRUNC);
            } while (received < 0 && errno == EINTR);
            length = received < 0 && errno == EAGAIN ? 0 : NativeException.Check("recv(AF_NETLINK)", (int)received);
            return length > 0;
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// A message must fit the socket's buffer completely, otherwise the kernel returns EMSGSIZE: a batch of thousands of rules would not
    /// fit.
    /// </summary>
    private void MakeRoomFor(int length)
    {
        if (length <= _sendBuffer)
            return;
        // The kernel doubles the size for its own bookkeeping. Only a process with CAP_NET_ADMIN may exceed the machine's limit; a process
        // that changes rules has it.
        int room = length * 2;
        if (setsockopt(Fd, SolSocket, SoSndBufForce, &room, sizeof(int)) != 0)
            NativeException.Check("setsockopt(SO_SNDBUF)", setsockopt(Fd, SolSocket, SoSndBuf, &room, sizeof(int)));
        _sendBuffer = length;
    }

    private int Receive(byte[] buffer, int flags)
    {
        fixed (byte* bytes = buffer)
        {
            ssize_t length;
            do
            {
                length = recv(Fd, bytes, buffer.Length, flags);
            } while (length < 0 && errno == EINTR);
            return NativeException.Check("recv(AF_NETLINK)", (int)length);
        }
    }

    /// <summary><c>struct sockaddr_nl</c>, linux/netlink.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SockaddrNl
    {
        public ushort Family;
        public ushort Pad;
        public uint PortId;
        public uint Groups;
    }
}
