using System.Net;
using System.Runtime.ExceptionServices;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;

namespace BridgeNet.Namespaces;

/// <summary>
/// Tells all neighbours that an address has another MAC now. Without it those that knew the last holder of the address
/// go on sending to that one's MAC until their entry is found stale, half a minute and more.
/// </summary>
internal static class Announcement
{
    /// <summary>
    /// Sends from an interface inside a namespace. The bridge port of its other end must be forwarding, or the frames are
    /// lost: <see cref="Rtnetlink.RtnetlinkConnection.WaitForForwarding"/>.
    /// </summary>
    public static void Announce(NetworkNamespace space, string interfaceName, MacAddress mac, IPAddress? v4, IPAddress? v6)
    {
        ExceptionDispatchInfo? failure = null;
        // Not disposed of, for the thread may still be inside Set when the wait is over.
        var sent = new ManualResetEventSlim();
        // A thread of its own, as NamespaceThread says; but it is not waited for to its end, which is the slow part: see PacketSocket.
        var thread = new Thread(() =>
        {
            PacketSocket? socket = null;
            try
            {
                Syscalls.SetNetNs((SafeFileHandle)space.Handle);
                socket = new PacketSocket();
                Send(socket, interfaceName, mac, v4, v6);
            }
            catch (NativeException exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            sent.Set();
            socket?.Dispose();
        }, 256 * 1024)
        {
            Name = "BridgeNet announce",
            IsBackground = true,
        };
        thread.UnsafeStart();
        sent.Wait();
        failure?.Throw();
    }

    private static void Send(PacketSocket socket, string interfaceName, MacAddress mac, IPAddress? v4, IPAddress? v6)
    {
        int index = socket.IndexOf(interfaceName);
        if (v4 is not null)
        {
            // Some systems believe the one, some the other.
            socket.Send(index, AnnouncementFrames.ArpRequest(mac, v4));
            socket.Send(index, AnnouncementFrames.ArpReply(mac, v4));
        }
        if (v6 is not null)
            socket.Send(index, AnnouncementFrames.Advertisement(mac, v6));
    }
}
