using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>
/// The real manifest in a runspace whose pipelines run on one thread with a network and a mount namespace of its own,
/// where <c>/run</c> is an empty tmpfs: nothing of the machine is touched, and the state is a private one without being told.
/// </summary>
public sealed class PrivateShell : IDisposable
{
    private readonly SandboxThread? _thread;
    private Runspace? _runspace;

    public PrivateShell()
    {
        if (SandboxThread.Refusal is not null)
            return;
        _thread = new SandboxThread();
        _thread.Run(() =>
        {
            InitialSessionState session = InitialSessionState.CreateDefault2();
            session.ImportPSModule([Path.Combine(Repository.Root, "BridgeNet.psd1")]);
            session.ThreadOptions = PSThreadOptions.UseCurrentThread;
            _runspace = RunspaceFactory.CreateRunspace(session);
            _runspace.Open();
        });
    }

    /// <summary>Runs a script; what it writes comes back, stream by stream. Skips the test where there can be no namespace.</summary>
    public Outcome Run(string script) =>
        Thread()
            .Run(() =>
            {
                using PowerShell shell = PowerShell.Create(_runspace);
                object[] output = [.. shell.AddScript(script).Invoke().Select(item => item.BaseObject)];
                return new Outcome(
                    output,
                    [.. shell.Streams.Error],
                    [.. shell.Streams.Verbose.Select(record => record.Message)],
                    [.. shell.Streams.Warning.Select(record => record.Message)]
                );
            });

    /// <summary>Runs a script and stops it, as Ctrl+C does, while it writes its verbose message of that number.</summary>
    /// <returns>Whether it wrote so many, and so was stopped.</returns>
    public bool RunAndStop(string script, int step) =>
        Thread()
            .Run(() =>
            {
                using PowerShell shell = PowerShell.Create(_runspace);
                IAsyncResult? stopping = null;
                shell.Streams.Verbose.DataAdded += (_, added) =>
                {
                    if (added.Index != step)
                        return;
                    // The host's thread says stop and waits for the pipeline, which goes on only now.
                    stopping = shell.BeginStop(null, null);
                    SpinWait.SpinUntil(() => shell.InvocationStateInfo.State == PSInvocationState.Stopping, TimeSpan.FromSeconds(10));
                };
                try
                {
                    shell.AddScript(script).Invoke();
                }
                catch (PipelineStoppedException)
                {
                    // So Invoke says that it was stopped, unless the cmdlet ended without writing anything more.
                }
                if (stopping is null)
                {
                    Assert.Empty(shell.Streams.Error);
                    return false;
                }
                shell.EndStop(stopping);
                return true;
            });

    public void Dispose()
    {
        if (_thread is null)
            return;
        Run("Get-BridgeContainer | Remove-BridgeContainer; Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork -Force");
        _thread.Run(() => _runspace!.Dispose());
        _thread.Dispose();
    }

    private SandboxThread Thread()
    {
        Assert.SkipWhen(_thread is null, SandboxThread.Refusal ?? "");
        return _thread;
    }
}

/// <summary>What a script wrote.</summary>
public sealed record Outcome(
    IReadOnlyList<object> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Warnings
);
