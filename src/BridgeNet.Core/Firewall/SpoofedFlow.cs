namespace BridgeNet.Firewall;

/// <summary>
/// What says of a connection, as conntrack keeps it, that it stays within its bridge. Its first packet came in by a network that its source is not
/// behind of: the host's way back leads elsewhere, and whoever answers it answers someone who never asked. Or it began within the network, where
/// anyone can be either side of it. As an answer it would pass between networks. It cannot be dropped: with bridge-nf-call-iptables, what one
/// container sends to the next is seen too, and a router among them forwards what is not its own.
/// </summary>
internal static class SpoofedFlow
{
    /// <summary>The bit of the connection's mark, with iptables: only one that nobody else is known to use. Its connlabel would be ours alone, but every iptables-save then warns of a missing connlabel.conf.</summary>
    public const uint Mark = 0x10000000;

    /// <summary>The bit of the connection's labels (0 to 127), with nf_tables.</summary>
    public const int Label = 107;

    /// <summary>The labels as a register holds them.</summary>
    public static byte[] Labels { get; } = [.. Enumerable.Range(0, 16).Select(static i => i == Label / 8 ? (byte)(1 << Label % 8) : (byte)0)];
}
