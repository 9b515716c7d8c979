namespace BridgeNet.Kernel;

/// <summary>
/// The interface groups (<c>IFLA_GROUP</c>) that bridges of this module are put into: a number of our own, and bits for what
/// holds of a network whatever address a packet has. So one rule says "from any of our internal networks", and what forbids
/// never asks an address, which the sender chooses, or a set, which may be empty.
/// </summary>
internal static class InterfaceGroup
{
    /// <summary>A group is one of ours when its bits under <see cref="Mask"/> are these. Any number with ten free bits would do.</summary>
    public const uint Ours = 0xb41c00,
        Mask = 0xfffffc00;

    /// <summary>Which families a network has.</summary>
    public const uint HasIPv6 = 0x001,
        HasIPv4 = 0x080;

    /// <summary>Nothing leaves it and nothing comes in; its containers do not reach each other.</summary>
    public const uint Internal = 0x002,
        Separated = 0x004;

    /// <summary>The gateway mode of each family; none of these is NAT.</summary>
    public const uint RoutedIPv4 = 0x008,
        UnprotectedIPv4 = 0x010,
        RoutedIPv6 = 0x020,
        UnprotectedIPv6 = 0x040,
        IsolatedIPv4 = 0x100,
        IsolatedIPv6 = 0x200;

    /// <summary>
    /// The group of the ports of our bridges, none of the above. A bridge hands frames to its own protocols (01:80:c2:00:00:0e)
    /// to the host as what came in by the port, past all that is said of the bridge: whatever does so is dropped.
    /// </summary>
    public const uint Port = 0xb41800;

    /// <summary>The group of those whose senders are checked as well.</summary>
    public const uint AntiSpoof = 0xb41801;

    /// <summary>Whether a group is one of ours.</summary>
    public static bool IsOurs(uint group) => (group & Mask) == Ours;

    /// <summary>The group of a port.</summary>
    public static uint OfPort(bool antiSpoof) => antiSpoof ? AntiSpoof : Port;
}

/// <summary>A condition on an interface's group: it is one of ours, with some of the bits set and others not.</summary>
/// <param name="Value">What the bits under the mask are.</param>
/// <param name="Mask">Which bits count.</param>
internal readonly record struct GroupMatch(uint Value, uint Mask)
{
    /// <summary>Any of our networks.</summary>
    public static GroupMatch Any { get; } = new(InterfaceGroup.Ours, InterfaceGroup.Mask);

    /// <summary>Any port of them.</summary>
    public static GroupMatch AnyPort { get; } = new(InterfaceGroup.Port, InterfaceGroup.Mask);

    /// <summary>Those with a bit.</summary>
    public static GroupMatch With(uint bit) => new(InterfaceGroup.Ours | bit, InterfaceGroup.Mask | bit);

    /// <summary>Those without a bit.</summary>
    public static GroupMatch Without(uint bit) => new(InterfaceGroup.Ours, InterfaceGroup.Mask | bit);

    /// <summary>Whether a group is what is asked for.</summary>
    public bool Matches(uint group) => (group & Mask) == Value;

    /// <summary>As iptables writes it.</summary>
    public override string ToString() => $"0x{Value:x}/0x{Mask:x}";
}
