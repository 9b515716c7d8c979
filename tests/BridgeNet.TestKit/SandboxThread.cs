using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace BridgeNet.TestKit;

/// <summary>
/// One thread with a network and a mount namespace of its own. Nothing done on it can touch the machine's own links, rules, sysctls or
/// mounts: <c>/proc/sys/net</c> is that of the thread's namespace, <c>/run</c> (with <c>/run/netns</c> and iptables' lock) is an empty
/// tmpfs, and threads and processes started there are born there.
/// </summary>
public sealed partial class SandboxThread : IDisposable
{
    private const int NewMount = 0x20000,
        NewNetwork = 0x40000000; // linux/sched.h

    private const int NetAdmin = 12,
        NetRaw = 13,
        SysAdmin = 21; // linux/capability.h

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread, and gives it its namespaces.</summary>
    /// <exception cref="InvalidOperationException">The kernel refused; see <see cref="Refusal"/>.</exception>
    public SandboxThread()
    {
        _thread = new Thread(Serve) { Name = nameof(SandboxThread), IsBackground = true };
        _thread.UnsafeStart();
        Run(() =>
        {
            if (UnshareThread(NewMount | NewNetwork) != 0)
                throw new InvalidOperationException($"unshare: {Marshal.GetLastPInvokeErrorMessage()}");
            PrivateMounts.Separate();
            PrivateMounts.HideRun();
        });
    }

    /// <summary>Why there can be none, with what to do about it; null where there can.</summary>
    public static string? Refusal { get; } =
        HasCapabilities(NetAdmin, NetRaw, SysAdmin)
            ? null
            : "needs CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW: run as root, or by 'unshare --user --map-root-user --net --mount dotnet test'";

    /// <summary>Runs a body on the thread, and waits for its end; what it throws is thrown here.</summary>
    public void Run(Action body) =>
        Run(() =>
        {
            body();
            return true;
        });

    /// <inheritdoc cref="Run(Action)"/>
    public T Run<T>(Func<T> body)
    {
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
            return body();
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        // The caller's context goes along: xunit finds the running test by it.
        ExecutionContext? context = ExecutionContext.Capture();
        using ManualResetEventSlim done = new();
        _work.Add(() =>
        {
            try
            {
                if (context is null)
                    result = body();
                else
                    ExecutionContext.Run(context, _ => result = body(), null);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        failure?.Throw();
        return result!;
    }

    /// <summary>Ends the thread; with it go its namespaces, but for those that something else keeps.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Serve()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
            action();
    }

    private static bool HasCapabilities(params IEnumerable<int> capabilities)
    {
        const string Effective = "CapEff:";
        string line = File.ReadLines("/proc/thread-self/status").First(static line => line.StartsWith(Effective, StringComparison.Ordinal));
        ulong effective = ulong.Parse(line.AsSpan(Effective.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return capabilities.All(capability => (effective >> capability & 1) == 1);
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int UnshareThread(int flags);
}
