using System.Net;
using BridgeNet.Netlink;

namespace BridgeNet.Rtnetlink;

/// <summary>A link in the kernel.</summary>
public sealed record Link(int Index, string Name)
{
    /// <summary><c>bridge</c>, <c>veth</c>, <c>macvlan</c>…; null for physical links and loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>The interface group, which rules can match (<c>IFLA_GROUP</c>).</summary>
    public uint Group { get; init; }

    /// <summary>The alias (<c>IFLA_IFALIAS</c>, 255 bytes at most).</summary>
    public string? Alias { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>The MAC address; null for a link without one.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The index of its bridge; 0 if it is no bridge port.</summary>
    public int Master { get; init; }

    /// <summary>Whether it is up (<c>IFF_UP</c>).</summary>
    public bool Up { get; init; }

    /// <summary>
    /// The index of the other end of a veth pair, or of the lower link of a macvlan, ipvlan or VLAN link, in the namespace of that link
    /// (<c>IFLA_LINK</c>); 0 for other links.
    /// </summary>
    public int LinkedIndex { get; init; }

    /// <summary>What it is on its lower link; null for links of other kinds.</summary>
    public UpperKind? Upper { get; init; }

    /// <summary>For a bridge port: whether frames to other isolated ports are dropped. Null for other links.</summary>
    public bool? IsolatedPort { get; init; }

    /// <summary>For a bridge port: whether frames may leave through the port they came in by. Null for other links.</summary>
    public bool? HairpinPort { get; init; }

    /// <summary>For a bridge port: whether the bridge learns MAC addresses from its frames. Null for other links.</summary>
    public bool? LearningPort { get; init; }

    /// <summary>For a bridge port: <c>BR_STATE_FORWARDING</c> and so on. Null for other links.</summary>
    public byte? PortState { get; init; }
}

/// <summary>An entry of a bridge's forwarding database.</summary>
/// <param name="LinkIndex">The outgoing port for frames to the address.</param>
/// <param name="Mac">The address.</param>
/// <param name="State"><c>NUD_…</c>: with <c>NUD_NOARP</c> the entry is static, and does not age.</param>
/// <param name="Flags"><c>NTF_…</c>: with <c>NTF_STICKY</c> frames from another port do not move the entry.</param>
public sealed record ForwardingEntry(int LinkIndex, MacAddress Mac, ushort State, byte Flags)
{
    /// <summary>Whether the entry is static; other entries are learned.</summary>
    public bool IsStatic => (State & (RtnlConstants.NUD_NOARP | RtnlConstants.NUD_PERMANENT)) != 0;
}

/// <summary>An address of a link.</summary>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>A route in any table; <see cref="Type"/> is <c>RTN_UNICAST</c> and so on.</summary>
public sealed record Route(IPNetwork Destination, IPAddress? Gateway, int LinkIndex, byte Type, uint Table);
