using System.Management.Automation;
using System.Runtime.ExceptionServices;
using BridgeNet.Binding;
using BridgeNet.Changes;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>What all cmdlets share: the engine of the session's network namespace, Ctrl+C, and errors per item.</summary>
public abstract class BridgeNetCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private HashSet<string> _typed = [];

    private protected CancellationToken Cancellation => _stop.Token;

    private protected ChangeContext Context =>
        new()
        {
            Verbose = IsWanted("Verbose", "VerbosePreference") ? WriteVerboseLines : null,
            Debug = IsWanted("Debug", "DebugPreference") ? WriteDebug : null,
            Warning = WriteWarning,
            Cancellation = _stop.Token,
        };

    private protected static Session Engine => WarmSessions.Current();

    private protected static Lookup Lookup => new(Engine);

    /// <summary>Remembers which parameters were typed; PowerShell binds pipeline input after this.</summary>
    protected override void BeginProcessing() => _typed = [.. MyInvocation.BoundParameters.Keys];

    /// <summary>
    /// Whether neither the parameter nor pipeline input was given; an empty pipeline counts as input. Only then the command is about all
    /// objects.
    /// </summary>
    private protected bool NothingGiven(string parameter) => !IsTyped(parameter) && !MyInvocation.ExpectingInput;

    /// <summary>Ctrl+C: undoes the running change.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work for one item; each problem becomes a non-terminating error.</summary>
    private protected bool Try(object? target, Action work)
    {
        try
        {
            work();
            return true;
        }
        // PowerShell's own exceptions come from writing output: Select-Object -First has enough, a script block down the pipeline threw,
        // -ErrorAction Stop. The unfinished change has been undone; the exception is rethrown.
        catch (BridgeNetException interrupted) when (interrupted.InnerException?.GetType().Assembly == typeof(PSObject).Assembly)
        {
            ExceptionDispatchInfo.Throw(interrupted.InnerException);
            return false;
        }
        catch (BridgeNetException refused)
        {
            WriteProblems(refused.Problems, target, refused);
            return false;
        }
        // A failed item does not end the pipeline; an exception of PowerShell does.
        catch (Exception failure) when (failure.GetType().Assembly != typeof(PSObject).Assembly)
        {
            WriteProblems(ErrorMap.ToProblems(failure, null), target);
            return false;
        }
    }

    /// <summary>Problems as non-terminating errors, one each.</summary>
    private protected void WriteProblems(IReadOnlyList<Problem> problems, object? target = null, BridgeNetException? refused = null)
    {
        foreach (Problem problem in problems)
            WriteError(ToErrorRecord(problem, target, refused));
    }

    /// <summary>Asks the user (<c>-Confirm</c>) or, under <c>-WhatIf</c>, prints the plan; false when the change must not run.</summary>
    /// <param name="target">The object, as text.</param>
    /// <param name="action">The action on it.</param>
    /// <param name="plan">The steps as text; computed only when they are shown.</param>
    /// <param name="force">Do not ask.</param>
    private protected bool Confirmed(string target, string action, Func<IReadOnlyList<string>> plan, bool force = false)
    {
        bool dryRun = MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? asked)
            ? asked is SwitchParameter { IsPresent: true }
            : IsWhatIfPreferred();
        if (!dryRun)
            return (force && !MyInvocation.BoundParameters.ContainsKey("Confirm")) || ShouldProcess(target, action);
        // The plan is refused for the same reasons as the change, so a dry run is accurate.
        string steps = string.Concat(plan().SelectMany(words => words.Split('\n')).Select(words => $"\n  {words}"));
        return ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\":{steps}", $"{action} {target}?", action);
    }

    private void WriteVerboseLines(string step)
    {
        foreach (string line in step.Split('\n'))
            WriteVerbose(line);
    }

    // The text of steps and bytes is computed only where it is shown.
    private bool IsWanted(string parameter, string variable) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? asked)
            ? asked is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.TryConvertTo(GetVariableValue(variable), out ActionPreference preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private bool IsWhatIfPreferred() => LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>The texts without the empty ones, which come from empty cells of a CSV file.</summary>
    private protected static string[] NonEmpty(string?[]? values) =>
        [.. (values ?? []).OfType<string>().Where(static value => value.Length > 0)];

    /// <summary>The text; null for an empty one, which comes from an empty cell of a CSV file.</summary>
    private protected static string? NullIfEmpty(string? value) => value is { Length: > 0 } ? value : null;

    /// <summary>Handles each object by itself: a refused one does not stop the others.</summary>
    private protected void ForEach(IEnumerable<PSObject?>? given, Action<GivenObject> work)
    {
        List<GivenObject> read = [];
        Try(null, () => read.AddRange(GivenObject.Read(given)));
        foreach (GivenObject item in read)
            Try(item.Text, () => work(item));
    }

    /// <inheritdoc cref="ForEach(IEnumerable{PSObject?}?, Action{GivenObject})"/>
    private protected void ForEach<T>(IEnumerable<PSObject?>? given, Func<GivenObject, IEnumerable<T>> find, Action<T> found) =>
        ForEach(
            given,
            item =>
            {
                foreach (T each in find(item))
                    found(each);
            }
        );

    /// <summary>Refuses an object as an argument: PowerShell binds its properties to parameters only from the pipeline.</summary>
    private protected void RefuseArgument(GivenObject given, string parameter)
    {
        if (given.Noun != Noun.Text && IsTyped(parameter))
        {
            throw new BridgeNetException(
                ErrorIds.WrongObject,
                ProblemCategory.InvalidArgument,
                $"As an argument, only the name of '{given}' is read; pipe it to use all its properties, or give a text.",
                given.Text
            );
        }
    }

    /// <summary>Whether a parameter was typed, and not bound from the pipeline.</summary>
    private protected bool IsTyped(string parameter) => _typed.Contains(parameter);

    private static ErrorRecord ToErrorRecord(Problem problem, object? target, BridgeNetException? refused)
    {
        ErrorRecord record = new(
            new BridgeNetException([problem], refused),
            problem.ErrorId,
            Enum.TryParse(problem.Category.ToString(), out ErrorCategory category) ? category : ErrorCategory.NotSpecified,
            problem.Target ?? target
        );
        if (RecommendedActions.For(problem) is { } command)
            record.ErrorDetails = new(problem.Message) { RecommendedAction = command };
        return record;
    }
}
