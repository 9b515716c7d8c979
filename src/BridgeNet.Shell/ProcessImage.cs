using System.Collections;
using System.Runtime.InteropServices;

namespace BridgeNet.Shell;

/// <summary>
/// execve(2): this process becomes another program. That program then
/// has its terminal, streams, signals, working directory and exit code; a child process would need all of them forwarded.
/// </summary>
internal static partial class ProcessImage
{
    /// <summary>Returns only on failure. A variable without a value is removed.</summary>
    public static LaunchException Replace(string[] command, IReadOnlyDictionary<string, string?> changes)
    {
        Dictionary<string, string?> environment = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value);
        foreach ((string name, string? value) in changes)
            environment[name] = value;
        IEnumerable<string> variables = environment
            .Where(static entry => entry.Value is not null)
            .Select(static entry => $"{entry.Key}={entry.Value}");
        // Both lists end with a null.
        Execute(command[0], [.. command, null], [.. variables, null]);
        return new LaunchException($"{command[0]} could not be started: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
