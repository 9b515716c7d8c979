using System.Buffers.Binary;
using System.Net.Sockets;

namespace BridgeNet.Probes;

/// <summary>The meaning of a received ICMP message for one of our requests.</summary>
internal enum EchoAnswerKind
{
    /// <summary>The echo reply.</summary>
    Reply,

    /// <summary>A router, or the host itself, reports that the request cannot be delivered.</summary>
    Unreachable,

    /// <summary>A router reports that the hop limit of the request was exceeded.</summary>
    TimeExceeded,
}

/// <summary>A reply or error for a request, with the ICMP code of an error.</summary>
internal readonly record struct EchoAnswer(EchoAnswerKind Kind, ushort Identifier, ushort Sequence, byte Code);

/// <summary>Composes and parses ICMP and ICMPv6 echo messages (RFC 792, RFC 4443), without a socket.</summary>
internal static class EchoPacket
{
    /// <summary>The size that <c>ping</c> sends: 8 bytes of header and 56 of data.</summary>
    public const int Length = HeaderLength + 56;

    private const int HeaderLength = 8;
    private const int IPv6HeaderLength = 40;
    private const byte IcmpProtocol = 1;
    private const byte IcmpV6Protocol = 58;

    /// <summary>
    /// An echo request. The kernel adds the checksum for ICMPv6, because it covers addresses that only routing determines.
    /// </summary>
    public static byte[] Build(AddressFamily family, ushort identifier, ushort sequence)
    {
        byte[] packet = new byte[Length];
        packet[0] = Types.Of(family).Request;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), sequence);
        for (int i = HeaderLength; i < packet.Length; i++)
        {
            packet[i] = (byte)i;
        }
        if (family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        }
        return packet;
    }

    /// <summary>The Internet checksum (RFC 1071); over a packet with a correct checksum it is 0.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (; data.Length > 1; data = data[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
        }
        if (data.Length == 1)
        {
            sum += (uint)data[0] << 8;
        }
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    /// <summary>
    /// Parses what a raw socket received: with the IP header for IPv4, without it for IPv6. False if it is no reply to an echo request:
    /// other traffic, requests themselves, damaged or short packets.
    /// </summary>
    public static bool TryParse(AddressFamily family, ReadOnlySpan<byte> received, out EchoAnswer answer)
    {
        answer = default;
        bool v4 = family == AddressFamily.InterNetwork;
        if (v4 && !TrySkipIPv4Header(ref received, IcmpProtocol))
        {
            return false;
        }
        if (received.Length < HeaderLength || (v4 && Checksum(received) != 0))
        {
            return false;
        }
        Types types = Types.Of(family);
        byte type = received[0];
        byte code = received[1];
        if (type == types.Reply)
        {
            answer = Answer(EchoAnswerKind.Reply, received, code);
            return true;
        }
        if (type != types.Unreachable && type != types.TimeExceeded)
        {
            return false;
        }
        // An error contains the start of the packet that caused it: its IP header and at least 8 bytes, our echo header.
        ReadOnlySpan<byte> quoted = received[HeaderLength..];
        bool ours = v4 ? TrySkipIPv4Header(ref quoted, IcmpProtocol) : TrySkipIPv6Header(ref quoted);
        if (!ours || quoted.Length < HeaderLength || quoted[0] != types.Request)
        {
            return false;
        }
        answer = Answer(type == types.Unreachable ? EchoAnswerKind.Unreachable : EchoAnswerKind.TimeExceeded, quoted, code);
        return true;
    }

    private static EchoAnswer Answer(EchoAnswerKind kind, ReadOnlySpan<byte> echo, byte code) =>
        new(kind, BinaryPrimitives.ReadUInt16BigEndian(echo[4..]), BinaryPrimitives.ReadUInt16BigEndian(echo[6..]), code);

    private static bool TrySkipIPv4Header(ref ReadOnlySpan<byte> packet, byte protocol)
    {
        const int minimum = 20;
        if (packet.Length < minimum || packet[0] >> 4 != 4 || packet[9] != protocol)
        {
            return false;
        }
        int length = (packet[0] & 0xf) * 4;
        if (length < minimum || length > packet.Length)
        {
            return false;
        }
        packet = packet[length..];
        return true;
    }

    private static bool TrySkipIPv6Header(ref ReadOnlySpan<byte> packet)
    {
        // Our requests have no extension headers.
        if (packet.Length < IPv6HeaderLength || packet[0] >> 4 != 6 || packet[6] != IcmpV6Protocol)
        {
            return false;
        }
        packet = packet[IPv6HeaderLength..];
        return true;
    }

    private readonly record struct Types(byte Request, byte Reply, byte Unreachable, byte TimeExceeded)
    {
        public static Types Of(AddressFamily family) =>
            family == AddressFamily.InterNetworkV6
                ? new Types(Request: 128, Reply: 129, Unreachable: 1, TimeExceeded: 3)
                : new Types(Request: 8, Reply: 0, Unreachable: 3, TimeExceeded: 11);
    }
}
