using System.Net;
using BridgeNet.Netlink;

namespace BridgeNet.Rtnetlink;

/// <summary>A link as the kernel lists it.</summary>
public sealed record Link(int Index, string Name)
{
    /// <summary><c>bridge</c>, <c>veth</c>…; null for physical ones and loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>The interface group, by which rules may know it (<c>IFLA_GROUP</c>).</summary>
    public uint Group { get; init; }

    /// <summary>The text that an admin or a tool put there (<c>IFLA_IFALIAS</c>, 255 bytes at most).</summary>
    public string? Alias { get; init; }

    /// <summary>In bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Its Ethernet address; null for one without.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The index of the bridge it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>Whether it is switched on (<c>IFF_UP</c>).</summary>
    public bool Up { get; init; }

    /// <summary>The index of a veth's other end, in that one's namespace; 0 for none.</summary>
    public int PeerIndex { get; init; }

    /// <summary>Of a bridge's port: it reaches no other isolated port. Null for other links.</summary>
    public bool? IsolatedPort { get; init; }

    /// <summary>Of a bridge's port: frames may go out where they came in. Null for other links.</summary>
    public bool? HairpinPort { get; init; }

    /// <summary>Of a bridge's port: the bridge learns from its frames who is behind it. Null for other links.</summary>
    public bool? LearningPort { get; init; }

    /// <summary>Of a bridge's port: <c>BR_STATE_FORWARDING</c> and so on. Null for other links.</summary>
    public byte? PortState { get; init; }
}

/// <summary>An entry of a bridge's forwarding database.</summary>
/// <param name="LinkIndex">The port that frames to the address leave by.</param>
/// <param name="Mac">The address.</param>
/// <param name="State"><c>NUD_…</c>: with <c>NUD_NOARP</c> it was put there, and does not age.</param>
/// <param name="Flags"><c>NTF_…</c>: with <c>NTF_STICKY</c> frames from another port do not move it.</param>
public sealed record ForwardingEntry(int LinkIndex, MacAddress Mac, ushort State, byte Flags)
{
    /// <summary>Whether the entry is static; the bridge has learned the others.</summary>
    public bool IsStatic => (State & (RtnlConstants.NUD_NOARP | RtnlConstants.NUD_PERMANENT)) != 0;
}

/// <summary>An address of a link.</summary>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>A route of any table; <see cref="Type"/> is <c>RTN_UNICAST</c> and so on.</summary>
public sealed record Route(IPNetwork Destination, IPAddress? Gateway, int LinkIndex, byte Type, uint Table);
