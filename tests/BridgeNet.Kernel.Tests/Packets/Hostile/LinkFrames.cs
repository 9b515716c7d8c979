using System.Buffers.Binary;
using System.Net;
using BridgeNet.Netlink;
using BridgeNet.Probes;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>Frames that do not leave a link: a question for an address, and a router's word.</summary>
internal static class LinkFrames
{
    /// <summary>An ARP request.</summary>
    public static byte[] WhoHas(MacAddress from, IPAddress source, IPAddress wanted) =>
        [
            .. Enumerable.Repeat((byte)0xff, 6),
            .. from.GetBytes(),
            0x08,
            0x06,
            0,
            1,
            0x08,
            0,
            6,
            4,
            0,
            1,
            .. from.GetBytes(),
            .. source.GetAddressBytes(),
            .. new byte[6],
            .. wanted.GetAddressBytes(),
        ];

    /// <summary>An ARP message to everybody, with a number behind it.</summary>
    /// <param name="operation">1 for a request, 2 for a reply.</param>
    /// <param name="from">The frame's sender.</param>
    /// <param name="sender">The sender that the message speaks of, and its address.</param>
    /// <param name="target">The address that is asked for, or told.</param>
    /// <param name="number">By which it is known.</param>
    /// <param name="hardware">The kind of network: 1 for Ethernet; Linux takes 6 (IEEE 802) as the same.</param>
    /// <param name="length">Of how many bytes an address of that kind of network is said to be; with another number than 6 the same bytes
    /// mean something else.</param>
    public static byte[] Arp(
        byte operation,
        MacAddress from,
        (MacAddress Mac, IPAddress Address) sender,
        IPAddress target,
        int number,
        byte hardware = 1,
        byte length = 6
    ) =>
        [
            .. Enumerable.Repeat((byte)0xff, 6),
            .. from.GetBytes(),
            0x08,
            0x06,
            0,
            hardware,
            0x08,
            0,
            length,
            4,
            0,
            operation,
            .. sender.Mac.GetBytes(),
            .. sender.Address.GetAddressBytes(),
            .. new byte[6],
            .. target.GetAddressBytes(),
            .. Craft.Payload(number),
        ];

    /// <summary>A message of neighbour discovery to all nodes (RFC 4861), with a number in an option that nobody knows.</summary>
    /// <param name="type">133 to 137, or another type of ICMPv6.</param>
    /// <param name="from">The frame's sender.</param>
    /// <param name="source">The packet's source.</param>
    /// <param name="target">The address that it is about.</param>
    /// <param name="number">By which it is known.</param>
    /// <param name="headers">How many extension headers are before it.</param>
    public static byte[] Neighbour(byte type, MacAddress from, IPAddress source, IPAddress target, int number, int headers = 0)
    {
        byte[] message = [type, 0, 0, 0, 0x20, 0, 0, 0, .. target.GetAddressBytes(), 253, 2, .. Craft.Payload(number)];
        byte[] addresses = [.. source.GetAddressBytes(), .. IPAddress.Parse("ff02::1").GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(
            message.AsSpan(2),
            EchoPacket.Checksum([.. addresses, 0, 0, 0, (byte)message.Length, 0, 0, 0, 58, .. message])
        );
        byte[] before =
        [
            .. Enumerable.Range(1, headers).SelectMany(i => (byte[])[i == headers ? (byte)58 : (byte)60, 0, 1, 4, 0, 0, 0, 0]),
        ];
        return
        [
            0x33,
            0x33,
            0,
            0,
            0,
            1,
            .. from.GetBytes(),
            0x86,
            0xdd,
            0x60,
            0,
            0,
            0,
            0,
            (byte)(before.Length + message.Length),
            headers > 0 ? (byte)60 : (byte)58,
            255,
            .. addresses,
            .. before,
            .. message,
        ];
    }

    /// <summary>An advertisement in two fragments, of which the first ends before it; the number is in the first.</summary>
    /// <param name="from">The frame's sender.</param>
    /// <param name="source">The packet's source.</param>
    /// <param name="target">The address that it is about.</param>
    /// <param name="number">By which it is known.</param>
    /// <param name="headers">How many extension headers are before it: 1 within the first fragment, 2 with one in each.</param>
    /// <param name="said">What the second says that the packet is of, which receivers do not look at.</param>
    public static byte[][] Hidden(MacAddress from, IPAddress source, IPAddress target, int number, int headers, byte said)
    {
        byte[] plain = Neighbour(136, from, source, target, number)[(14 + 40)..],
            header = [58, 0, 1, 4, 0, 0, 0, 0];
        byte[] first = [headers == 1 ? (byte)58 : (byte)60, 2, 1, 20, .. Craft.Payload(number), .. new byte[6]],
            second = headers == 1 ? plain[..24] : [.. header, .. plain[..24]];
        BinaryPrimitives.WriteUInt16BigEndian(second.AsSpan(second.Length - 22), 0);
        byte[] addresses = [.. source.GetAddressBytes(), .. IPAddress.Parse("ff02::1").GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(
            second.AsSpan(second.Length - 22),
            EchoPacket.Checksum([.. addresses, 0, 0, 0, 24, 0, 0, 0, 58, .. second[^24..]])
        );
        byte[] Part(byte next, int offset, byte[] part) =>
            [
                0x33,
                0x33,
                0,
                0,
                0,
                1,
                .. from.GetBytes(),
                0x86,
                0xdd,
                0x60,
                0,
                0,
                0,
                0,
                (byte)(8 + part.Length),
                44,
                255,
                .. addresses,
                next,
                0,
                0,
                (byte)(offset == 0 ? 1 : offset),
                0,
                0,
                (byte)(number >> 8),
                (byte)number,
                .. part,
            ];
        return [Part(60, 0, first), Part(said, first.Length, second)];
    }

    /// <summary>Whether a frame is the answer to such a request.</summary>
    public static bool Has(ReadOnlySpan<byte> frame, IPAddress wanted) =>
        frame.Length >= 42
        && frame[12] == 0x08
        && frame[13] == 0x06
        && frame[21] == 2
        && frame[28..32].SequenceEqual(wanted.GetAddressBytes());

    /// <summary>A router advertisement (RFC 4861, 4.2): everything goes by way of the sender.</summary>
    public static byte[] RouterAdvertisement(MacAddress from, IPAddress source)
    {
        byte[] message = [134, 0, 0, 0, 64, 0, 0x07, 0x08, .. new byte[8], 1, 1, .. from.GetBytes()];
        byte[] addresses = [.. source.GetAddressBytes(), .. IPAddress.Parse("ff02::1").GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(
            message.AsSpan(2),
            EchoPacket.Checksum([.. addresses, 0, 0, 0, (byte)message.Length, 0, 0, 0, 58, .. message])
        );
        return
        [
            0x33,
            0x33,
            0,
            0,
            0,
            1,
            .. from.GetBytes(),
            0x86,
            0xdd,
            0x60,
            0,
            0,
            0,
            0,
            (byte)message.Length,
            58,
            255,
            .. addresses,
            .. message,
        ];
    }
}
