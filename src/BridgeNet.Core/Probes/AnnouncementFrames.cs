using System.Buffers.Binary;
using System.Net;
using BridgeNet.Netlink;

namespace BridgeNet.Probes;

/// <summary>Composes the frames that announce the MAC address of an IP address, without a socket.</summary>
internal static class AnnouncementFrames
{
    private const int EthernetLength = 14,
        ArpLength = 28,
        IPv6Length = 40,
        AdvertisementLength = 32;
    private const ushort EtherTypeArp = 0x0806,
        EtherTypeIPv6 = 0x86dd;
    private const byte IcmpV6Protocol = 58,
        NeighbourAdvertisement = 136,
        TargetLinkLayerAddress = 2;

    private static readonly byte[] s_broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    private static readonly byte[] s_allNodesMac = [0x33, 0x33, 0, 0, 0, 1];
    private static readonly byte[] s_allNodes = IPAddress.Parse("ff02::1").GetAddressBytes();

    /// <summary>
    /// A gratuitous ARP request, as <c>arping -U</c> sends it (RFC 5227, 3): it asks for the sender's own address.
    /// </summary>
    public static byte[] ArpRequest(MacAddress mac, IPAddress address) => Arp(1, mac, address, s_broadcast);

    /// <summary>
    /// A gratuitous ARP reply, as <c>arping -A</c> sends it. Its target addresses are those of the sender; otherwise Linux would not treat
    /// it as gratuitous (arp_is_garp), and would ignore it for a second after the last change.
    /// </summary>
    public static byte[] ArpReply(MacAddress mac, IPAddress address) => Arp(2, mac, address, mac.GetBytes());

    /// <summary>An unsolicited Neighbour Advertisement with the override flag (RFC 4861, 7.2.6).</summary>
    /// <param name="mac">The MAC address.</param>
    /// <param name="address">The IPv6 address.</param>
    /// <param name="isRouter">
    /// Whether the sender forwards: a neighbour that knew it as a router removes its routes if this is false.
    /// </param>
    public static byte[] Advertisement(MacAddress mac, IPAddress address, bool isRouter = false)
    {
        byte[] frame = new byte[EthernetLength + IPv6Length + AdvertisementLength];
        Ethernet(frame, s_allNodesMac, mac, EtherTypeIPv6);
        Span<byte> ip = frame.AsSpan(EthernetLength);
        ip[0] = 6 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], AdvertisementLength);
        ip[6] = IcmpV6Protocol;
        ip[7] = 255; // receivers ignore messages that crossed a router
        address.GetAddressBytes().CopyTo(ip[8..]);
        s_allNodes.CopyTo(ip[24..]);
        Span<byte> icmp = ip[IPv6Length..];
        icmp[0] = NeighbourAdvertisement;
        icmp[4] = (byte)(isRouter ? 0xa0 : 0x20); // override; not solicited
        address.GetAddressBytes().CopyTo(icmp[8..]);
        icmp[24] = TargetLinkLayerAddress;
        icmp[25] = 1; // in units of eight bytes
        mac.GetBytes().CopyTo(icmp[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], Checksum(ip));
        return frame;
    }

    private static byte[] Arp(ushort operation, MacAddress mac, IPAddress address, byte[] target)
    {
        byte[] frame = new byte[EthernetLength + ArpLength];
        Ethernet(frame, s_broadcast, mac, EtherTypeArp);
        Span<byte> arp = frame.AsSpan(EthernetLength);
        BinaryPrimitives.WriteUInt16BigEndian(arp, 1); // Ethernet
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], 0x0800); // IPv4
        arp[4] = 6;
        arp[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], operation);
        mac.GetBytes().CopyTo(arp[8..]);
        address.GetAddressBytes().CopyTo(arp[14..]);
        target.CopyTo(arp[18..]);
        address.GetAddressBytes().CopyTo(arp[24..]);
        return frame;
    }

    private static void Ethernet(Span<byte> frame, byte[] destination, MacAddress source, ushort type)
    {
        destination.CopyTo(frame);
        source.GetBytes().CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], type);
    }

    /// <summary>The checksum over the pseudo-header (RFC 8200, 8.1) and the message, whose checksum field is still 0.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        Span<byte> summed = stackalloc byte[IPv6Length + AdvertisementLength];
        packet[8..IPv6Length].CopyTo(summed);
        BinaryPrimitives.WriteUInt32BigEndian(summed[32..], AdvertisementLength);
        summed[39] = IcmpV6Protocol;
        packet[IPv6Length..].CopyTo(summed[IPv6Length..]);
        return EchoPacket.Checksum(summed);
    }
}
