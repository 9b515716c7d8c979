using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.Containers;

/// <summary>Runs a program inside a namespace, never through a shell.</summary>
internal static class NamespaceProcess
{
    // A child of the program may keep the pipes open for long; the output of the program itself has arrived by then.
    private static readonly TimeSpan s_drain = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Runs a program and returns its exit code. Lines are passed to the callbacks on the calling thread, in the order of their arrival;
    /// the program's standard input is empty. Cancellation, or an exception from a callback, kills the program and its children. With a
    /// <paramref name="view"/> the program sees the container's files and host name; without it, the machine's.
    /// </summary>
    public static int Run(
        INetworkNamespace ns,
        string program,
        IReadOnlyList<string> arguments,
        Action<string> onOutput,
        Action<string> onError,
        CancellationToken cancellationToken,
        ContainerView? view = null,
        string? workingDirectory = null
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start(ns, program, arguments, view, workingDirectory);
        try
        {
            process.StandardInput.Close();
            var lines = new BlockingCollection<(Action<string> Deliver, string Line)>();
            var readers = new Countdown(lines);
            // Dedicated threads: two blocked pool threads for each running program would starve PowerShell's own work.
            StartReader(process.StandardOutput, onOutput, lines, readers);
            StartReader(process.StandardError, onError, lines, readers);
            Deliver(process, lines, cancellationToken);
            while (!process.WaitForExit(s_drain))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            return process.ExitCode;
        }
        finally
        {
            Kill(process);
        }
    }

    private static Process Start(
        INetworkNamespace ns,
        string program,
        IReadOnlyList<string> arguments,
        ContainerView? view,
        string? workingDirectory
    )
    {
        string path = ProgramPath.Find(program) ?? throw NotFound(program, null);
        var info = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        // .NET creates its signal-handling thread with the first process. A new thread is in the namespace of its creator, so this thread
        // must exist before; otherwise it would stay in the container's namespace until this process ends.
        PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { }).Dispose();
        try
        {
            // The child is forked by the thread that calls Start, so it runs in the namespace of that thread.
            return ns.Run(() =>
            {
                view?.Enter();
#pragma warning disable RS0030 // the only way into a container
                return Process.Start(info)!;
#pragma warning restore RS0030
            });
        }
        catch (Win32Exception failure)
        {
            throw NotFound(program, failure);
        }
    }

    private static void Deliver(
        Process process,
        BlockingCollection<(Action<string> Deliver, string Line)> lines,
        CancellationToken cancellationToken
    )
    {
        while (!lines.IsCompleted)
        {
            if (lines.TryTake(out (Action<string> Deliver, string Line) next, (int)s_drain.TotalMilliseconds, cancellationToken))
            {
                next.Deliver(next.Line);
            }
            else if (process.HasExited && lines.Count == 0)
            {
                return;
            }
        }
    }

    private static void StartReader(
        StreamReader stream,
        Action<string> deliver,
        BlockingCollection<(Action<string> Deliver, string Line)> lines,
        Countdown readers
    )
    {
#pragma warning disable RS0030 // it waits for a pipe, and enters no namespace
        var thread = new Thread(() =>
#pragma warning restore RS0030
        {
            try
            {
                while (stream.ReadLine() is { } line)
                {
                    lines.Add((deliver, line));
                }
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Run has returned and closed the pipe: the output is not needed any more.
            }
            finally
            {
                readers.Finished();
            }
        })
        {
            Name = "BridgeNet output",
            IsBackground = true,
        };
        thread.UnsafeStart();
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It just ended, or a child runs as another user; nothing more can be done.
        }
    }

    private static BridgeNetException NotFound(string program, Exception? failure) =>
        new(
            ErrorIds.ProgramNotFound,
            ProblemCategory.ObjectNotFound,
            failure is null
                ? $"There is no program '{program}': it is neither an executable file nor in PATH."
                : $"'{program}' could not be started: {failure.Message}",
            program,
            failure
        );

    /// <summary>Completes the collection when both readers have finished.</summary>
    private sealed class Countdown(BlockingCollection<(Action<string> Deliver, string Line)> lines)
    {
        private int _left = 2;

        public void Finished()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                lines.CompleteAdding();
            }
        }
    }
}
