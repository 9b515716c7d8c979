using System.Diagnostics;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The small shell as a process whose output is not a terminal; touches no network.</summary>
public sealed class ShellTests
{
    [Fact]
    public void Tables_come_without_colours() =>
        Assert.Equal((0, "\na b\n- -\n1 2\n\n", ""), Run("-Command", "[pscustomobject]@{ a = 1; b = 2 }"));

    [Fact]
    public void Errors_come_without_colours()
    {
        (_, string output, string error) = Run("-Command", "Get-BridgeNetwork ''");
        Assert.Contains("Get-BridgeNetwork", output + error);
        Assert.DoesNotContain('\e', output + error);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        // Built in the configuration that this is: .../bin/CONFIGURATION/FRAMEWORK/.
        string[] folders = AppContext.BaseDirectory.TrimEnd('/').Split('/');
        string program = Path.Combine(PrivateShell.Root(), "src/BridgeNet.Shell/bin", folders[^2], folders[^1], "BridgeNet.Shell");
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
