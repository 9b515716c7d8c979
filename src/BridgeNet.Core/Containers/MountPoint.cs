using System.Globalization;

namespace BridgeNet.Containers;

/// <summary>A line of <c>/proc/PID/mountinfo</c>; see <c>proc_pid_mountinfo(5)</c>.</summary>
internal sealed record MountPoint(int Id, int Parent, string Target, bool ReadOnly, string Type)
{
    /// <summary>The mounts in the calling thread's mount namespace, in the order of their creation.</summary>
    public static MountPoint[] ReadOwn() => [.. File.ReadLines("/proc/thread-self/mountinfo").Select(Parse)];

    /// <summary>Parses one line. Spaces in a target stay encoded as <c>\040</c>.</summary>
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
