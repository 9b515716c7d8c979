namespace BridgeNet.Firewall;

/// <summary>The parsed output of <c>iptables-save</c>: the chains of each table and their rules, as text.</summary>
internal sealed class IptablesSaved
{
    private readonly Dictionary<(string Table, string Chain), List<string>> _chains = [];
    private readonly Dictionary<(string Table, string Chain), string> _policies = [];

    /// <summary>Parses the output; ignores lines that are no table, chain or rule.</summary>
    public static IptablesSaved Parse(string text)
    {
        IptablesSaved saved = new();
        string table = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith(':') && line[1..].Split(' ') is [var name, var policy, ..])
            {
                saved._chains.TryAdd((table, name), []);
                saved._policies.TryAdd((table, name), policy);
            }
            else if (
                line.Split(' ', 3) is ["-A", var chain, var rule]
                && saved._chains.TryGetValue((table, chain), out List<string>? rules)
            )
                rules.Add(rule);
        }
        return saved;
    }

    /// <summary>The policy of a built-in chain: <c>ACCEPT</c> or <c>DROP</c>.</summary>
    public string Policy(string table, string chain) => _policies.GetValueOrDefault((table, chain)) ?? "ACCEPT";

    /// <summary>All rules of a table.</summary>
    public IEnumerable<string> Rules(string table) =>
        _chains.Where(chain => chain.Key.Table == table).SelectMany(static chain => chain.Value);

    public bool Has(string table, string chain) => _chains.ContainsKey((table, chain));

    /// <summary>The rules of a chain, in order, without <c>-A CHAIN</c>; empty if the chain does not exist.</summary>
    public IReadOnlyList<string> Rules(string table, string chain) => _chains.GetValueOrDefault((table, chain)) ?? [];
}
