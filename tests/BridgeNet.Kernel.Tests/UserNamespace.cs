using System.Diagnostics;
using System.Runtime.CompilerServices;
using BridgeNet.Shell;

namespace BridgeNet.Tests;

/// <summary>
/// A user who is not root runs the tests too: as root of a user namespace, which every test's own namespaces are then in. A process with
/// threads cannot enter one, so it begins anew in it before any test is looked for.
/// </summary>
internal static class UserNamespace
{
    private const string Unshare = "/usr/bin/unshare",
        Entered = "BRIDGENET_TESTS_ENTERED";

    /// <summary>Whether this is root of the machine, and not only of a user namespace.</summary>
    public static bool IsRealRoot { get; } =
        Environment.IsPrivilegedProcess
        && File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];

    [ModuleInitializer]
    internal static void Enter()
    {
        if (Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable(Entered) is not null || !IsAllowed())
            return;
        string[] arguments = Environment.GetCommandLineArgs();
        // Under dotnet, the first argument is the assembly; the program of its own name does not need it.
        string[] self =
            Path.GetFileName(Environment.ProcessPath) == "dotnet"
                ? [Environment.ProcessPath!, .. arguments]
                : [Environment.ProcessPath!, .. arguments[1..]];
        throw ProcessImage.Replace(
            [Unshare, "--user", "--map-root-user", "--", .. self],
            new Dictionary<string, string?> { [Entered] = "1" }
        );
    }

    private static bool IsAllowed()
    {
        if (!File.Exists(Unshare))
            return false;
        using Process process = Process.Start(
            new ProcessStartInfo(Unshare, ["--user", "--map-root-user", "--net", "--mount", "--", Unshare, "--version"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
