using BridgeNet.Model;

namespace BridgeNet.Changes;

/// <summary>A change as plain steps: what to do in which order, planned before anything is touched.</summary>
/// <param name="Intent">What the journal has to know to undo or finish it after a crash.</param>
/// <param name="Steps">The effects on the kernel, in order.</param>
internal sealed record Change(Intent Intent, IReadOnlyList<Step> Steps)
{
    /// <summary>The steps in words, for <c>-WhatIf</c>.</summary>
    public IReadOnlyList<string> Describe() => [.. Steps.Select(step => step.Words)];

    /// <summary>Does all steps and then <paramref name="record"/>, or nothing: a failure undoes what was done, backwards, going on past errors.</summary>
    public ChangeOutcome Apply(ChangeContext context, Action record)
    {
        int done = 0;
        try
        {
            for (; done < Steps.Count; done++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                context.Verbose(Steps[done].Words);
                context.BeforeStep?.Invoke(done, Steps[done].Words);
                Steps[done].Apply();
            }
            // The last moment: what is recorded stays.
            context.Cancellation.ThrowIfCancellationRequested();
            context.BeforeStep?.Invoke(done, "record");
            record();
            return new ChangeOutcome([], null, Undone: true);
        }
        catch (Exception failure)
        {
            IReadOnlyList<Problem> problems = ErrorMap.ToProblems(failure, done < Steps.Count ? Steps[done].Words : null);
            // The step that failed may have done half of its work, so its undo runs too.
            Problem[] left = [.. Enumerable.Range(0, Math.Min(done + 1, Steps.Count)).Reverse().SelectMany(step => TryUndo(step, context))];
            return new ChangeOutcome([.. problems, .. left], failure, Undone: left.Length == 0);
        }
        finally
        {
            foreach (Step step in Steps.Take(done + 1))
                step.End?.Invoke();
        }
    }

    private IReadOnlyList<Problem> TryUndo(int number, ChangeContext context)
    {
        if (Steps[number].Undo is not { } undo)
            return [];
        try
        {
            context.BeforeUndo?.Invoke(number);
            undo();
            return [];
        }
        catch (Exception failure)
        {
            return ErrorMap.ToProblems(failure, $"undo of: {Steps[number].Words}");
        }
    }
}

/// <summary>What came of a change.</summary>
/// <param name="Problems">Why it failed, and what could not be undone; empty when it was made.</param>
/// <param name="Cause">The first failure.</param>
/// <param name="Undone">Whether nothing half-done is left.</param>
internal sealed record ChangeOutcome(IReadOnlyList<Problem> Problems, Exception? Cause, bool Undone);
