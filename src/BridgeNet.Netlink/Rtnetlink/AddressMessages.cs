using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>The bytes of address and route messages.</summary>
public static class AddressMessages
{
    /// <summary>The metric that the kernel uses for routes of IPv6 prefixes (net/ip6_route.h: IP6_RT_PRIO_ADDRCONF).</summary>
    private const uint PrefixRouteMetric = 256;

    /// <summary>The kernel's number of an address family.</summary>
    public static byte Family(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;

    /// <summary><c>ip address add ADDRESS/LENGTH broadcast + dev INDEX [nodad]</c></summary>
    public static void Add(NetlinkWriter message, int index, IPAddress address, int prefixLength, bool noDad = false)
    {
        byte[] bytes = address.GetAddressBytes();
        Address(message, index, bytes, prefixLength, noDad ? IFA_F_NODAD : (byte)0);
        // RFC 3021: a /31 has no broadcast address.
        if (bytes.Length == 4 && prefixLength < 31)
        {
            uint broadcast = BinaryPrimitives.ReadUInt32BigEndian(bytes) | (uint)((1UL << (32 - prefixLength)) - 1);
            BinaryPrimitives.WriteUInt32BigEndian(bytes, broadcast);
            message.Bytes(IFA_BROADCAST, bytes);
        }
    }

    /// <summary><c>ip address delete ADDRESS/LENGTH dev INDEX</c></summary>
    public static void Remove(NetlinkWriter message, int index, IPAddress address, int prefixLength) =>
        Address(message, index, address.GetAddressBytes(), prefixLength, 0);

    /// <summary>Reads <c>ifaddrmsg</c> and its attributes; null if it is not an address of an interface.</summary>
    public static InterfaceAddress? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<IfAddrMsg>())
            return null;
        IfAddrMsg header = MemoryMarshal.Read<IfAddrMsg>(payload);
        IPAddress? local = null,
            address = null;
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<IfAddrMsg>()..]))
        {
            if (attribute.Type == IFA_LOCAL)
                local = ReadAddress(attribute);
            else if (attribute.Type == IFA_ADDRESS)
                address = ReadAddress(attribute);
        }
        // On a point-to-point link, IFA_ADDRESS is the peer's address.
        return (local ?? address) is { } found ? new InterfaceAddress(header.Index, found, header.PrefixLength) : null;
    }

    /// <summary><c>ip route add default via GATEWAY dev INDEX</c></summary>
    public static void DefaultRoute(NetlinkWriter message, int index, IPAddress gateway) =>
        message
            .Struct(new RtMsg(Family(gateway.AddressFamily), 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0))
            .Bytes(RTA_GATEWAY, gateway.GetAddressBytes())
            .UInt32(RTA_OIF, (uint)index);

    /// <summary><c>ip [-6] route add default dev INDEX</c></summary>
    public static void DefaultRoute(NetlinkWriter message, int index, AddressFamily family) =>
        message
            .Struct(
                new RtMsg(
                    Family(family),
                    0,
                    0,
                    0,
                    RT_TABLE_MAIN,
                    RTPROT_BOOT,
                    family == AddressFamily.InterNetworkV6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                    RTN_UNICAST,
                    0
                )
            )
            .UInt32(RTA_OIF, (uint)index);

    /// <summary>
    /// <c>ip route add SUBNET dev INDEX proto kernel scope link src ADDRESS</c>; for IPv6 <c>ip -6 route add SUBNET dev INDEX proto kernel
    /// metric 256</c>
    /// </summary>
    public static void SubnetRoute(NetlinkWriter message, int index, IPNetwork subnet, IPAddress source)
    {
        bool ipv6 = subnet.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        message
            .Struct(
                new RtMsg(
                    Family(subnet.BaseAddress.AddressFamily),
                    (byte)subnet.PrefixLength,
                    0,
                    0,
                    RT_TABLE_MAIN,
                    RTPROT_KERNEL,
                    ipv6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                    RTN_UNICAST,
                    0
                )
            )
            .Bytes(RTA_DST, subnet.BaseAddress.GetAddressBytes());
        if (ipv6)
            message.UInt32(RTA_PRIORITY, PrefixRouteMetric);
        else
            message.Bytes(RTA_PREFSRC, source.GetAddressBytes());
        message.UInt32(RTA_OIF, (uint)index);
    }

    /// <summary><c>ip route add DESTINATION dev INDEX src SOURCE</c></summary>
    public static void LinkRoute(NetlinkWriter message, int index, IPNetwork destination, IPAddress source) =>
        message
            .Struct(
                new RtMsg(
                    Family(destination.BaseAddress.AddressFamily),
                    (byte)destination.PrefixLength,
                    0,
                    0,
                    RT_TABLE_MAIN,
                    RTPROT_BOOT,
                    destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                    RTN_UNICAST,
                    0
                )
            )
            .Bytes(RTA_DST, destination.BaseAddress.GetAddressBytes())
            .Bytes(RTA_PREFSRC, source.GetAddressBytes())
            .UInt32(RTA_OIF, (uint)index);

    /// <summary><c>ip route delete DESTINATION dev INDEX</c>: the empty fields match any protocol, scope and type.</summary>
    public static void AnyRoute(NetlinkWriter message, int index, IPNetwork destination) =>
        message
            .Struct(Any(destination.BaseAddress.AddressFamily, (byte)destination.PrefixLength))
            .Bytes(RTA_DST, destination.BaseAddress.GetAddressBytes())
            .UInt32(RTA_OIF, (uint)index);

    /// <summary><c>ip [-6] route delete default</c>: the empty fields match any protocol, scope and type.</summary>
    public static void AnyDefaultRoute(NetlinkWriter message, AddressFamily family) => message.Struct(Any(family, 0));

    /// <summary>Reads <c>rtmsg</c> and its attributes; null if it is not a route of IPv4 or IPv6.</summary>
    public static Route? ReadRoute(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<RtMsg>())
            return null;
        RtMsg header = MemoryMarshal.Read<RtMsg>(payload);
        if (header.Family is not (AF_INET or AF_INET6))
            return null;
        IPAddress destination = header.Family == AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        IPAddress? gateway = null;
        int index = 0;
        uint table = header.Table;
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<RtMsg>()..]))
        {
            switch (attribute.Type)
            {
                case RTA_DST:
                    destination = ReadAddress(attribute) ?? destination;
                    break;
                case RTA_GATEWAY:
                    gateway = ReadAddress(attribute);
                    break;
                case RTA_OIF:
                    index = (int)attribute.UInt32;
                    break;
                case RTA_TABLE:
                    table = attribute.UInt32;
                    break;
            }
        }
        return header.DestinationLength <= destination.GetAddressBytes().Length * 8
            ? new Route(new IPNetwork(destination, header.DestinationLength), gateway, index, header.Type, table)
            : null;
    }

    private static RtMsg Any(AddressFamily family, byte prefixLength) =>
        new(
            Family(family),
            prefixLength,
            0,
            0,
            RT_TABLE_MAIN,
            RTPROT_UNSPEC,
            family == AddressFamily.InterNetworkV6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE,
            RTN_UNSPEC,
            0
        );

    private static void Address(NetlinkWriter message, int index, byte[] address, int prefixLength, byte flags) =>
        message
            .Struct(
                new IfAddrMsg(
                    Family(address.Length == 16 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork),
                    (byte)prefixLength,
                    flags,
                    0,
                    index
                )
            )
            .Bytes(IFA_LOCAL, address)
            .Bytes(IFA_ADDRESS, address);

    private static IPAddress? ReadAddress(NetlinkAttribute attribute) =>
        attribute.Value.Length is 4 or 16 ? new IPAddress(attribute.Value) : null;
}
