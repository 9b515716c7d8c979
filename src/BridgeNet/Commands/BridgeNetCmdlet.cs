using System.Management.Automation;
using System.Runtime.ExceptionServices;
using BridgeNet.Binding;
using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Services;

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

    private protected static Session Engine => Session.Current();

    private protected static Lookup Lookup => new(Engine);

    /// <summary>Remembers what was typed: what the pipeline brings is bound after this.</summary>
    protected override void BeginProcessing() => _typed = [.. MyInvocation.BoundParameters.Keys];

    /// <summary>Whether nothing was given, not even a pipeline that turned out to be empty: only then are all meant.</summary>
    private protected bool NothingGiven(string parameter) => !IsTyped(parameter) && !MyInvocation.ExpectingInput;

    /// <summary>Ctrl+C: the change under way is undone.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work for one item; its problems become non-terminating errors, one each.</summary>
    private protected bool Try(object? target, Action work)
    {
        try
        {
            work();
            return true;
        }
        // PowerShell's own came from writing: Select-Object -First has enough, a script block down the pipeline threw,
        // -ErrorAction Stop. What was begun has been undone; the rest is for whom it was thrown.
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
        // One item is no reason to end a pipeline; what PowerShell throws is.
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

    /// <summary>Asks the user (<c>-Confirm</c>) or, under <c>-WhatIf</c>, prints the plan; false when nothing is to be done.</summary>
    /// <param name="target">The object, in words.</param>
    /// <param name="action">What is done to it.</param>
    /// <param name="plan">The steps in words; made only when they are shown.</param>
    /// <param name="force">Do not ask.</param>
    private protected bool Confirmed(string target, string action, Func<IReadOnlyList<string>> plan, bool force = false)
    {
        bool dryRun = MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? asked)
            ? asked is SwitchParameter { IsPresent: true }
            : IsWhatIfPreferred();
        if (!dryRun)
            return (force && !MyInvocation.BoundParameters.ContainsKey("Confirm")) || ShouldProcess(target, action);
        // The plan refuses what the real thing would refuse, so a dry run is true.
        string steps = string.Concat(plan().SelectMany(words => words.Split('\n')).Select(words => $"\n  {words}"));
        return ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\":{steps}", $"{action} {target}?", action);
    }

    private void WriteVerboseLines(string step)
    {
        foreach (string line in step.Split('\n'))
            WriteVerbose(line);
    }

    // Words are found, and bytes put into words, only where they are shown.
    private bool IsWanted(string parameter, string variable) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? asked)
            ? asked is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.TryConvertTo(GetVariableValue(variable), out ActionPreference preference)
                && preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private bool IsWhatIfPreferred() => LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>What was given; an empty text, as in an empty cell of a CSV file, is nothing.</summary>
    private protected static string[] Given(string?[]? values) =>
        [.. (values ?? []).OfType<string>().Where(static value => value.Length > 0)];

    /// <inheritdoc cref="Given(string?[])"/>
    private protected static string? Given(string? value) => value is { Length: > 0 } ? value : null;

    /// <summary>Each of what was given, by itself: one that is refused does not keep the others.</summary>
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

    /// <summary>An object whose columns say what to create, and of which PowerShell binds none because it did not come from the pipeline.</summary>
    private protected void RefuseArgument(GivenObject given, string parameter)
    {
        if (given.Noun != Noun.Text && IsTyped(parameter))
        {
            throw new BridgeNetException(
                ErrorIds.WrongObject,
                ProblemCategory.InvalidArgument,
                $"Of '{given}' only the name would be read here; pipe it, so that all of it counts, or give a text.",
                given.Text
            );
        }
    }

    /// <summary>Whether a parameter was typed, and not bound from the pipeline.</summary>
    private protected bool IsTyped(string parameter) => _typed.Contains(parameter);

    private static ErrorRecord ToErrorRecord(Problem problem, object? target, BridgeNetException? refused) =>
        new(
            new BridgeNetException([problem], refused),
            problem.ErrorId,
            Enum.TryParse(problem.Category.ToString(), out ErrorCategory category) ? category : ErrorCategory.NotSpecified,
            problem.Target ?? target
        );
}
