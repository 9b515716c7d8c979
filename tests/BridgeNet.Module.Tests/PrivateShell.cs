using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>
/// The real manifest in a runspace whose pipelines run on one thread with a network and a mount namespace of its own,
/// where <c>/run</c> is an empty tmpfs: nothing of the machine is touched, and the state is a private one without being told.
/// </summary>
public sealed partial class PrivateShell : IDisposable
{
    private const int CloneNewNS = 0x20000,
        CloneNewNet = 0x40000000,
        MsRec = 0x4000,
        MsPrivate = 0x40000; // linux/sched.h, linux/mount.h

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private Runspace? _runspace;
    private string? _skip;

    public PrivateShell()
    {
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable())
                action();
        })
        {
            IsBackground = true,
        };
        _thread.Start();
        On(() =>
        {
            if (
                Unshare(CloneNewNS | CloneNewNet) != 0
                || Mount(null, "/", null, MsRec | MsPrivate, 0) != 0
                || Mount("tmpfs", "/run", "tmpfs", 0, 0) != 0
            )
            {
                _skip = "needs CAP_SYS_ADMIN: run as root, or by 'unshare --user --map-root-user --net --mount dotnet test'";
                return;
            }
            InitialSessionState session = InitialSessionState.CreateDefault2();
            session.ImportPSModule([Path.Combine(Root(), "BridgeNet.psd1")]);
            session.ThreadOptions = PSThreadOptions.UseCurrentThread;
            _runspace = RunspaceFactory.CreateRunspace(session);
            _runspace.Open();
        });
    }

    /// <summary>The repository root.</summary>
    public static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BridgeNet.psd1")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>Runs a script; what it writes comes back, stream by stream. Skips the test where there can be no namespace.</summary>
    public Outcome Run(string script)
    {
        Assert.SkipWhen(_skip is not null, _skip ?? "");
        Outcome? outcome = null;
        On(() =>
        {
            using PowerShell shell = PowerShell.Create(_runspace);
            object[] output = [.. shell.AddScript(script).Invoke().Select(item => item.BaseObject)];
            outcome = new Outcome(
                output,
                [.. shell.Streams.Error],
                [.. shell.Streams.Verbose.Select(record => record.Message)],
                [.. shell.Streams.Warning.Select(record => record.Message)]
            );
        });
        return outcome!;
    }

    /// <summary>Runs a script and stops it, as Ctrl+C does, while it writes its verbose message of that number.</summary>
    /// <returns>Whether it wrote so many, and so was stopped.</returns>
    public bool RunAndStop(string script, int step)
    {
        Assert.SkipWhen(_skip is not null, _skip ?? "");
        bool stopped = false;
        On(() =>
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
                return;
            }
            shell.EndStop(stopping);
            stopped = true;
        });
        return stopped;
    }

    public void Dispose()
    {
        if (_skip is null)
            Run("Get-BridgeContainer | Remove-BridgeContainer; Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork -Force");
        On(() => _runspace?.Dispose());
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void On(Action action)
    {
        using ManualResetEventSlim done = new();
        Exception? failure = null;
        _work.Add(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            done.Set();
        });
        done.Wait();
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string? source, string target, string? type, nuint flags, nint data);
}

/// <summary>What a script wrote.</summary>
public sealed record Outcome(
    IReadOnlyList<object> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Warnings
);
