using System.Globalization;

namespace BridgeNet.Drivers.Upper;

/// <summary>The name of a VLAN interface in Docker's form, <c>eth0.50</c>: the interface that it is on, and its tag.</summary>
/// <param name="Link">The interface.</param>
/// <param name="Id">The tag.</param>
internal sealed record VlanName(string Link, int Id)
{
    /// <summary>The tags that a network can have (IEEE 802.1Q): 0 means none, and 4095 is reserved.</summary>
    public const int First = 1,
        Last = 4094;

    /// <summary>Whether the tag is one that a network can have.</summary>
    public bool IsValid => Id is >= First and <= Last;

    /// <summary>The parts of a name; null if it does not have this form.</summary>
    public static VlanName? Parse(string name) =>
        name.LastIndexOf('.') is > 0 and int dot
        && int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? new(name[..dot], id)
            : null;
}
