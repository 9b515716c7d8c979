namespace BridgeNet.Firewall;

/// <summary>
/// The origin of a connection, which conntrack stores with it. Replies pass where new connections may not, and a sender can invent both
/// sides of a connection that the host only observes: within a bridge, to the host itself, or by broadcast. So packets of a connection are
/// accepted as established only if its first packet was forwarded from one interface to another; those of a connection without a recorded
/// origin are not.
/// </summary>
/// <param name="Mark">
/// With iptables: the value of the two bits <see cref="Mask"/> in the connection's mark. A connlabel would not be shared with other tools,
/// but every iptables-save would warn about a missing connlabel.conf.
/// </param>
/// <param name="Label">With nf_tables: the number of the connection's label (0 to 127).</param>
internal sealed record FlowOrigin(uint Mark, int Label)
{
    /// <summary>The bits of the mark; no other known tool uses them.</summary>
    public const uint Mask = 0x3000_0000;

    /// <summary>A container started the connection through its own network, to a destination outside of it.</summary>
    public static readonly FlowOrigin Inside = new(0x1000_0000, 105);

    /// <summary>
    /// A sender outside of our networks started the connection, to a container. Replies leave by the interface of the first packet, not
    /// through another of our networks.
    /// </summary>
    public static readonly FlowOrigin Outside = new(0x2000_0000, 106);

    /// <summary>
    /// The source of the first packet is not behind its incoming bridge: the host's route to it uses another interface, so replies would go
    /// to an uninvolved host. The packet cannot be dropped at this point: with bridge-nf-call-iptables, packets between containers pass,
    /// too, and a router among the containers forwards packets of other sources.
    /// </summary>
    public static readonly FlowOrigin Spoofed = new(0x3000_0000, 107);

    /// <summary>The label as a register value.</summary>
    public byte[] Labels { get; } = [.. Enumerable.Range(0, 16).Select(i => i == Label / 8 ? (byte)(1 << Label % 8) : (byte)0)];

    /// <summary>The mark as iptables writes it.</summary>
    public override string ToString() => $"0x{Mark:x}/0x{Mask:x}";
}
