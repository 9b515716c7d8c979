using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>
/// The bytes of messages about a bridge's forwarding database: <c>ndmsg</c> of the family <c>AF_BRIDGE</c>, then attributes.
/// </summary>
public static class ForwardingMessages
{
    /// <summary><c>bridge fdb replace MAC dev INDEX master static sticky</c>; older kernels than Linux 4.20 ignore sticky.</summary>
    public static void Entry(NetlinkWriter message, int index, MacAddress mac) =>
        message
            .Struct(new NdMsg(AF_BRIDGE, 0, 0, index, NUD_NOARP | NUD_REACHABLE, NTF_MASTER | NTF_STICKY, 0))
            .Bytes(NDA_LLADDR, mac.GetBytes());

    /// <summary><c>bridge fdb show</c></summary>
    public static void All(NetlinkWriter message) => message.Struct(new NdMsg(AF_BRIDGE, 0, 0, 0, 0, 0, 0));

    /// <summary>Reads an entry; null for an entry of a link itself, which belongs to no bridge.</summary>
    public static ForwardingEntry? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<NdMsg>())
            return null;
        NdMsg header = MemoryMarshal.Read<NdMsg>(payload);
        MacAddress? mac = null;
        bool ofBridge = false;
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<NdMsg>()..]))
        {
            if (attribute is { Type: NDA_LLADDR, Value.Length: 6 })
                mac = new MacAddress(attribute.Value);
            ofBridge |= attribute.Type == NDA_MASTER;
        }
        return ofBridge && mac is { } known ? new ForwardingEntry(header.Index, known, header.State, header.Flags) : null;
    }
}
