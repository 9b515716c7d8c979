using System.Net;
using BridgeNet.Model;
using BridgeNet.Native;

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
        PacketSocket socket = space.Run(static () => new PacketSocket());
        try
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
        finally
        {
            // Nobody waits for it; and not on the pool, for this thread may be in a namespace that a new worker would be born in.
            new Thread(socket.Dispose, 64 * 1024) { Name = "BridgeNet close", IsBackground = true }.UnsafeStart();
        }
    }
}
