namespace BridgeNet.Nftables;

/// <summary>The constant part of a table: everything except the elements of its sets.</summary>
/// <param name="Family"><c>NFPROTO_…</c>.</param>
/// <param name="Name">Its name within the family.</param>
public sealed record NftTableShape(byte Family, string Name)
{
    /// <summary>The sets; their elements are not part of the shape.</summary>
    public required IReadOnlyList<NftSet> Sets { get; init; }

    /// <summary>The chains with rules; targets of jumps come first.</summary>
    public required IReadOnlyList<string> Chains { get; init; }

    /// <summary>The base chains among <see cref="Chains"/>, with their hooks.</summary>
    public required IReadOnlyList<NftChain> BaseChains { get; init; }

    /// <summary>The rules, in the order of each chain.</summary>
    public required IReadOnlyList<NftRule> Rules { get; init; }

    /// <summary>The use count of each chain in the kernel: its rules, and the rules that jump to it.</summary>
    public IReadOnlyDictionary<string, uint> Uses =>
        field ??= Chains.ToDictionary(
            static chain => chain,
            chain => (uint)Rules.Count(rule => rule.Chain == chain) + (uint)Rules.Count(rule => rule.LeadsTo == chain)
        );

    /// <summary>The admin's chain; null in a table without one.</summary>
    public string? UserChain { get; init; }

    /// <summary>The name as nft prints it: <c>inet bridgenet</c>.</summary>
    public override string ToString() => $"{NftTable.FamilyName(Family)} {Name}";
}
