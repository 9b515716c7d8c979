namespace BridgeNet.Kernel;

/// <summary>
/// The interface groups (<c>IFLA_GROUP</c>) of this module's bridges: a fixed number, plus bits for properties of the network that do not
/// depend on packets. So one rule can match "from any internal network", and rules that drop never match an address, which the sender
/// chooses, nor a set, which may be empty.
/// </summary>
internal static class InterfaceGroup
{
    /// <summary>
    /// A group is one of this module's if its bits under <see cref="Mask"/> have this value. Any number with ten free bits would do.
    /// </summary>
    public const uint Ours = 0xb41c00,
        Mask = 0xfffffc00;

    /// <summary>The address families of a network.</summary>
    public const uint HasIPv6 = 0x001,
        HasIPv4 = 0x080;

    /// <summary>Internal: no packet enters or leaves the network. Separated: its containers cannot reach each other.</summary>
    public const uint Internal = 0x002,
        Separated = 0x004;

    /// <summary>The gateway mode of each family; none of these bits means NAT.</summary>
    public const uint RoutedIPv4 = 0x008,
        UnprotectedIPv4 = 0x010,
        RoutedIPv6 = 0x020,
        UnprotectedIPv6 = 0x040,
        IsolatedIPv4 = 0x100,
        IsolatedIPv6 = 0x200;

    /// <summary>
    /// The group of our bridges' ports; it has none of the bits above. A bridge delivers frames to its own protocols (01:80:c2:00:00:0e) to
    /// the host with the port as incoming interface, so rules about the bridge do not match them: all such packets are dropped.
    /// </summary>
    public const uint Port = 0xb41800;

    /// <summary>The group of ports with sender checks.</summary>
    public const uint AntiSpoof = 0xb41801;

    /// <summary>
    /// The group of interfaces on a parent, and of the links that are made to carry them. No rule matches it: it tells whose a link is that
    /// has the MAC address of another one and no alias yet.
    /// </summary>
    public const uint Upper = 0xb41400;

    /// <summary>Whether a group is one of this module's.</summary>
    public static bool IsOurs(uint group) => (group & Mask) == Ours;

    /// <summary>The group of a port.</summary>
    public static uint OfPort(bool antiSpoof) => antiSpoof ? AntiSpoof : Port;
}

/// <summary>A match on an interface group: a group of this module with some bits set and others not.</summary>
/// <param name="Value">The required value of the bits under the mask.</param>
/// <param name="Mask">The bits to compare.</param>
internal readonly record struct GroupMatch(uint Value, uint Mask)
{
    /// <summary>All networks of this module.</summary>
    public static GroupMatch Any { get; } = new(InterfaceGroup.Ours, InterfaceGroup.Mask);

    /// <summary>All ports of their bridges.</summary>
    public static GroupMatch AnyPort { get; } = new(InterfaceGroup.Port, InterfaceGroup.Mask);

    /// <summary>The networks with a bit.</summary>
    public static GroupMatch With(uint bit) => new(InterfaceGroup.Ours | bit, InterfaceGroup.Mask | bit);

    /// <summary>The networks without a bit.</summary>
    public static GroupMatch Without(uint bit) => new(InterfaceGroup.Ours, InterfaceGroup.Mask | bit);

    /// <summary>Whether a group matches.</summary>
    public bool Matches(uint group) => (group & Mask) == Value;

    /// <summary>The match as iptables writes it.</summary>
    public override string ToString() => $"0x{Value:x}/0x{Mask:x}";
}
