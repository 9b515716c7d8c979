using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using BridgeNet.Containers;
using BridgeNet.Native;
using BridgeNet.Netlink;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Probes;

/// <summary>
/// Notifies all neighbours that an address has another MAC address now. Without it, those that knew the previous owner keep sending to its
/// MAC address until their entry becomes stale, half a minute or longer.
/// </summary>
internal static class Announcement
{
    /// <summary>
    /// Sends from an interface inside a namespace. The bridge port at its other end must be forwarding, otherwise the frames are lost: <see
    /// cref="Rtnetlink.RtnetlinkConnection.WaitForForwarding"/>.
    /// </summary>
    /// <param name="space">The namespace; null for the calling thread's.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="mac">The MAC address of the interface.</param>
    /// <param name="addresses">The addresses of the interface, of both families.</param>
    /// <param name="isRouter">Whether the namespace forwards.</param>
    public static void Announce(
        INetworkNamespace? space,
        string interfaceName,
        MacAddress mac,
        IEnumerable<IPAddress> addresses,
        bool isRouter = false
    )
    {
        IPAddress[] announced = [.. addresses];
        ExceptionDispatchInfo? failure = null;
        // Not disposed, because the thread may still be inside Set after the wait.
        var sent = new ManualResetEventSlim();
        // A dedicated thread, as in NamespaceThread, but without waiting for its end, which is the slow part: see PacketSocket.
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
                    Send(socket, socket.IndexOf(interfaceName), mac, announced, isRouter);
                }
                catch (NativeException nobody) when (nobody.Errno == ENETDOWN || nobody.Errno == ENODEV || nobody.Errno == ENXIO)
                {
                    // The interface is down or missing, so no neighbour can receive the frames, and none needs to.
                }
                catch (Exception exception)
                {
                    // Any exception is passed to the caller: on this thread it would end the process.
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
            // Some systems accept only one of the two.
            socket.Send(index, AnnouncementFrames.ArpRequest(mac, address));
            socket.Send(index, AnnouncementFrames.ArpReply(mac, address));
        }
    }
}
