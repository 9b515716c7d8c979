namespace BridgeNet.Firewall;

/// <summary>
/// The interface groups (<c>IFLA_GROUP</c>) that bridges of this module are put into: one match says "any of our networks",
/// so isolation is constant in size. Any numbers but 0, the group of all other links, would do.
/// </summary>
internal static class InterfaceGroup
{
    /// <summary>Bridges of networks without and with IPv6. They differ in the last bit alone.</summary>
    public const uint IPv4Only = 0xb41c, WithIPv6 = 0xb41d;

    /// <summary>A group is one of ours when its bits under the mask are <see cref="IPv4Only"/>.</summary>
    public const uint Mask = 0xfffffffe;

    /// <summary>Whether a group is one of ours.</summary>
    public static bool IsOurs(uint group) => (group & Mask) == IPv4Only;

    /// <summary>The group of a network.</summary>
    public static uint Of(bool ipv6) => ipv6 ? WithIPv6 : IPv4Only;
}
