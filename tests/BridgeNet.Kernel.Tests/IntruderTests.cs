using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Another tool's links, namespaces, rules and files come into the place of ours between plan and act, at every step of every change.
/// </summary>
public sealed class IntruderTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => FaultTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_foreign_replacement_before_a_step_is_not_touched(string backend, string change) =>
        Intrusions.At_each_step(space, backend, change, fails: false);
}

/// <summary>The same, and then the change fails. A class of its own, for classes run side by side.</summary>
public sealed class IntruderUndoTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => FaultTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_foreign_replacement_before_an_undo_is_not_touched(string backend, string change) =>
        Intrusions.At_each_step(space, backend, change, fails: true);
}

file static class Intrusions
{
    public static void At_each_step(PrivateNamespace space, string backend, string change, bool fails) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                int placed = 0;
                for (int at = 0; ; at++)
                {
                    ChangeCatalog.Prepare(engine, change);
                    using Intruder intruder = new(state, backend);
                    bool reached = false;
                    List<string> words = [];
                    ChangeContext context = new()
                    {
                        BeforeStep = (step, line) =>
                        {
                            words.Add(line);
                            if (step != at)
                                return;
                            reached = true;
                            // All that this step and those before it named.
                            foreach (string said in words)
                                intruder.TakePlaces(said);
                            intruder.TakeRules();
                            if (fails)
                                throw new NetlinkException("injected", 12, null);
                        },
                    };
                    // It may be done in spite of it, or refused and undone.
                    Exception? failure = Record.Exception(() => ChangeCatalog.All[change].Make(engine, context));
                    Assert.True(failure is null or BridgeNetException, $"{failure}");
                    Assert.DoesNotContain(
                        (failure as BridgeNetException)?.Problems ?? [],
                        problem => problem.ErrorId == ErrorIds.Unexpected
                    );
                    intruder.AssertUntouched();
                    placed += intruder.Count;
                    engine.Repair(null, new ChangeContext());
                    intruder.AssertUntouched();
                    // Rules are back, whatever else cannot be.
                    Assert.DoesNotContain(engine.FindDrift(null), static drift => drift.Kind == DriftKind.Rule);
                    EngineSpace.Clean(engine);
                    intruder.AssertUntouched();
                    intruder.Leave();
                    Remains.AssertNone(engine, state);
                    if (!reached)
                        break;
                }
                Counts.Print($"{change} over {backend}: {placed} objects in the way");
            }
        );
}
