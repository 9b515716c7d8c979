using System.Diagnostics;

namespace BridgeNet.Pester.Tests;

/// <summary>Network and mount namespaces for one process, which ends when the runner does away with unshare.</summary>
internal static class Namespaces
{
    /// <summary>What to put before a command.</summary>
    public static string[] Prefix { get; } =
    [
        "unshare",
        .. Environment.IsPrivilegedProcess ? (string[])[] : ["--user", "--map-root-user"],
        "--net",
        "--mount",
        "--fork",
        "--kill-child",
    ];

    /// <summary>Why this user can have none, or nothing.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(Prefix[0], [.. Prefix[1..], "true"]) { RedirectStandardError = true }
            )!;
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : $"this user can create no namespaces here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unshare (util-linux) is not installed";
        }
    }
}
