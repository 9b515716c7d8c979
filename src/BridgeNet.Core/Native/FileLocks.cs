using System.Globalization;

namespace BridgeNet.Native;

/// <summary>Finds the process that has locked a file, in <c>/proc/locks</c>.</summary>
internal static class FileLocks
{
    /// <summary>
    /// The process id and name, such as <c>1234 (pwsh)</c>; null if the kernel does not show it, as for a process of another pid namespace.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="at">The locked byte.</param>
    public static string? Holder(string path, long at = 0)
    {
        try
        {
            // A line has a number, then an arrow if it is a waiting process, then: POSIX  ADVISORY  WRITE 1234 08:01:5678 120 120.
            foreach (string line in File.ReadLines("/proc/locks"))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (
                    words is [_, "POSIX" or "FLOCK", _, "WRITE", var id, _, var first, var last]
                    && Covers(first, last, at)
                    && int.TryParse(id, CultureInfo.InvariantCulture, out int process)
                    && process > 0
                    && process != Environment.ProcessId
                    && Holds(process, path)
                )
                {
                    return $"{process} ({File.ReadAllText($"/proc/{process}/comm").Trim()})";
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The process ended in between, or belongs to another user.
        }
        return null;
    }

    private static bool Covers(string first, string last, long at) =>
        long.TryParse(first, CultureInfo.InvariantCulture, out long from)
        && from <= at
        && (last == "EOF" || (long.TryParse(last, CultureInfo.InvariantCulture, out long to) && to >= at));

    private static bool Holds(int process, string path) =>
        Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget == path);
}
