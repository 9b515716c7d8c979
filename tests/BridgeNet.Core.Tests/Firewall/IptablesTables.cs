using BridgeNet.Firewall;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>
/// What <c>iptables-restore --noflush</c> makes of scripts: chains with their rules in order. It throws where the program would fail.
/// </summary>
internal sealed class IptablesTables
{
    private readonly Dictionary<(string Table, string Chain), List<string>> _chains = new()
    {
        [("filter", "FORWARD")] = [],
        [("nat", "PREROUTING")] = [],
        [("nat", "OUTPUT")] = [],
        [("nat", "POSTROUTING")] = [],
        [("raw", "PREROUTING")] = [],
        [("mangle", "PREROUTING")] = [],
        [("mangle", "INPUT")] = [],
        [("mangle", "FORWARD")] = [],
    };

    public IReadOnlyList<string> Rules(string table, string chain) => _chains[(table, chain)];

    public void Restore(string script)
    {
        string table = "";
        foreach (string line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith(':'))
                _chains[(table, line[1..].Split(' ')[0])] = [];
            else if (line != "COMMIT")
                Apply(table, line.Split(' ', 3));
        }
    }

    /// <summary>As <c>iptables-save</c> prints it.</summary>
    public string Save() =>
        string.Concat(
            _chains
                .GroupBy(chain => chain.Key.Table)
                .Select(table =>
                    $"*{table.Key}\n"
                    + string.Concat(table.Select(chain => $":{chain.Key.Chain} - [0:0]\n"))
                    + string.Concat(table.SelectMany(chain => chain.Value.Select(rule => $"-A {chain.Key.Chain} {rule}\n")))
                    + "COMMIT\n"
                )
        );

    public IptablesSaved Saved() => IptablesSaved.Parse(Save());

    /// <summary>All rules, sorted: those of networks have no order among themselves.</summary>
    public string Content() =>
        string.Join(
            '\n',
            _chains
                .SelectMany(chain => chain.Value.Select(rule => $"{chain.Key.Table} {chain.Key.Chain} {rule}"))
                .Order(StringComparer.Ordinal)
        );

    private void Apply(string table, string[] words)
    {
        (string verb, string chain, string rule) = (words[0], words[1], words.Length > 2 ? words[2] : "");
        List<string> rules = _chains[(table, chain)];
        if (verb == "-A")
            rules.Add(rule);
        else if (verb == "-I")
            rules.Insert(0, rule.StartsWith("1 ", StringComparison.Ordinal) ? rule[2..] : rule);
        else if (verb == "-F")
            rules.Clear();
        else if (verb == "-X" && rules.Count == 0)
            _chains.Remove((table, chain));
        else if (verb == "-C" ? !rules.Contains(rule) : verb != "-D" || !rules.Remove(rule))
            throw new InvalidOperationException($"{verb} {chain} {rule}");
    }
}
