using BridgeNet.Changes;
using BridgeNet.Engine;
using Xunit;

namespace BridgeNet.Core.Tests.Engine;

/// <summary>The order of a change's steps and of their undos.</summary>
public sealed class ChangeTests
{
    private readonly List<string> _done = [];

    [Fact]
    public void Steps_are_done_in_order_and_recorded_last_and_ended()
    {
        Assert.Empty(Apply(Step("a"), Step("b")).Problems);
        Assert.Equal(["a", "b", "record", "end a", "end b"], _done);
    }

    [Fact]
    public void A_failure_undoes_backwards_beginning_with_the_step_that_failed()
    {
        ChangeOutcome outcome = Apply(Step("a"), Step("b"), Step("c", fails: true), Step("d"));
        Assert.True(outcome.Undone);
        Assert.Single(outcome.Problems);
        Assert.Equal(["a", "b", "c", "undo c", "undo b", "undo a", "end a", "end b", "end c"], _done);
    }

    [Fact]
    public void An_undo_that_fails_keeps_no_other_and_is_reported()
    {
        ChangeOutcome outcome = Apply(Step("a"), Step("b", undoFails: true), Step("c", fails: true));
        Assert.False(outcome.Undone);
        Assert.Equal(2, outcome.Problems.Count);
        Assert.Equal(["a", "b", "c", "undo c", "undo b", "undo a", "end a", "end b", "end c"], _done);
    }

    [Fact]
    public void A_recording_that_fails_undoes_all()
    {
        ChangeOutcome outcome = new Change(new Intent(), [Step("a"), Step("b")]).Apply(new ChangeContext(), static () => throw new IOException("full"));
        Assert.True(outcome.Undone);
        Assert.Equal(["a", "b", "undo b", "undo a", "end a", "end b"], _done);
    }

    [Fact]
    public void What_is_stopped_before_it_is_recorded_is_undone()
    {
        using CancellationTokenSource stop = new();
        Step last = Step("b");
        ChangeOutcome outcome = new Change(new Intent(), [Step("a"), last with { Apply = stop.Cancel }])
            .Apply(new ChangeContext { Cancellation = stop.Token }, () => _done.Add("record"));
        Assert.True(outcome.Undone);
        Assert.Equal(["a", "undo b", "undo a", "end a", "end b"], _done);
    }

    private ChangeOutcome Apply(params Step[] steps) => new Change(new Intent(), steps).Apply(new ChangeContext(), () => _done.Add("record"));

    private Step Step(string name, bool fails = false, bool undoFails = false) => new(name,
        () => Do(name, fails), () => Do($"undo {name}", undoFails), () => _done.Add($"end {name}"));

    private void Do(string name, bool fails)
    {
        _done.Add(name);
        if (fails)
            throw new IOException("injected");
    }
}
