namespace BridgeNet.Nftables;

/// <summary>A chain that the kernel holds.</summary>
/// <param name="Family"><c>NFPROTO_…</c> of its table.</param>
/// <param name="Table">The name of its table.</param>
/// <param name="Name">Its name.</param>
public sealed record NftChain(byte Family, string Table, string Name)
{
    /// <summary><c>filter</c>, <c>nat</c>, <c>route</c>; empty when it is no base chain.</summary>
    public string Type { get; init; } = "";

    /// <summary>Where it is hooked in; null when it is no base chain.</summary>
    public uint? Hook { get; init; }

    /// <summary>Its place among those of the same hook.</summary>
    public int Priority { get; init; }

    /// <summary>What becomes of a packet that no rule decides on.</summary>
    public uint Policy { get; init; }

    /// <summary>In the family <c>netdev</c>, the link whose packets it sees; empty when it has none, or several.</summary>
    public string Device { get; init; } = "";
}
