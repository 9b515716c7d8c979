using System.Management.Automation;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>What all cmdlets share: the engine of the session's network namespace, Ctrl+C, and errors per item.</summary>
public abstract class BridgeNetCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private protected CancellationToken Cancellation => _stop.Token;

    private protected ChangeContext Context => new()
    {
        Verbose = step =>
        {
            foreach (string line in step.Split('\n'))
                WriteVerbose(line);
        },
        Cancellation = _stop.Token,
    };

    private protected static BridgeNetEngine Engine => BridgeNetEngine.Current();

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
        catch (BridgeNetException refused)
        {
            foreach (Problem problem in refused.Problems)
                WriteError(ToErrorRecord(problem, target, refused));
            return false;
        }
    }

    /// <summary>Asks the user (<c>-Confirm</c>) or, under <c>-WhatIf</c>, prints the plan; false when nothing is to be done.</summary>
    /// <param name="target">The object, in words.</param>
    /// <param name="action">What is done to it.</param>
    /// <param name="plan">The steps in words; made only when they are shown.</param>
    private protected bool Confirmed(string target, string action, Func<IReadOnlyList<string>> plan)
    {
        if (!MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? asked) && !IsWhatIfPreferred())
            return ShouldProcess(target, action);
        if (asked is SwitchParameter { IsPresent: false })
            return ShouldProcess(target, action);
        // The plan refuses what the real thing would refuse, so a dry run tells the truth.
        string steps = string.Concat(plan().SelectMany(words => words.Split('\n')).Select(words => $"\n  {words}"));
        return ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\":{steps}", $"{action} {target}?", action);
    }

    private bool IsWhatIfPreferred() => LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private protected static bool HasWildcard(string name) => WildcardPattern.ContainsWildcardCharacters(name);

    /// <summary>Items by names with wildcards: an exact name that is not there is an error, a wildcard that matches nothing is not.</summary>
    private protected void WriteMatches<T>(string[]? names, IReadOnlyList<T> all, Func<T, string> nameOf, Func<string, T> find)
    {
        if (names is null)
        {
            WriteObject(all, enumerateCollection: true);
            return;
        }
        foreach (string name in names)
        {
            if (HasWildcard(name))
            {
                WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
                WriteObject(all.Where(item => pattern.IsMatch(nameOf(item))), enumerateCollection: true);
            }
            else
            {
                Try(name, () =>
                {
                    string found = nameOf(find(name));
                    WriteObject(all.First(item => nameOf(item) == found));
                });
            }
        }
    }

    private static ErrorRecord ToErrorRecord(Problem problem, object? target, BridgeNetException refused) =>
        new(new BridgeNetException([problem], refused), problem.ErrorId,
            Enum.TryParse(problem.Category.ToString(), out ErrorCategory category) ? category : ErrorCategory.NotSpecified,
            problem.Target ?? target);
}
