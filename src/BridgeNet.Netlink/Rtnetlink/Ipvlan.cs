using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>A link that shares the MAC address of its lower link and is found by its IP addresses (drivers/net/ipvlan).</summary>
/// <param name="Mode">How it finds its peers. All links on one lower link have the same mode: a new one changes it for all.</param>
/// <param name="Flag">How the links on one lower link reach each other; all of them have the same.</param>
public sealed record Ipvlan(IpvlanMode Mode, IpvlanFlag Flag = IpvlanFlag.Bridge) : UpperKind(KindName)
{
    /// <summary>The kernel's name of the kind.</summary>
    public const string KindName = "ipvlan";

    /// <inheritdoc/>
    public override string Words => $"mode {NameOf(Mode)} {NameOf(Flag)}";

    /// <summary>The name of a mode in <c>ip</c>.</summary>
    public static string NameOf(IpvlanMode mode) => mode.ToString().ToLowerInvariant();

    /// <summary>The name of a flag in <c>ip</c>.</summary>
    public static string NameOf(IpvlanFlag flag) => flag.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    internal override void Write(NetlinkWriter data) => data.UInt16(IFLA_IPVLAN_MODE, (ushort)Mode).UInt16(IFLA_IPVLAN_FLAGS, (ushort)Flag);

    /// <summary>Reads the properties of a link.</summary>
    internal static Ipvlan Read(NetlinkReader data) =>
        new((IpvlanMode)data.Find(IFLA_IPVLAN_MODE).UInt16, (IpvlanFlag)data.Find(IFLA_IPVLAN_FLAGS).UInt16);
}

/// <summary>How an ipvlan link finds its peers (<c>enum ipvlan_mode</c>, linux/if_link.h).</summary>
public enum IpvlanMode : ushort
{
    /// <summary>By ARP and neighbour discovery, on the segment of the lower link.</summary>
    L2 = 0,

    /// <summary>By the routes of the lower link's namespace; no broadcast or multicast.</summary>
    L3 = 1,

    /// <summary>As <see cref="L3"/>, through that namespace's conntrack and netfilter.</summary>
    L3S = 2,
}

/// <summary>How ipvlan links on one lower link reach each other (<c>IPVLAN_F_…</c>, linux/if_link.h).</summary>
public enum IpvlanFlag : ushort
{
    /// <summary>Directly.</summary>
    Bridge = 0,

    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through the switch behind the lower link, if it sends frames back.</summary>
    Vepa = 2,
}
