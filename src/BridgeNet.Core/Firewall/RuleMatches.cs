using System.Net;

namespace BridgeNet.Firewall;

/// <summary>The packets that a rule of iptables matches, as far as needed to prove that another rule matches none of them; pure.</summary>
internal sealed class RuleMatches
{
    private static readonly HashSet<string> s_protocols = ["tcp", "udp", "sctp", "icmp", "ipv6-icmp"];

    private readonly List<(string Option, IPNetwork Network)> _networks = [];
    private readonly List<(string Option, string Name)> _names = [];
    private readonly List<(string Option, int From, int To)> _ports = [];

    /// <summary>Parses a rule as <c>iptables-save</c> prints it.</summary>
    /// <param name="rule">The words after <c>-A CHAIN</c>.</param>
    /// <param name="above">The matches of the jumps to its chain.</param>
    /// <param name="target">
    /// The words after <c>-j</c>. With <c>-g</c>, that word is included, so that the target is no chain name: packets continue at another
    /// point than after a jump.
    /// </param>
    public static RuleMatches Read(string rule, RuleMatches? above, out string target)
    {
        RuleMatches matches = new();
        if (above is not null)
        {
            matches._networks.AddRange(above._networks);
            matches._names.AddRange(above._names);
            matches._ports.AddRange(above._ports);
        }
        string[] words = Words(rule);
        int end = Array.FindIndex(words, static word => word is "-j" or "-g");
        target = end < 0 ? "" : string.Join(' ', words[(words[end] == "-j" ? end + 1 : end)..]);
        for (int i = 0; i + 1 < (end < 0 ? words.Length : end); i++)
        {
            // A negated match proves nothing about the packets. A comment may look like an option.
            if (words[i] == "!")
                i++;
            else if (words[i + 1] is not ['!' or '-', ..])
                matches.Add(words[i], words[i + 1]);
        }
        return matches;
    }

    /// <summary>Whether provably no packet matches both.</summary>
    public bool IsDisjointFrom(RuleMatches other) =>
        Differ(
            _networks,
            other._networks,
            static (one, two) =>
                one.Option == two.Option && !one.Network.Contains(two.Network.BaseAddress) && !two.Network.Contains(one.Network.BaseAddress)
        )
        || Differ(_names, other._names, static (one, two) => one.Option == two.Option && one.Name != two.Name)
        // If the protocols differ, the two are disjoint anyway.
        || Differ(_ports, other._ports, static (one, two) => one.Option == two.Option && (one.To < two.From || two.To < one.From));

    private static bool Differ<T>(List<T> ours, List<T> theirs, Func<T, T, bool> differ) =>
        ours.Any(one => theirs.Any(two => differ(one, two)));

    private void Add(string option, string value)
    {
        switch (option)
        {
            case "-s" or "-d" when IPNetwork.TryParse(value, out IPNetwork network):
                _networks.Add((option, network));
                break;
            // br-+ matches every name with that prefix.
            case "-i" or "-o" when !value.EndsWith('+'):
            case "-p" when s_protocols.Contains(value):
                _names.Add((option, value));
                break;
            case "--dport"
            or "--sport"
                when value.Split(':') is { Length: <= 2 } ends && int.TryParse(ends[0], out int from) && int.TryParse(ends[^1], out int to):
                _ports.Add((option, from, to));
                break;
        }
    }

    /// <summary>The words of a rule; text in quotes, such as a comment, is one word.</summary>
    private static string[] Words(string rule)
    {
        List<string> words = [];
        bool quoted = false;
        int start = 0;
        for (int i = 0; i <= rule.Length; i++)
        {
            if (i < rule.Length && rule[i] == '\\')
                i++;
            else if (i < rule.Length && rule[i] == '"')
                quoted = !quoted;
            else if (i == rule.Length || (rule[i] == ' ' && !quoted))
            {
                if (i > start)
                    words.Add(rule[start..i]);
                start = i + 1;
            }
        }
        return [.. words];
    }
}
