using System.Globalization;

namespace BridgeNet.State;

/// <summary>Who has the write lock: a byte of <c>state.db-shm</c> (SQLite's WAL_WRITE_LOCK), which the kernel lists in <c>/proc/locks</c>.</summary>
internal static class StateHolder
{
    private const int WriteLock = 120;

    /// <summary>The process and its name, such as <c>1234 (pwsh)</c>; null where the kernel does not say, as of another pid namespace.</summary>
    public static string? Find(string directory)
    {
        try
        {
            // POSIX  ADVISORY  WRITE 1234 08:01:5678 120 120, after a number and, for one that waits, an arrow.
            foreach (string line in File.ReadLines("/proc/locks"))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words is [_, "POSIX", _, "WRITE", var id, _, var first, var last] && Covers(first, last)
                    && int.TryParse(id, CultureInfo.InvariantCulture, out int process) && process > 0 && process != Environment.ProcessId && Holds(process, directory))
                {
                    return $"{process} ({File.ReadAllText($"/proc/{process}/comm").Trim()})";
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or is somebody else's.
        }
        return null;
    }

    private static bool Covers(string first, string last) => int.TryParse(first, CultureInfo.InvariantCulture, out int from) && from <= WriteLock
        && (last == "EOF" || (int.TryParse(last, CultureInfo.InvariantCulture, out int to) && to >= WriteLock));

    private static bool Holds(int process, string directory)
    {
        string index = Path.Combine(directory, "state.db-shm");
        return Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget == index);
    }
}
