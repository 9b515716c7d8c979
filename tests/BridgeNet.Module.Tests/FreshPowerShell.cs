using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The real <c>pwsh</c> in a process and a sandbox of its own.</summary>
internal static class FreshPowerShell
{
    /// <summary>Runs a script to its end.</summary>
    /// <returns>The lines that it wrote.</returns>
    public static string[] Run(string script)
    {
        Assert.SkipWhen(Unshare.Refusal is not null, Unshare.Refusal ?? "");
        ProcessOutput output = ProcessOutput.Of(PowerShellProcess.InSandbox("-Command", $"$ErrorActionPreference = 'Stop'; {script}"));
        Assert.Equal((0, ""), (output.Code, output.Error));
        return output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
