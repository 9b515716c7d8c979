using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>What the kernel holds, in the words of an admin's tool, without what differs from one look to the next.</summary>
internal static class RuleText
{
    /// <summary><c>nft list ruleset</c>, an element a line and sorted, for sets have no order.</summary>
    public static string Nft()
    {
        string text = NftText();
        List<string> lines = [];
        bool elements = false;
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            elements |= line.StartsWith("elements = {", StringComparison.Ordinal);
            if (elements && line != "elements = {")
                elements = AddElements(lines, line);
            else
                lines.Add(line);
        }
        return string.Join('\n', lines);
    }

    /// <summary><c>nft list ruleset</c> as it is printed.</summary>
    public static string NftText() => Run("nft list ruleset");

    /// <summary>
    /// <c>iptables-save</c> without comments, counters, and tables of which only the built-in chains are left; its tables by name, for
    /// their order depends on the variant of iptables.
    /// </summary>
    public static string Iptables() => Saved("iptables-save");

    /// <inheritdoc cref="Iptables"/>
    public static string Ip6tables() => Saved("ip6tables-save");

    private static string Saved(string program)
    {
        IEnumerable<string> lines = Run(program)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.StartsWith(':') ? line.Split(" [")[0] : line);
        return Sorted(lines, static table => table.Any(line => line.StartsWith('-') || line.EndsWith(" -", StringComparison.Ordinal)));
    }

    /// <summary>The lines of <c>iptables-save</c>, with its tables by name.</summary>
    public static string Sorted(IEnumerable<string> lines, Func<List<string>, bool>? filter = null) =>
        string.Join(
            '\n',
            Tables(lines)
                .Where(filter ?? (static _ => true))
                .OrderBy(static table => table[0], StringComparer.Ordinal)
                .SelectMany(table => table)
        );

    private static bool AddElements(List<string> lines, string line)
    {
        List<string> found =
        [
            .. line.Replace("elements = {", "", StringComparison.Ordinal)
                .TrimEnd('}', ' ')
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        ];
        int first = lines.FindLastIndex(kept => !kept.StartsWith("element ", StringComparison.Ordinal)) + 1;
        lines.AddRange(found.Select(element => $"element {element}"));
        lines.Sort(first, lines.Count - first, StringComparer.Ordinal);
        return !line.EndsWith('}');
    }

    private static IEnumerable<List<string>> Tables(IEnumerable<string> lines)
    {
        List<string> table = [];
        foreach (string line in lines)
        {
            table.Add(line);
            if (line != "COMMIT")
                continue;
            yield return table;
            table = [];
        }
    }

    private static string Run(string command)
    {
        Assert.SkipWhen(ProgramPath.Find(command.Split(' ')[0]) is null, $"{command.Split(' ')[0]} is not installed");
        return AdminRule.Run(command);
    }
}
