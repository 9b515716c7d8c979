using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Rtnetlink;

/// <summary>A link as the kernel lists it.</summary>
internal sealed record Link(int Index, string Name)
{
    /// <summary><c>bridge</c>, <c>veth</c>…; null for physical ones and loopback.</summary>
    public string? Kind { get; init; }

    public uint Group { get; init; }

    public string? Alias { get; init; }

    public int Mtu { get; init; }

    public MacAddress? Mac { get; init; }

    /// <summary>The index of the bridge it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    public bool Up { get; init; }

    /// <summary>The index of a veth's other end, in that one's namespace; 0 for none.</summary>
    public int PeerIndex { get; init; }

    /// <summary>Of a bridge's port: it reaches no other isolated port. Null for other links.</summary>
    public bool? IsolatedPort { get; init; }

    /// <summary>Of a bridge's port: frames may go out where they came in. Null for other links.</summary>
    public bool? HairpinPort { get; init; }

    /// <summary>Of a bridge's port: <c>BR_STATE_FORWARDING</c> and so on. Null for other links.</summary>
    public byte? PortState { get; init; }
}

/// <summary>An address of a link.</summary>
internal sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>A route of any table; <see cref="Type"/> is <c>RTN_UNICAST</c> and so on.</summary>
internal sealed record Route(IPNetwork Destination, IPAddress? Gateway, int LinkIndex, byte Type, uint Table);
