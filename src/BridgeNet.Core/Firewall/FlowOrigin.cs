namespace BridgeNet.Firewall;

/// <summary>
/// How a connection began, as conntrack keeps it beside the connection. Answers pass where questions would not, and anyone can be both sides of
/// a connection that the host merely sees: within a bridge, to the host itself, to everybody. So a connection is let through as one that is
/// known only where its first packet was forwarded, from one interface to another; one that nothing is remembered of is not.
/// </summary>
/// <param name="Mark">The value of the two bits <see cref="Mask"/> of the connection's mark, with iptables. Its connlabel would be ours alone, but every iptables-save then warns of a missing connlabel.conf.</param>
/// <param name="Label">The number of the connection's label (0 to 127), with nf_tables.</param>
internal sealed record FlowOrigin(uint Mark, int Label)
{
    /// <summary>The bits of the mark, only ones that nobody else is known to use.</summary>
    public const uint Mask = 0x3000_0000;

    /// <summary>A container began it, by its own network, to leave that.</summary>
    public static readonly FlowOrigin Inside = new(0x1000_0000, 105);

    /// <summary>Whoever is on none of our networks began it, to a container. What answers goes to where it came from, and not to another of our networks.</summary>
    public static readonly FlowOrigin Outside = new(0x2000_0000, 106);

    /// <summary>
    /// Its first packet came in by a network that its source is not behind of: the host's way back leads elsewhere, and whoever answers it answers
    /// someone who never asked. It cannot be dropped there: with bridge-nf-call-iptables, what one container sends to the next is seen too,
    /// and a router among them forwards what is not its own.
    /// </summary>
    public static readonly FlowOrigin Spoofed = new(0x3000_0000, 107);

    /// <summary>The label as a register holds it.</summary>
    public byte[] Labels { get; } = [.. Enumerable.Range(0, 16).Select(i => i == Label / 8 ? (byte)(1 << Label % 8) : (byte)0)];

    /// <summary>The mark as iptables writes it.</summary>
    public override string ToString() => $"0x{Mark:x}/0x{Mask:x}";
}
