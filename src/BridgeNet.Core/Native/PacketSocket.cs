using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// Sends whole Ethernet frames (packet(7)) from the network namespace of the thread that opened it; it receives nothing. Closing it waits
/// for a grace period of the kernel (packet_release, synchronize_net): 16 ms, while sending takes microseconds.
/// </summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    // linux/sockios.h
    private const int SIOCGIFINDEX = 0x8933;
    private const int IFNAMSIZ = 16;

    private readonly SafeFileHandle _handle;

    public PacketSocket()
    {
        // Protocol 0: the socket receives no frames.
        int fd = NativeException.Check("socket(AF_PACKET)", socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        _handle = new SafeFileHandle(fd, ownsHandle: true);
    }

    private int Fd => (int)_handle.DangerousGetHandle();

    /// <summary>The index of an interface in the socket's namespace.</summary>
    public int IndexOf(string interfaceName)
    {
        byte[] name = Encoding.UTF8.GetBytes(interfaceName);
        if (name.Length >= IFNAMSIZ)
            throw new NativeException($"ioctl(SIOCGIFINDEX, {interfaceName})", ENODEV);
        byte* request = stackalloc byte[40]; // struct ifreq, linux/if.h
        new Span<byte>(request, 40).Clear();
        name.CopyTo(new Span<byte>(request, IFNAMSIZ));
        NativeException.Check($"ioctl(SIOCGIFINDEX, {interfaceName})", ioctl(Fd, SIOCGIFINDEX, request));
        return *(int*)(request + IFNAMSIZ);
    }

    /// <summary>Sends a frame, with its header, through an interface.</summary>
    public void Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        SockaddrLl address = new() { Family = (ushort)AF_PACKET, InterfaceIndex = interfaceIndex };
        fixed (byte* bytes = frame)
        {
            ssize_t sent;
            do
            {
                sent = sendto(Fd, bytes, frame.Length, 0, (sockaddr*)&address, sizeof(SockaddrLl));
            } while (sent < 0 && errno == EINTR);
            NativeException.Check("sendto(AF_PACKET)", (int)sent);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary><c>struct sockaddr_ll</c>, linux/if_packet.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SockaddrLl
    {
        public ushort Family;
        public ushort Protocol;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }
}
