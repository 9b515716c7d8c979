namespace BridgeNet.Nftables;

/// <summary>A chain in the kernel.</summary>
/// <param name="Family"><c>NFPROTO_…</c> of its table.</param>
/// <param name="Table">The name of its table.</param>
/// <param name="Name">Its name.</param>
public sealed record NftChain(byte Family, string Table, string Name)
{
    /// <summary><c>filter</c>, <c>nat</c>, <c>route</c>; empty if it is no base chain.</summary>
    public string Type { get; init; } = "";

    /// <summary>The hook; null if it is no base chain.</summary>
    public uint? Hook { get; init; }

    /// <summary>The priority among the chains of the same hook.</summary>
    public int Priority { get; init; }

    /// <summary>The policy for packets without a verdict of a rule.</summary>
    public uint Policy { get; init; }

    /// <summary>The link of a chain in the family <c>netdev</c>; empty if it has none, or several.</summary>
    public string Device { get; init; } = "";
}
