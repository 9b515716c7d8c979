namespace BridgeNet.Firewall;

/// <summary>What <c>iptables-save</c> printed: the chains of each table and their rules, as text.</summary>
internal sealed class IptablesSaved
{
    private readonly Dictionary<(string Table, string Chain), List<string>> _chains = [];

    /// <summary>Reads the output; lines that are neither a table, a chain nor a rule are passed over.</summary>
    public static IptablesSaved Parse(string text)
    {
        IptablesSaved saved = new();
        string table = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith(':'))
                saved._chains.TryAdd((table, line[1..].Split(' ')[0]), []);
            else if (line.Split(' ', 3) is ["-A", var chain, var rule] && saved._chains.TryGetValue((table, chain), out List<string>? rules))
                rules.Add(rule);
        }
        return saved;
    }

    public bool Has(string table, string chain) => _chains.ContainsKey((table, chain));

    /// <summary>The rules of a chain, in order, without <c>-A CHAIN</c>; empty when there is no such chain.</summary>
    public IReadOnlyList<string> Rules(string table, string chain) => _chains.GetValueOrDefault((table, chain)) ?? [];
}
