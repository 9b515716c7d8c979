using System.Diagnostics;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>BridgeNet.EngineProbe as a process of its own, born in the namespaces of the calling thread.</summary>
internal sealed class Probe : IDisposable
{
    private readonly Process _process;

    private Probe(Process process) => _process = process;

    public static string Program { get; } = Repository.Program("tests/BridgeNet.EngineProbe");

    public static Probe Start(params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true })!);

    /// <returns>The exit code; 128 + the signal for one that was killed.</returns>
    public int WaitForEnd()
    {
        string errors = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        int code = _process.ExitCode;
        Dispose();
        Assert.True(code is 0 or 137, errors);
        return code;
    }

    public void Dispose() => _process.Dispose();
}
