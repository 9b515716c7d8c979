namespace BridgeNet.Nftables;

/// <summary>A rule of a chain.</summary>
/// <param name="Chain">The name of the chain.</param>
/// <param name="Expressions">What it is made of.</param>
internal sealed record NftRule(string Chain, params IReadOnlyList<NftExpression> Expressions);
