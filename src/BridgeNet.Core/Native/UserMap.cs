using System.Globalization;

namespace BridgeNet.Native;

/// <summary>
/// How a user namespace maps user or group ids, as in <c>/proc/self/uid_map</c> (user_namespaces(7)): ranges of ids inside, each with the
/// id outside that its first id maps to. Any user can be root in a user namespace, so an id alone has no meaning there.
/// </summary>
/// <remarks>In nested namespaces, "outside" is the parent namespace; the kernel does not show the namespaces above it.</remarks>
internal sealed class UserMap(string text)
{
    private readonly (uint Inside, uint Outside, uint Count)[] _ranges = [.. Read(text)];

    /// <summary>The users of this process's namespace. A process with several threads cannot enter another user namespace.</summary>
    public static UserMap Users { get; } = new(File.ReadAllText("/proc/self/uid_map"));

    /// <summary>The groups of this process's namespace.</summary>
    public static UserMap Groups { get; } = new(File.ReadAllText("/proc/self/gid_map"));

    /// <summary>Whether every id maps to itself, as outside of all created user namespaces.</summary>
    public bool IsInitial => _ranges is [(0, 0, uint.MaxValue)];

    /// <summary>
    /// Whether a user or group id exists in this namespace; for users without an id here, the kernel shows the id of "nobody".
    /// </summary>
    public bool Has(uint inside) => _ranges.Any(range => Covers(range, inside));

    /// <summary>The id outside of a user or group.</summary>
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
