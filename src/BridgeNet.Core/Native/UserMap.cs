using System.Globalization;

namespace BridgeNet.Native;

/// <summary>
/// How a user namespace numbers users or groups, as in <c>/proc/self/uid_map</c> (user_namespaces(7)): ranges of numbers
/// inside, each with the number that its first has outside. Everyone is root in a namespace of their own, so a number alone
/// says nothing there.
/// </summary>
/// <remarks>In namespaces within one another, outside is only the next one; further the kernel does not say.</remarks>
internal sealed class UserMap(string text)
{
    private readonly (uint Inside, uint Outside, uint Count)[] _ranges = [.. Read(text)];

    /// <summary>The users of this process's namespace. A process with threads cannot go into another one.</summary>
    public static UserMap Users { get; } = new(File.ReadAllText("/proc/self/uid_map"));

    /// <summary>The groups of this process's namespace.</summary>
    public static UserMap Groups { get; } = new(File.ReadAllText("/proc/self/gid_map"));

    /// <summary>Whether every number is mapped to itself, as in no user namespace that somebody made.</summary>
    public bool IsInitial => _ranges is [(0, 0, uint.MaxValue)];

    /// <summary>Whether there is a user or group of that number; for one who has none here, the kernel shows the number of nobody.</summary>
    public bool Has(uint inside) => _ranges.Any(range => Covers(range, inside));

    /// <summary>The number that a user or group has outside.</summary>
    public uint Outside(uint inside)
    {
        foreach ((uint Inside, uint Outside, uint Count) range in _ranges)
        {
            if (Covers(range, inside))
                return range.Outside + (inside - range.Inside);
        }
        return inside;
    }

    private static bool Covers((uint Inside, uint Outside, uint Count) range, uint inside) =>
        inside >= range.Inside && inside - range.Inside < range.Count;

    private static IEnumerable<(uint Inside, uint Outside, uint Count)> Read(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            uint[] range =
            [
                .. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Select(static word => uint.Parse(word, CultureInfo.InvariantCulture)),
            ];
            if (range is [var inside, var outside, var count])
                yield return (inside, outside, count);
        }
    }
}
