using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Conntrack.ConntrackConstants;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Conntrack;

/// <summary>A flow with what names it to the kernel, kept as the kernel wrote it.</summary>
/// <param name="Flow">What it is.</param>
/// <param name="Family">The address family.</param>
/// <param name="OriginalTuple">The value of <c>CTA_TUPLE_ORIG</c>; it may hold a zone of its own.</param>
/// <param name="Zone"><c>CTA_ZONE</c>; null in the default zone.</param>
/// <param name="Id"><c>CTA_ID</c>, which tells the flow from a later one between the same ports.</param>
internal sealed record ConntrackEntry(ConntrackFlow Flow, byte Family, byte[] OriginalTuple, byte[]? Zone, byte[]? Id);

/// <summary>The bytes of conntrack messages: <c>nfgenmsg</c>, then attributes, all numbers in network order.</summary>
internal static class ConntrackMessages
{
    public static ushort MessageType(ushort type) => (ushort)((NFNL_SUBSYS_CTNETLINK << 8) | type);

    /// <summary><c>conntrack -L</c>, of both families in one walk of the table; and <c>-C</c>.</summary>
    public static void List(NetlinkWriter message) => message.Struct(new NfGenMsg(AF_UNSPEC, 0, 0));

    /// <summary>
    /// <c>conntrack -D</c> of one flow. To the kernel, a delete without a tuple means the whole table
    /// (ctnetlink_del_conntrack): there is no entry without one.
    /// </summary>
    public static void Delete(NetlinkWriter message, ConntrackEntry entry)
    {
        message.Struct(new NfGenMsg(entry.Family, 0, 0)).Bytes(CTA_TUPLE_ORIG | NLA_F_NESTED, entry.OriginalTuple);
        if (entry.Zone is not null)
            message.Bytes(CTA_ZONE, entry.Zone);
        if (entry.Id is not null)
            message.Bytes(CTA_ID, entry.Id);
    }

    /// <summary>Reads one message of the list; null for one that lacks an address.</summary>
    public static ConntrackEntry? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<NfGenMsg>())
            return null;
        NfGenMsg header = MemoryMarshal.Read<NfGenMsg>(payload);
        (byte Protocol, FlowTuple Tuple)? original = null, reply = null;
        byte[]? named = null, zone = null, id = null;
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
        return original is { } there && reply is { } back
            ? new ConntrackEntry(new ConntrackFlow(there.Protocol, there.Tuple, back.Tuple), header.Family, named!, zone, id)
            : null;
    }

    /// <summary>Reads the answer to <c>conntrack -C</c>; a message without a number says that there may be some.</summary>
    public static uint ReadCount(ReadOnlySpan<byte> payload)
    {
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload.Length < Unsafe.SizeOf<NfGenMsg>() ? [] : payload[Unsafe.SizeOf<NfGenMsg>()..]))
        {
            if (attribute.Type == CTA_STATS_GLOBAL_ENTRIES && attribute.Value.Length == sizeof(uint))
                return BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
        }
        return uint.MaxValue;
    }

    private static (byte Protocol, FlowTuple Tuple)? ReadTuple(NetlinkReader tuple)
    {
        IPAddress? source = null, destination = null;
        byte protocol = 0;
        ushort sourcePort = 0, destinationPort = 0;
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
        return source is not null && destination is not null ? (protocol, new FlowTuple(source, sourcePort, destination, destinationPort)) : null;
    }

    private static IPAddress? ReadAddress(NetlinkAttribute attribute) =>
        attribute.Value.Length is 4 or 16 ? new IPAddress(attribute.Value) : null;
}
