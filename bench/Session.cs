using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BridgeNet.Bench;

/// <summary>A PowerShell session with the module imported from its manifest, kept open: the second command is a warm one.</summary>
internal sealed class Session : IDisposable
{
    private readonly Runspace _runspace;
    private readonly PowerShell _shell;

    public Session()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Manifest]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        // The thread that asks does the work, as in an interactive shell.
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace.Open();
        _shell = PowerShell.Create(_runspace);
    }

    /// <summary>The module's manifest, at the root of the repository.</summary>
    public static string Manifest => Path.Combine(Repository.Root, "BridgeNet.psd1");

    /// <summary>Runs one command, or a pipeline that takes objects; its first error is thrown.</summary>
    public IReadOnlyList<PSObject> Run(string script)
    {
        _shell.Commands.Clear();
        _shell.Streams.ClearStreams();
        IReadOnlyList<PSObject> output = _shell.AddScript(script).Invoke();
        return _shell.Streams.Error is [var error, ..]
            ? throw new InvalidOperationException($"{script}: {error}", error.Exception)
            : output;
    }

    public void Dispose()
    {
        _shell.Dispose();
        _runspace.Dispose();
    }
}
