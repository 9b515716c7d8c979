using BridgeNet.Model;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>One at a time changes networks, and whoever waits is told for whom, and can stop.</summary>
public sealed class HostLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void One_owner_at_a_time_also_within_a_process()
    {
        using (Take())
        {
            Problem busy = Assert.Single(Assert.Throws<BridgeNetException>(() => Take(TimeSpan.FromMilliseconds(20))).Problems);
            Assert.Equal((ErrorIds.StateBusy, ProblemCategory.ResourceBusy), (busy.ErrorId, busy.Category));
        }
        Take().Dispose();
    }

    [Fact]
    public async Task Of_many_threads_one_is_inside()
    {
        int inside = 0,
            most = 0,
            times = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < 50; i++)
                        {
                            using HostLock held = Take();
                            most = Math.Max(most, Interlocked.Increment(ref inside));
                            times++;
                            Interlocked.Decrement(ref inside);
                        }
                    })
                )
        );
        Assert.Equal((1, 400), (most, times));
    }

    [Fact]
    public void A_wait_can_be_stopped()
    {
        using HostLock held = Take();
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(30));
        Assert.Throws<OperationCanceledException>(() => HostLock.Take(_directory.Path, TimeSpan.FromMinutes(1), stop.Token));
        // And who was stopped before does not even begin.
        held.Dispose();
        Assert.Throws<OperationCanceledException>(() => HostLock.Take(_directory.Path, TimeSpan.FromMinutes(1), stop.Token));
    }

    [Fact]
    public async Task A_file_that_is_removed_while_somebody_waits_is_not_what_he_gets()
    {
        HostLock held = Take();
        Task<HostLock> waiting = Task.Run(() => Take(TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() =>
            Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget == _directory.File("lock")) == 2
        );
        File.Delete(_directory.File("lock"));
        held.Dispose();
        using HostLock taken = await waiting;
        // The one that is there now is locked.
        Assert.Throws<BridgeNetException>(() => Take(TimeSpan.FromMilliseconds(20)));
    }

    [Theory]
    [InlineData("writable by all")]
    [InlineData("a directory")]
    [InlineData("a link")]
    public void A_foreign_lock_file_is_refused(string what)
    {
        string path = _directory.File("lock");
        if (what == "a directory")
            Directory.CreateDirectory(path);
        else if (what == "a link")
            File.CreateSymbolicLink(path, "/dev/null");
        else
        {
            File.WriteAllText(path, "");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        }
        Assert.Equal(ErrorIds.StateUnusable, Assert.Single(Assert.Throws<BridgeNetException>(() => Take()).Problems).ErrorId);
    }

    private HostLock Take(TimeSpan? patience = null) =>
        HostLock.Take(_directory.Path, patience ?? TimeSpan.FromSeconds(30), CancellationToken.None);
}
