using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>A link with a MAC address of its own on the wire of its lower link (drivers/net/macvlan.c).</summary>
/// <param name="Mode">How the links on one lower link reach each other.</param>
public sealed record Macvlan(MacvlanMode Mode) : UpperKind(KindName)
{
    /// <summary>The kernel's name of the kind.</summary>
    public const string KindName = "macvlan";

    /// <inheritdoc/>
    public override string Words => $"mode {NameOf(Mode)}";

    /// <summary>The name of a mode in <c>ip</c>.</summary>
    public static string NameOf(MacvlanMode mode) => mode.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    internal override void Write(NetlinkWriter data) => data.UInt32(IFLA_MACVLAN_MODE, (uint)Mode);

    /// <summary>Reads the properties of a link.</summary>
    internal static Macvlan Read(NetlinkReader data) => new((MacvlanMode)data.Find(IFLA_MACVLAN_MODE).UInt32);
}

/// <summary>How macvlan links on one lower link reach each other (<c>enum macvlan_mode</c>, linux/if_link.h).</summary>
public enum MacvlanMode : uint
{
    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>Through the switch behind the lower link, if it sends frames back (a hairpin port).</summary>
    Vepa = 2,

    /// <summary>Directly.</summary>
    Bridge = 4,

    /// <summary>There is only one, which gets all frames of the lower link.</summary>
    Passthru = 8,

    /// <summary>Not at all, and only frames from listed senders arrive.</summary>
    Source = 16,
}
