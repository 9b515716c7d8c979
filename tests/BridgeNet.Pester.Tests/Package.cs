using System.Diagnostics;
using BridgeNet.Shell;

namespace BridgeNet.Pester.Tests;

/// <summary>The package that users install, built once for all files that test it.</summary>
internal static class Package
{
    private static readonly Lazy<Task<string?>> s_build = new(BuildAsync);

    /// <summary>Nothing, or why there is none.</summary>
    public static Task<string?> BuiltAsync() => s_build.Value;

    private static async Task<string?> BuildAsync()
    {
        string script = Path.Combine(PesterSettings.RepositoryRoot, "build.ps1");
        string[] command = [.. RestoredPowerShell.Command()!, "-NoProfile", "-NonInteractive", "-File", script, "-Task", "Package"];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in RestoredPowerShell.Variables)
            start.Environment[name] = value;
        // No server of the build may outlive it and keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"build.ps1 -Task Package ended with exit code {process.ExitCode}:\n{output}";
    }
}
