using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>A change as a list of operations: what to do in which order, planned before anything is touched.</summary>
/// <param name="Operations">The operations, in order.</param>
internal sealed record Change(IReadOnlyList<Operation> Operations)
{
    /// <summary>The rows that go; a change that removes is carried to its end when its process dies, in place of being taken back.</summary>
    public RemovedRows? Removes { get; init; }

    /// <summary>Whether rules change, and are where the firewall of now has them afterwards.</summary>
    public bool ChangesRules => Operations.Any(static operation => operation is ChangeRules or RemoveWithRules or MoveRules);

    /// <summary>What the journal has to know of it.</summary>
    public IReadOnlyList<Operation> ToUndo() =>
        [.. Operations.Where(operation => !operation.IsCovered && (Removes is not null || operation.Stage != Stage.Aftermath))];

    /// <summary>The operations in words, for <c>-WhatIf</c>: of each its lines together.</summary>
    public IReadOnlyList<string> Describe() => [.. Operations.Select(WordsOf).Where(static words => words.Length > 0)];

    /// <summary>Does all operations and then <paramref name="record"/>, or nothing: a failure undoes what was done, backwards, going on past errors.</summary>
    public ChangeOutcome Apply(Effects effects, ChangeContext context, Action record)
    {
        int done = 0;
        try
        {
            for (; done < Operations.Count; done++)
            {
                string words = context.IsHeard ? WordsOf(Operations[done]) : "";
                context.Cancellation.ThrowIfCancellationRequested();
                if (words.Length > 0)
                    context.Verbose?.Invoke(words);
                context.BeforeStep?.Invoke(done, words);
                Operations[done].Apply(effects);
            }
            // The last moment: what is recorded stays.
            context.Cancellation.ThrowIfCancellationRequested();
            context.BeforeStep?.Invoke(done, "record");
            record();
            return new ChangeOutcome([], null, Undone: true);
        }
        catch (Exception failure)
        {
            IReadOnlyList<Problem> problems = ErrorMap.ToProblems(failure, done < Operations.Count ? TryWordsOf(Operations[done]) : null);
            // The operation that failed may have done half of its work, so it is undone too.
            Problem[] left =
            [
                .. Enumerable
                    .Range(0, Math.Min(done + 1, Operations.Count))
                    .Reverse()
                    .SelectMany(number => TryUndo(number, effects, context)),
            ];
            return new ChangeOutcome([.. problems, .. left], failure, Undone: left.Length == 0);
        }
    }

    private IReadOnlyList<Problem> TryUndo(int number, Effects effects, ChangeContext context)
    {
        if (Operations[number].IsCovered)
            return [];
        try
        {
            context.BeforeUndo?.Invoke(number);
            Operations[number].Undo(effects);
            return [];
        }
        catch (Exception failure)
        {
            return ErrorMap.ToProblems(failure, $"undo of: {TryWordsOf(Operations[number])}");
        }
    }

    /// <summary>The words of one that failed: what could not be done may not be readable either.</summary>
    private static string TryWordsOf(Operation operation)
    {
        try
        {
            return WordsOf(operation);
        }
        catch (Exception failure) when (failure is BridgeNetException or NativeException or IOException)
        {
            return "rules";
        }
    }

    private static string WordsOf(Operation operation) => string.Join('\n', operation.Words());
}

/// <summary>The ids of rows that a change removes.</summary>
/// <param name="Endpoints">Of endpoints.</param>
/// <param name="Containers">Of containers.</param>
/// <param name="Networks">Of networks, in the order in which they can go.</param>
internal sealed record RemovedRows(IReadOnlyList<string> Endpoints, IReadOnlyList<string> Containers, IReadOnlyList<string> Networks)
{
    /// <summary>Removes them, endpoints first: these refer to the others.</summary>
    public void DeleteFrom(IStateTransaction state)
    {
        foreach (string id in Endpoints)
            state.DeleteEndpoint(id);
        foreach (string id in Containers)
            state.DeleteContainer(id);
        foreach (string id in Networks)
            state.DeleteNetwork(id);
    }
}

/// <summary>What came of a change.</summary>
/// <param name="Problems">Why it failed, and what could not be undone; empty when it was made.</param>
/// <param name="Cause">The first failure.</param>
/// <param name="Undone">Whether nothing half-done is left.</param>
internal sealed record ChangeOutcome(IReadOnlyList<Problem> Problems, Exception? Cause, bool Undone);
