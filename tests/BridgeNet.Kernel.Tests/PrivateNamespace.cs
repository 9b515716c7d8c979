using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// One thread with a network and a mount namespace of its own, for one test class (<c>IClassFixture</c>) or one test.
/// Nothing done in <see cref="Run(Action)"/> can touch the machine's own links, rules, sysctls or mounts: <c>/proc/sys/net</c>
/// is that of the thread's namespace, <c>/run</c> (with <c>/run/netns</c> and iptables' lock) is an empty tmpfs, and threads
/// and processes started there are born there.
/// </summary>
public sealed class PrivateNamespace : IDisposable
{
    // linux/capability.h
    private const int CapNetAdmin = 12,
        CapNetRaw = 13,
        CapSysAdmin = 21;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly string? _skip = MissingCapability();
    private string[] _linksAtStart = [];
    private string[] _mountsAtStart = [];

    public PrivateNamespace()
    {
        _thread = new Thread(Serve) { Name = nameof(PrivateNamespace), IsBackground = true };
        if (_skip is not null)
        {
            return;
        }
        _thread.UnsafeStart();
        Run(() =>
        {
            Syscalls.UnshareMount();
            Syscalls.UnshareNet();
            PrivateMounts.HideRun();
            _linksAtStart = Links();
            _mountsAtStart = Mounts();
        });
    }

    /// <summary>Runs a test's body on the namespace's thread; skips the test where that cannot be.</summary>
    public void Run(Action body) =>
        Run(() =>
        {
            body();
            return true;
        });

    /// <inheritdoc cref="Run(Action)"/>
    public T Run<T>(Func<T> body)
    {
        Assert.SkipWhen(_skip is not null, _skip ?? "");
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        // The test's context goes along: xunit finds the running test by it.
        ExecutionContext? context = ExecutionContext.Capture();
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                if (context is null)
                {
                    result = body();
                }
                else
                {
                    ExecutionContext.Run(context, _ => result = body(), null);
                }
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

    /// <summary>No link but those of an empty namespace, no mount, no namespace file.</summary>
    public void AssertNothingRemains() =>
        Run(() =>
        {
            Assert.Equal(_linksAtStart, Links());
            Assert.Equal(_mountsAtStart, Mounts());
            Assert.Empty(Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns") : []);
        });

    /// <summary>What is mounted by now is the test's own, and stays to the end.</summary>
    public void KeepMounts() => Run(() => _mountsAtStart = Mounts());

    /// <summary>The names of the links here, sorted.</summary>
    public string[] Links() =>
        RunHere(() => File.ReadLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim()).Order().ToArray());

    public void Dispose()
    {
        _work.CompleteAdding();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
        _work.Dispose();
    }

    private T RunHere<T>(Func<T> body) => Environment.CurrentManagedThreadId == _thread.ManagedThreadId ? body() : Run(body);

    private void Serve()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    // The bind mount of /run/netns on itself stays, as it does after `ip netns add` and `delete`.
    private static string[] Mounts() =>
        File.ReadLines("/proc/thread-self/mountinfo").Select(line => line.Split(' ')[4]).Where(target => target != "/run/netns").ToArray();

    private static string? MissingCapability()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs Linux";
        }
        string line = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong effective = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        int[] needed = [CapNetAdmin, CapNetRaw, CapSysAdmin];
        return needed.All(capability => (effective >> capability & 1) == 1)
            ? null
            : "needs CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW: run as root, or by 'unshare --user --map-root-user --net --mount dotnet test'";
    }
}
