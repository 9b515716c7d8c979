using System.Diagnostics;
using BridgeNet.Shell;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The real <c>pwsh</c> in a process, a network namespace and a mount namespace of its own, with an empty <c>/run</c>.</summary>
internal static class FreshPowerShell
{
    /// <summary>Runs a script to its end.</summary>
    /// <returns>The lines that it wrote.</returns>
    public static string[] Run(string script)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/unshare"), "unshare (util-linux) is not installed");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to make namespaces");
        ProcessStartInfo start = new(
            "/usr/bin/unshare",
            [
                "--net",
                "--mount",
                "--fork",
                "--kill-child",
                .. RestoredPowerShell.Command()!,
                "-NoProfile",
                "-NonInteractive",
                "-Command",
                $"$ErrorActionPreference = 'Stop'; $PSStyle.OutputRendering = 'PlainText'; mount -t tmpfs tmpfs /run; {script}",
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in RestoredPowerShell.Variables)
            start.Environment[name] = value;
        start.Environment["BRIDGENET_STATE"] = "";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error.Result);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
