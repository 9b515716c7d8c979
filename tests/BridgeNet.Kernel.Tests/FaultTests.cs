using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Every change fails at each of its steps in turn, over both backends: by what the kernel may say, by Ctrl+C, and with an undo that fails
/// too.
/// </summary>
public sealed class FaultTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from change in ChangeCatalog.All.Keys select (backend, change)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_failure_at_any_step_leaves_everything_as_it_was(string backend, string change) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                ChangeCatalog.Prepare(engine, change);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                int injected = 0;
                for (int failing = 0; ; failing++)
                {
                    // Each step fails with the next of the faults, and in the long run with each of them, or three where it takes programs
                    // to go on.
                    foreach (int number in Enumerable.Range(failing, LongTests.Count(1, backend == "iptables" ? 3 : Fault.All.Count)))
                    {
                        Fault fault = Fault.All[number % Fault.All.Count];
                        if (FailAt(failing, fault.Make, engine, change) is not { } failure)
                        {
                            Assert.True(failing >= 2, "no step was there to fail at");
                            Counts.Print($"{change} over {backend}: {injected} injected failures");
                            return;
                        }
                        injected++;
                        // A change of several objects is tried with each of them, so there may be as many problems.
                        Assert.All(
                            failure.Problems,
                            problem =>
                            {
                                Assert.Equal(fault.ErrorId, problem.ErrorId);
                                Assert.Contains("injected", problem.Message);
                            }
                        );
                        Assert.Equal(before, Snapshot.Take(engine));
                    }
                }
            }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void Stopped_by_the_user_at_any_step_everything_is_as_it_was(string backend, string change) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                ChangeCatalog.Prepare(engine, change);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                for (int stopping = 0; ; stopping++)
                {
                    // During this step, so that it is noticed before the next; the recording is not interrupted.
                    using CancellationTokenSource stop = new();
                    ChangeContext context = new()
                    {
                        Cancellation = stop.Token,
                        BeforeStep = (step, _) =>
                        {
                            if (step == stopping)
                                stop.Cancel();
                        },
                    };
                    if (Record.Exception(() => ChangeCatalog.All[change].Make(engine, context)) is not { } failure)
                    {
                        Assert.True(stop.IsCancellationRequested, "it was over before it was stopped");
                        Assert.Empty(engine.FindDrift(null));
                        Counts.Print($"{change} over {backend}: stopped {stopping} times");
                        return;
                    }
                    Assert.Equal(ErrorIds.OperationStopped, Assert.Single(Assert.IsType<BridgeNetException>(failure).Problems).ErrorId);
                    Assert.Equal(before, Snapshot.Take(engine));
                }
            }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_failed_undo_is_reported_stops_no_other_and_is_completed_later(string backend, string change) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                ChangeCatalog.Prepare(engine, change);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                bool removes = ChangeCatalog.All[change].Removes.Count > 0;
                for (int failing = 0; ; failing++)
                {
                    int undone = 0;
                    if (
                        FailAt(
                            int.MaxValue,
                            static () => new IOException("injected"),
                            engine,
                            change,
                            number =>
                            {
                                if (undone++ == failing)
                                    throw new IOException("nor back");
                            }
                        )
                        is not { } failure
                    )
                    {
                        Assert.Fail("it was made");
                        return;
                    }
                    if (undone <= failing)
                    {
                        Assert.True(failing >= 1);
                        Counts.Print($"{change} over {backend}: {failing} failed undos");
                        return;
                    }
                    Assert.Contains(failure.Problems, static problem => problem.Message.Contains("injected", StringComparison.Ordinal));
                    Assert.Contains(
                        failure.Problems,
                        static problem =>
                            problem.Message.Contains("nor back", StringComparison.Ordinal)
                            && problem.Message.Contains("undo of", StringComparison.Ordinal)
                    );
                    // The next command makes up for it; but a removal is not finished behind the user's back, and what it took away is
                    // there again after a repair.
                    if (removes)
                        Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                    else
                        Assert.Throws<BridgeNetException>(() =>
                            engine.CreateNetwork(new NetworkRequest("not a name"), new ChangeContext())
                        );
                    Remains.AssertNone(engine, state);
                    Assert.Equal(before, Snapshot.Take(engine));
                }
            }
        );

    /// <summary>
    /// Makes a change that fails at a step, or when it is recorded, and from then on at every other; null when it has no such step.
    /// </summary>
    private static BridgeNetException? FailAt(
        int failing,
        Func<Exception> fault,
        Session engine,
        string change,
        Action<int>? beforeUndo = null
    )
    {
        bool broken = false;
        ChangeContext context = new()
        {
            BeforeStep = (step, words) =>
            {
                broken |= step == failing || (failing == int.MaxValue && words == "record");
                if (broken)
                    throw fault();
            },
            BeforeUndo = beforeUndo,
        };
        Exception? failure = Record.Exception(() => ChangeCatalog.All[change].Make(engine, context));
        Assert.Equal(broken, failure is not null);
        return failure is null ? null : Assert.IsType<BridgeNetException>(failure);
    }
}
