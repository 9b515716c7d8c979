using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Changes;

/// <summary>The order of a change's operations and of their undos.</summary>
public sealed class ChangeTests
{
    private static readonly List<string> s_done = [];

    public ChangeTests() => s_done.Clear();

    [Fact]
    public void Operations_are_done_in_order_and_recorded_last()
    {
        Assert.Empty(Apply(new Fake("a"), new Fake("b")).Problems);
        Assert.Equal(["a", "b", "record"], s_done);
    }

    [Fact]
    public void A_failure_undoes_backwards_beginning_with_the_operation_that_failed()
    {
        ChangeOutcome outcome = Apply(new Fake("a"), new Fake("b"), new Fake("c") { Fails = true }, new Fake("d"));
        Assert.True(outcome.Undone);
        Assert.Single(outcome.Problems);
        Assert.Equal(["a", "b", "c", "undo c", "undo b", "undo a"], s_done);
    }

    [Fact]
    public void An_object_removed_by_another_undo_is_neither_undone_nor_recorded()
    {
        Change change = new([new Fake("a"), new Fake("b") { Covered = true }, new Fake("c") { Fails = true }]);
        Assert.True(Apply([.. change.Operations]).Undone);
        Assert.Equal(["a", "b", "c", "undo c", "undo a"], s_done);
        Assert.Equal(["a", "c"], change.ToUndo().SelectMany(static operation => operation.Words()));
    }

    [Fact]
    public void An_operation_without_undo_is_recorded_only_if_it_must_be_finished()
    {
        Operation[] operations = [new Fake("a"), new Fake("forget") { When = Stage.Aftermath }];
        Assert.Equal(["a"], new Change(operations).ToUndo().SelectMany(static operation => operation.Words()));
        Assert.Equal(
            ["a", "forget"],
            (new Change(operations) with { Removes = new RemovedRows([], [], []) })
                .ToUndo()
                .SelectMany(static operation => operation.Words())
        );
    }

    [Fact]
    public void An_undo_that_fails_keeps_no_other_and_is_reported()
    {
        ChangeOutcome outcome = Apply(new Fake("a"), new Fake("b") { UndoFails = true }, new Fake("c") { Fails = true });
        Assert.False(outcome.Undone);
        Assert.Equal(2, outcome.Problems.Count);
        Assert.Equal(["a", "b", "c", "undo c", "undo b", "undo a"], s_done);
    }

    [Fact]
    public void A_recording_that_fails_undoes_all()
    {
        ChangeOutcome outcome = new Change([new Fake("a"), new Fake("b")]).Apply(
            null!,
            new ChangeContext(),
            static () => throw new IOException("full")
        );
        Assert.True(outcome.Undone);
        Assert.Equal(["a", "b", "undo b", "undo a"], s_done);
    }

    [Fact]
    public void A_change_stopped_before_its_commit_is_undone()
    {
        using CancellationTokenSource stop = new();
        ChangeOutcome outcome = new Change([new Fake("a"), new Fake("b") { Then = stop.Cancel }]).Apply(
            null!,
            new ChangeContext { Cancellation = stop.Token },
            static () => s_done.Add("record")
        );
        Assert.True(outcome.Undone);
        Assert.Equal(["a", "b", "undo b", "undo a"], s_done);
        Assert.Equal(ErrorIds.OperationStopped, outcome.Problems[0].ErrorId);
    }

    private static ChangeOutcome Apply(params Operation[] operations) =>
        new Change(operations).Apply(null!, new ChangeContext(), static () => s_done.Add("record"));

    private sealed record Fake(string Name) : Operation
    {
        public bool Fails { get; init; }

        public bool UndoFails { get; init; }

        public bool Covered { get; init; }

        public Action? Then { get; init; }

        public Stage When { get; init; } = Stage.Link;

        public override Stage Stage => When;

        public override bool IsCovered => Covered;

        public override IEnumerable<string> Words() => [Name];

        public override void Apply(Effects effects)
        {
            Do(Name, Fails);
            Then?.Invoke();
        }

        public override void Undo(Effects effects) => Do($"undo {Name}", UndoFails);

        private static void Do(string name, bool fails)
        {
            s_done.Add(name);
            if (fails)
                throw new IOException("injected");
        }
    }
}
