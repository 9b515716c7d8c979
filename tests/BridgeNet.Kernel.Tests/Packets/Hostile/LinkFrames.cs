using System.Buffers.Binary;
using System.Net;
using BridgeNet.Model;
using BridgeNet.Namespaces;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>Frames that do not leave a link: a question for an address, and a router's word.</summary>
internal static class LinkFrames
{
    /// <summary>An ARP request.</summary>
    public static byte[] WhoHas(MacAddress from, IPAddress source, IPAddress wanted) =>
    [
        .. Enumerable.Repeat((byte)0xff, 6), .. from.GetBytes(), 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1,
        .. from.GetBytes(), .. source.GetAddressBytes(), .. new byte[6], .. wanted.GetAddressBytes(),
    ];

    /// <summary>Whether a frame is the answer to such a request.</summary>
    public static bool Has(ReadOnlySpan<byte> frame, IPAddress wanted) =>
        frame.Length >= 42 && frame[12] == 0x08 && frame[13] == 0x06 && frame[21] == 2 && frame[28..32].SequenceEqual(wanted.GetAddressBytes());

    /// <summary>A router advertisement (RFC 4861, 4.2): everything goes by way of the sender.</summary>
    public static byte[] RouterAdvertisement(MacAddress from, IPAddress source)
    {
        byte[] message = [134, 0, 0, 0, 64, 0, 0x07, 0x08, .. new byte[8], 1, 1, .. from.GetBytes()];
        byte[] addresses = [.. source.GetAddressBytes(), .. IPAddress.Parse("ff02::1").GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), EchoPacket.Checksum([.. addresses, 0, 0, 0, (byte)message.Length, 0, 0, 0, 58, .. message]));
        return [0x33, 0x33, 0, 0, 0, 1, .. from.GetBytes(), 0x86, 0xdd, 0x60, 0, 0, 0, 0, (byte)message.Length, 58, 255, .. addresses, .. message];
    }
}
