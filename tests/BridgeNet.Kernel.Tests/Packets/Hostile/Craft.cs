using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Netlink;
using BridgeNet.Probes;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>
/// Frames as root of a container writes them: any address, any header, and a number in the payload by which they are known again.
/// </summary>
internal sealed record Craft(MacAddress From, MacAddress To, IPAddress Source, IPAddress Destination)
{
    private const int EthernetLength = 14,
        UdpLength = 8,
        TcpLength = 20;
    private const byte Udp = 17,
        Tcp = 6,
        Fragment = 44,
        HopByHop = 0,
        DestinationOptions = 60,
        Icmp = 1,
        IcmpV6 = 58;
    private static readonly byte[] s_mark = "BridgeNet?"u8.ToArray();

    /// <summary>How many routers it may pass: the TTL, or the hop limit.</summary>
    public byte Hops { get; init; } = 64;

    private bool IsIPv6 => Destination.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The number in a frame or a datagram; null when it is none of ours.</summary>
    public static int? NumberIn(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOf(s_mark) is >= 0 and int at && bytes.Length >= at + s_mark.Length + 4
            ? BinaryPrimitives.ReadInt32BigEndian(bytes[(at + s_mark.Length)..])
            : null;

    public byte[] Datagram(int number, int port) => Datagram(number, port, SourcePort(number));

    public byte[] Datagram(int number, int port, int from) =>
        Packet(Udp, Checked(Udp, Datagram(number, port, filler: 0, from), checksumAt: 6));

    /// <summary>Asks a server for a file (RFC 1350), which it sends from a port of its own choice.</summary>
    public byte[] FileRequest(int number, int from)
    {
        byte[] request = [.. Datagram(number, 69, filler: 0, from)[..UdpLength], 0, 1, .. Payload(number), 0, .. "octet"u8, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), (ushort)request.Length);
        return Packet(Udp, Checked(Udp, request, checksumAt: 6));
    }

    /// <summary>Says of a datagram that its port is unreachable (RFC 792; RFC 4443).</summary>
    /// <param name="number">By which the message is known.</param>
    /// <param name="sent">The frame with the datagram.</param>
    public byte[] Unreachable(int number, byte[] sent)
    {
        byte[] quoted = [.. sent.AsSpan(EthernetLength, (IsIPv6 ? 40 : 20) + UdpLength), .. Payload(number)];
        byte[] message = [IsIPv6 ? (byte)1 : (byte)3, IsIPv6 ? (byte)4 : (byte)3, 0, 0, 0, 0, 0, 0, .. quoted];
        if (IsIPv6)
            return Packet(IcmpV6, Checked(IcmpV6, message, checksumAt: 2));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), EchoPacket.Checksum(message));
        return Packet(Icmp, message);
    }

    /// <summary>A segment without a connection.</summary>
    /// <param name="number">By which it is known.</param>
    /// <param name="port">The destination's port.</param>
    /// <param name="flags"><c>0x02</c> begins a connection, <c>0x12</c> answers one that nobody began.</param>
    public byte[] Segment(int number, int port, byte flags)
    {
        byte[] segment = [.. new byte[TcpLength], .. Payload(number)];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)SourcePort(number));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)port);
        segment[12] = TcpLength / 4 << 4;
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 1024);
        return Packet(Tcp, Checked(Tcp, segment, checksumAt: 16));
    }

    /// <summary>A ping.</summary>
    public byte[] Ping(int number)
    {
        byte[] message = [IsIPv6 ? (byte)128 : (byte)8, 0, 0, 0, 0, 1, 0, 1, .. Payload(number)];
        if (IsIPv6)
            return Packet(IcmpV6, Checked(IcmpV6, message, checksumAt: 2));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), EchoPacket.Checksum(message));
        return Packet(Icmp, message);
    }

    /// <summary>A message of ICMPv6 to one machine, such as one of neighbour discovery that would leave its link.</summary>
    public byte[] Message(int number, byte type) =>
        Packet(IcmpV6, Checked(IcmpV6, [type, 0, 0, 0, 0, 0, 0, 0, .. Destination.GetAddressBytes(), .. Payload(number)], checksumAt: 2));

    /// <summary>A datagram behind two extension headers; in IPv4 behind an option.</summary>
    public byte[] BehindHeaders(int number, int port)
    {
        byte[] datagram = Checked(Udp, Datagram(number, port, filler: 0, SourcePort(number)), checksumAt: 6);
        return IsIPv6
            ? Packet(HopByHop, [DestinationOptions, 0, 1, 4, 0, 0, 0, 0, Udp, 0, 1, 4, 0, 0, 0, 0, .. datagram])
            : Packet(Udp, datagram, options: [1, 1, 1, 0]);
    }

    /// <summary>
    /// A datagram of IPv6 behind an option that nobody knows, and that is to be told of wherever it is sent to (RFC 8200, 4.2).
    /// </summary>
    public byte[] BehindUnknownOption(int number, int port) =>
        Packet(
            HopByHop,
            [Udp, 0, 0x80, 4, 0, 0, 0, 0, .. Checked(Udp, Datagram(number, port, filler: 0, SourcePort(number)), checksumAt: 6)]
        );

    /// <summary>A datagram in two fragments.</summary>
    /// <param name="number">By which it is known.</param>
    /// <param name="port">The destination's port.</param>
    /// <param name="late">Whether the number is in the second.</param>
    /// <param name="header">Whether an extension header of IPv6 is in the first, so that the second does not say what is in it.</param>
    public byte[][] Fragments(int number, int port, bool late = false, bool header = false)
    {
        byte[] plain = Datagram(number, port, filler: 40, SourcePort(number));
        byte[] datagram = Checked(Udp, late ? [.. plain[..UdpLength], .. new byte[40], .. Payload(number)] : plain, checksumAt: 6);
        if (header)
            datagram = [Udp, 0, 1, 4, 0, 0, 0, 0, .. datagram];
        const int first = 32;
        byte[] Part(bool last)
        {
            byte[] part = last ? datagram[first..] : datagram[..first];
            if (!IsIPv6)
                return Packet(Udp, part, fragment: (ushort)(last ? first / 8 : 0x2000), identifier: (ushort)number);
            byte[] of = new byte[8];
            of[0] = header ? DestinationOptions : Udp;
            BinaryPrimitives.WriteUInt16BigEndian(of.AsSpan(2), (ushort)(last ? first : 1));
            BinaryPrimitives.WriteInt32BigEndian(of.AsSpan(4), number);
            return Packet(Fragment, [.. of, .. part]);
        }
        return [Part(last: false), Part(last: true)];
    }

    /// <summary>A frame with a tag for a VLAN, of 802.1Q or 802.1ad; of VLAN 0 the receiver takes it as one without.</summary>
    public static byte[] Tagged(byte[] frame, ushort vlan = 0, ushort kind = 0x8100) =>
        [.. frame[..12], (byte)(kind >> 8), (byte)kind, (byte)(vlan >> 8), (byte)vlan, .. frame[12..]];

    /// <summary>The port that a numbered datagram comes from.</summary>
    public static int SourcePort(int number) => 20000 + number % 40000;

    /// <summary>The number as frames carry it: 14 bytes.</summary>
    public static byte[] Payload(int number)
    {
        byte[] bytes = [.. s_mark, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(s_mark.Length), number);
        return bytes;
    }

    private static byte[] Datagram(int number, int port, int filler, int from)
    {
        byte[] datagram = [.. new byte[UdpLength], .. Payload(number), .. new byte[filler]];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        return datagram;
    }

    /// <summary>The message with its checksum, which covers the addresses too.</summary>
    private byte[] Checked(byte protocol, byte[] message, int checksumAt)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        byte[] summed = [.. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. length, 0, 0, 0, protocol, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(checksumAt), EchoPacket.Checksum(summed));
        return message;
    }

    private byte[] Packet(byte next, byte[] content, byte[]? options = null, ushort fragment = 0, ushort identifier = 1)
    {
        byte[] ethernet = [.. To.GetBytes(), .. From.GetBytes(), IsIPv6 ? (byte)0x86 : (byte)0x08, IsIPv6 ? (byte)0xdd : (byte)0x00];
        byte[] header = new byte[IsIPv6 ? 8 : 12];
        if (IsIPv6)
        {
            header[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)content.Length);
            (header[6], header[7]) = (next, Hops);
            return [.. ethernet, .. header, .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. content];
        }
        int length = 20 + (options?.Length ?? 0);
        header[0] = (byte)(4 << 4 | length / 4);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(length + content.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), fragment);
        (header[8], header[9]) = (Hops, next);
        byte[] whole = [.. header, .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. options ?? []];
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(10), EchoPacket.Checksum(whole));
        return [.. ethernet, .. whole, .. content];
    }
}
