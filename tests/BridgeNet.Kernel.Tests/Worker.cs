using System.Diagnostics;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>A probe that is spoken to line by line while it works.</summary>
internal sealed class Worker : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private Worker(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static Worker Start(params string[] arguments) =>
        new(
            Process.Start(
                new ProcessStartInfo(Probe.Program, arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!
        );

    /// <summary>Its next line; null at its end.</summary>
    public string? Read() => _process.StandardOutput.ReadLine();

    public void Go() => _process.StandardInput.WriteLine();

    public void Kill() => _process.Kill();

    /// <summary>Fails unless it ended well, or was killed.</summary>
    public void AssertEnded(bool killed)
    {
        _process.WaitForExit();
        Assert.True(_process.ExitCode == 0 || (killed && _process.ExitCode == 128 + 9), $"exit code {_process.ExitCode}: {_errors.Result}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
