using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>A change as a list of operations in order, planned before anything is changed.</summary>
/// <param name="Operations">The operations, in order.</param>
internal sealed record Change(IReadOnlyList<Operation> Operations)
{
    /// <summary>The removed rows. If the process of a removal dies, the removal is completed instead of undone.</summary>
    public RemovedRows? Removes { get; init; }

    /// <summary>Whether it changes rules, so that the current backend has them afterwards.</summary>
    public bool ChangesRules => Operations.Any(static operation => operation is ChangeRules or RemoveWithRules or MoveRules);

    /// <summary>The operations to store in the journal.</summary>
    public IReadOnlyList<Operation> ToUndo() =>
        [.. Operations.Where(operation => !operation.IsCovered && (Removes is not null || operation.Stage != Stage.Aftermath))];

    /// <summary>The commands of the operations, for <c>-WhatIf</c>; the lines of one operation are one item.</summary>
    public IReadOnlyList<string> Describe() => [.. Operations.Select(WordsOf).Where(static words => words.Length > 0)];

    /// <summary>
    /// Applies all operations and then <paramref name="record"/>, or nothing: after a failure, the applied operations are undone in reverse
    /// order, and the undo continues after errors.
    /// </summary>
    public ChangeOutcome Apply(Effects effects, ChangeContext context, Action record)
    {
        int done = 0;
        try
        {
            for (; done < Operations.Count; done++)
            {
                string words = context.NeedsCommands ? WordsOf(Operations[done]) : "";
                context.Cancellation.ThrowIfCancellationRequested();
                if (words.Length > 0)
                    context.Verbose?.Invoke(words);
                context.BeforeStep?.Invoke(done, words);
                Operations[done].Apply(effects);
            }
            // The last chance to stop: a recorded change stays.
            context.Cancellation.ThrowIfCancellationRequested();
            context.BeforeStep?.Invoke(done, "record");
            record();
            return new ChangeOutcome([], null, Undone: true);
        }
        catch (Exception failure)
        {
            IReadOnlyList<Problem> problems = ErrorMap.ToProblems(failure, done < Operations.Count ? TryWordsOf(Operations[done]) : null);
            // The failed operation may be half done, so it is undone, too.
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

    /// <summary>The commands of a failed operation: whatever made it fail may also prevent reading them.</summary>
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
/// <param name="Endpoints">The ids of endpoints.</param>
/// <param name="Containers">The ids of containers.</param>
/// <param name="Networks">The ids of networks, in the order of their removal.</param>
internal sealed record RemovedRows(IReadOnlyList<string> Endpoints, IReadOnlyList<string> Containers, IReadOnlyList<string> Networks)
{
    /// <summary>Removes the rows, endpoints first, because they refer to the others.</summary>
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

/// <summary>The result of a change.</summary>
/// <param name="Problems">Why it failed, and what could not be undone; empty if it succeeded.</param>
/// <param name="Cause">The first failure.</param>
/// <param name="Undone">Whether nothing is left half done.</param>
internal sealed record ChangeOutcome(IReadOnlyList<Problem> Problems, Exception? Cause, bool Undone);
