namespace BridgeNet.Model;

/// <summary>What kind of problem it is; the cmdlets map it to PowerShell's <c>ErrorCategory</c> of the same name.</summary>
public enum ProblemCategory
{
    /// <summary>A value that cannot be right.</summary>
    InvalidArgument,

    /// <summary>A document that is not what it should be.</summary>
    InvalidData,

    /// <summary>The name or the resource is taken.</summary>
    ResourceExists,

    /// <summary>Something else uses it.</summary>
    ResourceBusy,

    /// <summary>There is no such object.</summary>
    ObjectNotFound,

    /// <summary>Not possible in this state, or not with this object.</summary>
    InvalidOperation,

    /// <summary>Nothing is left to give.</summary>
    LimitsExceeded,

    /// <summary>A capability is missing.</summary>
    PermissionDenied,

    /// <summary>Others could have a hand in it.</summary>
    SecurityError,

    /// <summary>The kernel refused, or a file could not be used.</summary>
    ResourceUnavailable,

    /// <summary>The machine cannot do this.</summary>
    NotImplemented,

    /// <summary>The user stopped it.</summary>
    OperationStopped,
}

/// <summary>One thing wrong with a request.</summary>
/// <param name="ErrorId">Stable id, one of <see cref="ErrorIds"/>.</param>
/// <param name="Category">The kind.</param>
/// <param name="Message">A sentence that says what is wrong and what to do.</param>
/// <param name="Target">The object it is about, usually a name.</param>
public sealed record Problem(string ErrorId, ProblemCategory Category, string Message, object? Target = null);

/// <summary>A request was refused or failed; carries every problem found, not just the first.</summary>
public sealed class BridgeNetException : Exception
{
    /// <summary>Makes one of several problems found together.</summary>
    public BridgeNetException(IReadOnlyList<Problem> problems, Exception? inner = null)
        : base(string.Join(' ', problems.Select(problem => problem.Message)), inner) => Problems = problems;

    /// <summary>Makes one of a single problem.</summary>
    public BridgeNetException(string errorId, ProblemCategory category, string message, object? target = null, Exception? inner = null)
        : this([new Problem(errorId, category, message, target)], inner) { }

    /// <summary>All problems, at least one.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Whether something of a change could not be taken back.</summary>
    internal bool LeftSomething { get; init; }
}
