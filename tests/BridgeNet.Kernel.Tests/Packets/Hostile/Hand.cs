using BridgeNet.Containers;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>Sends frames as they are from the eth0 of a namespace.</summary>
internal sealed class Hand : IDisposable
{
    private readonly PacketSocket _socket;
    private readonly int _eth0;

    public Hand(NetworkNamespace space) =>
        (_socket, _eth0, Mac) = space.Run(static () =>
        {
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            Link link = links.FindLink("eth0")!;
            return (new PacketSocket(), link.Index, link.Mac!.Value);
        });

    /// <summary>The Ethernet address that is the interface's own.</summary>
    public MacAddress Mac { get; }

    /// <summary>The kernel's own check of sources would hide what rules let through; for links that are made afterwards.</summary>
    public static void LetAnySource()
    {
        foreach (string of in (string[])["all", "default"])
            Sysctl.Write($"net/ipv4/conf/{of}/rp_filter", "0");
    }

    public void Send(byte[] frame) => _socket.Send(_eth0, frame);

    public void Dispose() => _socket.Dispose();
}
