using BridgeNet.Model;

namespace BridgeNet.Engine;

/// <summary>A change as plain steps: what to do in which order, planned before anything is touched.</summary>
/// <param name="Intent">What the journal has to know to undo or finish it after a crash.</param>
/// <param name="Steps">The effects on the kernel, in order.</param>
internal sealed record Change(Intent Intent, IReadOnlyList<Step> Steps)
{
    /// <summary>The steps in words, for <c>-WhatIf</c>.</summary>
    public IReadOnlyList<string> Describe() => [.. Steps.Select(step => step.Words)];

    /// <summary>Does all steps, or none: a failure undoes those done, backwards, going on past errors.</summary>
    /// <exception cref="BridgeNetException">A step failed; the problems of undoing are reported with it.</exception>
    public void Apply(ChangeContext context)
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
        }
        catch (Exception failure)
        {
            List<Problem> problems = [.. ErrorMap.ToProblems(failure, done < Steps.Count ? Steps[done].Words : null)];
            // The step that failed may have done half of its work, so its undo runs too.
            for (int i = Math.Min(done, Steps.Count - 1); i >= 0; i--)
                problems.AddRange(TryUndo(Steps[i]));
            throw new BridgeNetException(problems, failure);
        }
    }

    private static IEnumerable<Problem> TryUndo(Step step)
    {
        try
        {
            step.Undo?.Invoke();
            return [];
        }
        catch (Exception failure)
        {
            return ErrorMap.ToProblems(failure, $"undo of: {step.Words}");
        }
    }
}
