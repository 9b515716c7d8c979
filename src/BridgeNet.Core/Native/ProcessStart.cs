using System.Globalization;

namespace BridgeNet.Native;

/// <summary>The start time of a process, which distinguishes it from a later process with the same id.</summary>
internal static class ProcessStart
{
    /// <summary>
    /// The start time in clock ticks since boot: field 22 of <c>/proc/PID/stat</c> (proc_pid_stat(5)); null if the process does not exist.
    /// </summary>
    public static ulong? Of(int process)
    {
        try
        {
            // The name, in parentheses, may contain any character, also blanks and parentheses. Field 3 follows it.
            string stat = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return ulong.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
