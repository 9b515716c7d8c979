namespace BridgeNet.Nftables;

/// <summary>What is always in a table of ours: everything but the elements of its sets.</summary>
/// <param name="Family"><c>NFPROTO_…</c>.</param>
/// <param name="Name">Its name within the family.</param>
public sealed record NftTableShape(byte Family, string Name)
{
    /// <summary>The sets, whose elements are not part of the shape.</summary>
    public required IReadOnlyList<NftSet> Sets { get; init; }

    /// <summary>The chains that rules are put into, those that others jump to first.</summary>
    public required IReadOnlyList<string> Chains { get; init; }

    /// <summary>Those of <see cref="Chains"/> that the kernel sends packets to, and where.</summary>
    public required IReadOnlyList<NftChain> BaseChains { get; init; }

    /// <summary>The rules, in the order of each chain.</summary>
    public required IReadOnlyList<NftRule> Rules { get; init; }

    /// <summary>How often each chain is in use, as the kernel counts it: by its rules, and by those that lead to it.</summary>
    public IReadOnlyDictionary<string, uint> Uses =>
        field ??= Chains.ToDictionary(
            static chain => chain,
            chain => (uint)Rules.Count(rule => rule.Chain == chain) + (uint)Rules.Count(rule => rule.LeadsTo == chain)
        );

    /// <summary>The chain that is the admin's; null in a table without one.</summary>
    public string? UserChain { get; init; }

    /// <summary>As nft names it: <c>inet bridgenet</c>.</summary>
    public override string ToString() => $"{NftTable.FamilyName(Family)} {Name}";
}
