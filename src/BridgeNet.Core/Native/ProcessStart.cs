using System.Globalization;

namespace BridgeNet.Native;

/// <summary>When a process began, which distinguishes it from a later one of the same number.</summary>
internal static class ProcessStart
{
    /// <summary>In clock ticks since boot: field 22 of <c>/proc/PID/stat</c> (proc_pid_stat(5)); null when there is no such process.</summary>
    public static ulong? Of(int process)
    {
        try
        {
            // The name, in parentheses, may hold anything, also blanks and parentheses. Behind it comes field 3.
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
