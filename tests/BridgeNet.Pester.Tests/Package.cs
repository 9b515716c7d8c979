using System.Diagnostics;

namespace BridgeNet.Pester.Tests;

/// <summary>The package that users install, built once for all files that test it.</summary>
internal static class Package
{
    private static readonly Lazy<Task<string?>> s_build = new(BuildAsync);

    /// <summary>Nothing, or why there is none.</summary>
    public static Task<string?> BuiltAsync() => s_build.Value;

    private static async Task<string?> BuildAsync()
    {
        ProcessStartInfo start = PowerShellProcess.Here("-File", Path.Combine(Repository.Root, "build.ps1"), "-Task", "Package");
        // No server of the build may outlive it and keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        ProcessOutput output = await Task.Run(() => ProcessOutput.Of(start));
        return output.Code == 0 ? null : $"build.ps1 -Task Package ended with exit code {output.Code}:\n{output.Text}{output.Error}";
    }
}
