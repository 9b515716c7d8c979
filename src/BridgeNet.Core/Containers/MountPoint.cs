using System.Globalization;

namespace BridgeNet.Containers;

/// <summary>A line of <c>/proc/PID/mountinfo</c>; see <c>proc_pid_mountinfo(5)</c>.</summary>
internal sealed record MountPoint(int Id, int Parent, string Target, bool ReadOnly, string Type)
{
    /// <summary>The mounts that the calling thread sees, in the order they were made.</summary>
    public static MountPoint[] ReadOwn() => [.. File.ReadLines("/proc/thread-self/mountinfo").Select(Parse)];

    /// <summary>Reads one line. Spaces in a target stay written as <c>\040</c>.</summary>
    public static MountPoint Parse(string line)
    {
        string[] words = line.Split(' ');
        int dash = Array.IndexOf(words, "-", 6);
        return new(
            int.Parse(words[0], CultureInfo.InvariantCulture),
            int.Parse(words[1], CultureInfo.InvariantCulture),
            words[4],
            words[5].Split(',').Contains("ro"),
            words[dash + 1]
        );
    }
}
