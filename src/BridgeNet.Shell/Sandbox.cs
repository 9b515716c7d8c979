using System.Diagnostics;

namespace BridgeNet.Shell;

/// <summary>Private network and mount namespaces, by unshare of util-linux, which every distribution has.</summary>
internal static class Sandbox
{
    private static readonly string[] s_namespaces = ["--net", "--mount"];

    /// <summary>The prefix for a command. An unprivileged user needs a user namespace, and so does root without its capabilities.</summary>
    public static string[] Enter()
    {
        string unshare =
            Find("unshare")
            ?? throw new LaunchException("-Sandbox needs 'unshare', which is in no folder of PATH: install the package util-linux.");
        string[] plain = [unshare, .. s_namespaces],
            mapped = [unshare, "--user", "--map-root-user", .. s_namespaces];
        string refused = "";
        foreach (string[] candidate in Environment.IsPrivilegedProcess ? (string[][])[plain, mapped] : [mapped])
        {
            if (Works(candidate, out refused))
                return [.. candidate, "--"];
        }
        throw new LaunchException(
            $"this system does not let this user create namespaces ({refused}). Run the command as root, outside of a container, "
                + "or allow it: 'sysctl -w user.max_user_namespaces=10000', on Debian also 'kernel.unprivileged_userns_clone=1', "
                + "on Ubuntu 'kernel.apparmor_restrict_unprivileged_userns=0'."
        );
    }

    // Tried first, because after execve no code is left to explain a refusal.
    private static bool Works(string[] prefix, out string refused)
    {
        ProcessStartInfo start = new(prefix[0], [.. prefix[1..], "--", prefix[0], "--version"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        refused = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
