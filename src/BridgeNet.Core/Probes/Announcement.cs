using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Probes;

/// <summary>
/// Notifies all neighbours that an address has another MAC now. Without it those that knew the last holder of the address
/// go on sending to that one's MAC until their entry is found stale, half a minute and more.
/// </summary>
internal static class Announcement
{
    /// <summary>
    /// Sends from an interface inside a namespace. The bridge port of its other end must be forwarding, or the frames are
    /// lost: <see cref="Rtnetlink.RtnetlinkConnection.WaitForForwarding"/>.
    /// </summary>
    /// <param name="space">The namespace; null for the calling thread's own.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="mac">Its Ethernet address.</param>
    /// <param name="addresses">Its addresses, of both families.</param>
    /// <param name="isRouter">Whether the namespace forwards.</param>
    public static void Announce(
        NetworkNamespace? space,
        string interfaceName,
        MacAddress mac,
        IEnumerable<IPAddress> addresses,
        bool isRouter = false
    )
    {
        IPAddress[] whose = [.. addresses];
        ExceptionDispatchInfo? failure = null;
        // Not disposed of, for the thread may still be inside Set when the wait is over.
        var sent = new ManualResetEventSlim();
        // A thread of its own, as NamespaceThread says; but it is not waited for to its end, which is the slow part: see PacketSocket.
#pragma warning disable RS0030 // it enters as NamespaceThread does, and ends there
        var thread = new Thread(
            () =>
#pragma warning restore RS0030
            {
                PacketSocket? socket = null;
                try
                {
                    if (space is not null)
                        Syscalls.SetNetNs((SafeFileHandle)space.Handle);
                    socket = new PacketSocket();
                    Send(socket, socket.IndexOf(interfaceName), mac, whose, isRouter);
                }
                catch (NativeException nobody) when (nobody.Errno == ENETDOWN || nobody.Errno == ENODEV || nobody.Errno == ENXIO)
                {
                    // The interface is down or gone: nobody hears it, and nobody has to.
                }
                catch (Exception exception)
                {
                    // Whatever it is, it is the caller's: on this thread it would end the process.
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
                sent.Set();
                socket?.Dispose();
            },
            256 * 1024
        )
        {
            Name = "BridgeNet announce",
            IsBackground = true,
        };
        thread.UnsafeStart();
        sent.Wait();
        failure?.Throw();
    }

    private static void Send(PacketSocket socket, int index, MacAddress mac, IPAddress[] addresses, bool isRouter)
    {
        foreach (IPAddress address in addresses)
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.Send(index, AnnouncementFrames.Advertisement(mac, address, isRouter));
                continue;
            }
            // Some systems believe the one, some the other.
            socket.Send(index, AnnouncementFrames.ArpRequest(mac, address));
            socket.Send(index, AnnouncementFrames.ArpReply(mac, address));
        }
    }
}
