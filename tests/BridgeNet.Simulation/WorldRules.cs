using System.Collections.Immutable;
using BridgeNet.Firewall;

namespace BridgeNet.Simulation;

/// <summary>
/// What one backend holds: whether its constant rules are there, and what networks say, as text with the bridge that it is of.
/// </summary>
/// <param name="Exists">Whether the constant rules are there.</param>
/// <param name="Elements">What networks say.</param>
internal sealed record WorldRules(bool Exists, ImmutableSortedDictionary<string, string> Elements)
{
    /// <summary>Nothing of ours.</summary>
    public static WorldRules None { get; } = new(false, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>The rules of exactly these networks.</summary>
    public static WorldRules Of(IReadOnlyList<FirewallNetwork> networks) =>
        networks.Count == 0 ? None : new(true, None.Elements.AddRange(Texts(networks).DistinctBy(static element => element.Key)));

    /// <summary>What networks say, as text, each with its bridge.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Texts(IEnumerable<FirewallNetwork> networks) =>
        networks.SelectMany(static network =>
            NftablesPlan
                .ElementsOf(network)
                .Concat(AntiSpoofPlan.ElementsOf(network))
                .Select(static element => $"{element.Set} {element.Text}")
                .Concat(network.Internal ? [$"ingress {network.BridgeName}"] : [])
                .Select(text => KeyValuePair.Create(text, network.BridgeName))
        );

    /// <summary>These rules after some networks changed; null where they are not what they should be.</summary>
    public WorldRules? Change(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
    {
        Dictionary<string, string> old = Texts(before).DistinctBy(static element => element.Key).ToDictionary(),
            now = Texts(after).DistinctBy(static element => element.Key).ToDictionary();
        string[] gone = [.. old.Keys.Where(text => !now.ContainsKey(text))];
        if (!Exists || gone.Any(text => !IsOfLink(text) && !Elements.ContainsKey(text)))
            return null;
        return this with { Elements = Elements.RemoveRange(gone).SetItems(now.Where(element => !old.ContainsKey(element.Key))) };
    }

    /// <summary>What goes with a link that is deleted (net/netfilter/nft_chain_filter.c: nf_tables_netdev_event).</summary>
    public WorldRules WithoutLink(string link) => this with { Elements = Elements.Remove($"ingress {link}") };

    /// <summary>All of it in lines.</summary>
    public IEnumerable<string> Describe(string backend) =>
        [.. Exists ? [$"rules of {backend}"] : (string[])[], .. Elements.Select(element => $"rule {backend} {element.Key}")];

    private static bool IsOfLink(string element) => element.StartsWith("ingress ", StringComparison.Ordinal);
}
