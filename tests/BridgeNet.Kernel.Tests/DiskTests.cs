using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// A state directory whose disk is full, read-only, or does not take the journal: an error that says so, nothing half-done, and work goes
/// on when there is room.
/// </summary>
public sealed class DiskTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const int Page = 4096,
        Size = 512 * Page;

    public static TheoryData<string, string> Cases => FaultTests.Cases;

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_full_disk_fails_a_change_as_a_whole(string backend, string change) =>
        OnDisk(
            backend,
            disk =>
            {
                using Session engine = Engine.Open(disk, backend);
                try
                {
                    ChangeCatalog.Prepare(engine, change);
                    IReadOnlyList<string> before = Snapshot.Take(engine);
                    int refused = 0;
                    // First no page is free, and then one more each time, until it is enough: the journal, a container's files and the
                    // state's log are refused in turns.
                    for (int free = 0; ; free++)
                    {
                        Fill(disk, free);
                        Exception? failure = Record.Exception(() => ChangeCatalog.All[change].Make(engine, new ChangeContext()));
                        Fill(disk, free: 64);
                        if (failure is null)
                        {
                            Assert.Empty(engine.FindDrift(null));
                            Counts.Print($"{change} over {backend}: refused {refused} times for a full disk");
                            Assert.True(refused > 0, "it was never full");
                            break;
                        }
                        refused++;
                        Assert.All(
                            Assert.IsType<BridgeNetException>(failure).Problems,
                            problem => Assert.Equal((ErrorIds.StateUnusable, problem.Message), (problem.ErrorId, problem.Message))
                        );
                        // Whatever could not be taken back, for its undo needed room too, the next command takes back now.
                        Assert.Throws<BridgeNetException>(() =>
                            engine.CreateNetwork(new NetworkRequest("not a name"), new ChangeContext())
                        );
                        if (ChangeCatalog.All[change].Removes.Count > 0)
                            engine.Repair(null, new ChangeContext());
                        Remains.AssertNone(engine, disk);
                        // Of several objects, each is tried by itself where there is no room for them together.
                        if (ChangeCatalog.Left(engine, change).Count < ChangeCatalog.All[change].Removes.Count)
                            break;
                        Assert.Equal(before, Snapshot.Take(engine));
                    }
                }
                finally
                {
                    Fill(disk, free: 64);
                    EngineSpace.Clean(engine);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_state_that_cannot_be_opened_for_a_full_disk_says_so(string backend) =>
        OnDisk(
            backend,
            disk =>
            {
                Engine.Open(disk, backend).Dispose();
                Fill(disk, free: 0);
                Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(() => Engine.Open(disk, backend).Dispose()).Problems);
                Assert.Equal(ErrorIds.StateUnusable, problem.ErrorId);
                Assert.Contains("full", problem.Message);
                Assert.DoesNotContain("start with an empty state", problem.Message);
                Fill(disk, free: 64);
                Engine.Open(disk, backend).Dispose();
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_read_only_state_refuses_all_and_changes_nothing(string backend) =>
        OnDisk(
            backend,
            disk =>
            {
                IReadOnlyList<string> before;
                using (Session engine = Engine.Open(disk, backend))
                {
                    ChangeCatalog.Prepare(engine, "remove");
                    before = Snapshot.Take(engine);
                }
                Problem? problem = null;
                PrivateMounts.SetReadOnly(disk, on: true);
                try
                {
                    problem = Assert.Single(
                        Assert
                            .Throws<BridgeNetException>(() =>
                                Engine.Open(disk, backend).CreateNetwork(new NetworkRequest("later"), new ChangeContext())
                            )
                            .Problems
                    );
                }
                finally
                {
                    PrivateMounts.SetReadOnly(disk, on: false);
                }
                using Session again = Engine.Open(disk, backend);
                try
                {
                    Assert.Equal(ErrorIds.StateUnusable, problem.ErrorId);
                    Assert.Contains("read-only", problem.Message);
                    Assert.DoesNotContain("start with an empty state", problem.Message);
                    Assert.Equal(before, Snapshot.Take(again));
                    again.RemoveContainers(["c"], new ChangeContext());
                    Remains.AssertNone(again, disk);
                }
                finally
                {
                    EngineSpace.Clean(again);
                }
            }
        );

    [Fact]
    public void A_journal_that_cannot_be_read_is_refused_with_what_to_do() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                string entry = Path.Combine(state, "intent-0.json");
                foreach (
                    string garbage in (string[])
                        [
                            "{",
                            "null",
                            "[]",
                            "\0\0\0",
                            "{\"Operations\":1}",
                            "{\"Operations\":[1]}",
                            "{\"Operations\":[null]}",
                            "{\"Operations\":[{}]}",
                            "{\"Operations\":[{\"$type\":\"nosuch\"}]}",
                            "{\"Operations\":[{\"$type\":\"object\",\"Before\":1,\"After\":null}]}",
                            "{\"Operations\":[{\"$type\":\"rules\",\"Before\":null,\"After\":[]}]}",
                            "{\"Host\":1}",
                            "{\"Removes\":{}}",
                        ]
                )
                {
                    File.WriteAllText(entry, garbage);
                    Problem problem = Assert.Single(
                        Assert.Throws<BridgeNetException>(() => engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext())).Problems
                    );
                    Assert.Equal((garbage, ErrorIds.StateUnusable), (garbage, problem.ErrorId));
                    Assert.Contains(entry, problem.Message);
                    Assert.Empty(engine.GetContainers());
                }
                // As a loss of power leaves it.
                File.WriteAllText(entry, "");
                engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext());
                Assert.False(File.Exists(entry));
            }
        );

    /// <summary>Runs a test with a state directory that is a small disk of its own.</summary>
    private void OnDisk(string backend, Action<string> work) =>
        EngineSpace.In(
            space,
            backend,
            (_, state) =>
            {
                string disk = Directory.CreateDirectory(Path.Combine(state, "disk")).FullName;
                PrivateMounts.MountDisk(disk, Size);
                try
                {
                    work(disk);
                }
                finally
                {
                    Syscalls.UnmountDetach(disk);
                }
            }
        );

    /// <summary>Fills the disk up, but for so many pages.</summary>
    private static void Fill(string disk, int free)
    {
        string ballast = Path.Combine(disk, "ballast");
        using FileStream file = File.Open(ballast, FileMode.OpenOrCreate);
        file.SetLength(0);
        byte[] page = new byte[Page];
        try
        {
            while (true)
            {
                file.Write(page);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
        file.SetLength(Math.Max(0, file.Length - (file.Length % Page) - (free * Page)));
    }
}
