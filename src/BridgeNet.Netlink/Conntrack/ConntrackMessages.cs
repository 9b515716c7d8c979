using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Conntrack.ConntrackConstants;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Conntrack;

/// <summary>A flow with its kernel attributes, stored unchanged.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Family">The address family.</param>
/// <param name="OriginalTuple">The value of <c>CTA_TUPLE_ORIG</c>; it may contain a zone for this direction.</param>
/// <param name="Zone"><c>CTA_ZONE</c>; null in the default zone.</param>
/// <param name="Id"><c>CTA_ID</c>, which distinguishes the flow from a later one between the same ports.</param>
public sealed record ConntrackEntry(ConntrackFlow Flow, byte Family, byte[] OriginalTuple, byte[]? Zone, byte[]? Id);

/// <summary>The bytes of conntrack messages: <c>nfgenmsg</c>, then attributes, all numbers in network order.</summary>
public static class ConntrackMessages
{
    /// <summary>The type of a conntrack message in nfnetlink.</summary>
    public static ushort MessageType(ushort type) => (ushort)((NFNL_SUBSYS_CTNETLINK << 8) | type);

    /// <summary><c>conntrack -L</c>, for both families in one pass over the table; and <c>-C</c>.</summary>
    public static void List(NetlinkWriter message) => message.Struct(new NfGenMsg(AF_UNSPEC, 0, 0));

    /// <summary>
    /// <c>conntrack -D</c> for one flow. A delete without a tuple would clear the whole table (ctnetlink_del_conntrack), so the message
    /// always contains one.
    /// </summary>
    public static void Delete(NetlinkWriter message, ConntrackEntry entry)
    {
        message.Struct(new NfGenMsg(entry.Family, 0, 0)).Bytes(CTA_TUPLE_ORIG | NLA_F_NESTED, entry.OriginalTuple);
        if (entry.Zone is not null)
            message.Bytes(CTA_ZONE, entry.Zone);
        if (entry.Id is not null)
            message.Bytes(CTA_ID, entry.Id);
    }

    /// <summary>
    /// Deletes all flows that match an IPv4 filter (Linux 6.11). A kernel without <c>CTA_FILTER</c> treats the tuples as those of one flow,
    /// finds them incomplete, and refuses: EINVAL.
    /// </summary>
    public static void Delete(NetlinkWriter message, FlowFilter filter)
    {
        message.Struct(new NfGenMsg(AF_INET, 0, 0));
        // The protocol belongs to the tuple with the port.
        uint original = Tuple(
            message,
            CTA_TUPLE_ORIG,
            filter.OriginalSource,
            filter.OriginalDestination,
            filter.OriginalDestinationPort is null && filter.ReplySourcePort is not null ? null : filter.Protocol,
            null,
            filter.OriginalDestinationPort
        );
        uint reply = Tuple(
            message,
            CTA_TUPLE_REPLY,
            filter.ReplySource,
            null,
            filter.ReplySourcePort is null ? null : filter.Protocol,
            filter.ReplySourcePort,
            null
        );
        message.Nested(CTA_FILTER, flags => flags.UInt32(CTA_FILTER_ORIG_FLAGS, original).UInt32(CTA_FILTER_REPLY_FLAGS, reply));
    }

    /// <summary>Reads one message of the list; null for one that lacks an address.</summary>
    public static ConntrackEntry? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<NfGenMsg>())
            return null;
        NfGenMsg header = MemoryMarshal.Read<NfGenMsg>(payload);
        (byte Protocol, FlowTuple Tuple)? original = null,
            reply = null;
        byte[]? named = null,
            zone = null,
            id = null;
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<NfGenMsg>()..]))
        {
            switch (attribute.Type)
            {
                case CTA_TUPLE_ORIG:
                    original = ReadTuple(attribute.Nested);
                    named = attribute.Value.ToArray();
                    break;
                case CTA_TUPLE_REPLY:
                    reply = ReadTuple(attribute.Nested);
                    break;
                case CTA_ZONE:
                    zone = attribute.Value.ToArray();
                    break;
                case CTA_ID:
                    id = attribute.Value.ToArray();
                    break;
            }
        }
        return original is { } forward && reply is { } back
            ? new ConntrackEntry(new ConntrackFlow(forward.Protocol, forward.Tuple, back.Tuple), header.Family, named!, zone, id)
            : null;
    }

    /// <summary>Reads the reply to <c>conntrack -C</c>; without a number in the message, it returns that there may be flows.</summary>
    public static uint ReadCount(ReadOnlySpan<byte> payload)
    {
        foreach (
            NetlinkAttribute attribute in new NetlinkReader(
                payload.Length < Unsafe.SizeOf<NfGenMsg>() ? [] : payload[Unsafe.SizeOf<NfGenMsg>()..]
            )
        )
        {
            if (attribute.Type == CTA_STATS_GLOBAL_ENTRIES && attribute.Value.Length == sizeof(uint))
                return BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
        }
        return uint.MaxValue;
    }

    /// <returns>The flags of the given values; 0 means that there is no tuple.</returns>
    private static uint Tuple(
        NetlinkWriter message,
        ushort type,
        IPAddress? source,
        IPAddress? destination,
        byte? protocol,
        ushort? sourcePort,
        ushort? destinationPort
    )
    {
        uint flags =
            (source is null ? 0 : CTA_FILTER_F_CTA_IP_SRC)
            | (destination is null ? 0 : CTA_FILTER_F_CTA_IP_DST)
            | (protocol is null ? 0 : CTA_FILTER_F_CTA_PROTO_NUM)
            | (sourcePort is null ? 0 : CTA_FILTER_F_CTA_PROTO_SRC_PORT)
            | (destinationPort is null ? 0 : CTA_FILTER_F_CTA_PROTO_DST_PORT);
        if (flags == 0)
            return 0;
        message.Nested(
            type,
            tuple =>
            {
                if (source is not null || destination is not null)
                {
                    tuple.Nested(
                        CTA_TUPLE_IP,
                        addresses =>
                        {
                            if (source is not null)
                                addresses.Bytes(CTA_IP_V4_SRC, source.GetAddressBytes());
                            if (destination is not null)
                                addresses.Bytes(CTA_IP_V4_DST, destination.GetAddressBytes());
                        }
                    );
                }
                if (protocol is { } number)
                {
                    tuple.Nested(
                        CTA_TUPLE_PROTO,
                        ports =>
                        {
                            ports.UInt8(CTA_PROTO_NUM, number);
                            if (sourcePort is { } from)
                                ports.Bytes(CTA_PROTO_SRC_PORT, [(byte)(from >> 8), (byte)from]);
                            if (destinationPort is { } to)
                                ports.Bytes(CTA_PROTO_DST_PORT, [(byte)(to >> 8), (byte)to]);
                        }
                    );
                }
            }
        );
        return flags;
    }

    private static (byte Protocol, FlowTuple Tuple)? ReadTuple(NetlinkReader tuple)
    {
        IPAddress? source = null,
            destination = null;
        byte protocol = 0;
        ushort sourcePort = 0,
            destinationPort = 0;
        foreach (NetlinkAttribute part in tuple)
        {
            foreach (NetlinkAttribute attribute in part.Nested)
            {
                switch (part.Type, attribute.Type)
                {
                    case (CTA_TUPLE_IP, CTA_IP_V4_SRC or CTA_IP_V6_SRC):
                        source = ReadAddress(attribute);
                        break;
                    case (CTA_TUPLE_IP, CTA_IP_V4_DST or CTA_IP_V6_DST):
                        destination = ReadAddress(attribute);
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_NUM) when attribute.Value.Length == 1:
                        protocol = attribute.Value[0];
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_SRC_PORT) when attribute.Value.Length == 2:
                        sourcePort = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value);
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT) when attribute.Value.Length == 2:
                        destinationPort = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value);
                        break;
                }
            }
        }
        return source is not null && destination is not null
            ? (protocol, new FlowTuple(source, sourcePort, destination, destinationPort))
            : null;
    }

    private static IPAddress? ReadAddress(NetlinkAttribute attribute) =>
        attribute.Value.Length is 4 or 16 ? new IPAddress(attribute.Value) : null;
}
