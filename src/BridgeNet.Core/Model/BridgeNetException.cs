namespace BridgeNet.Model;

/// <summary>The category of a problem; the cmdlets map it to PowerShell's <c>ErrorCategory</c> of the same name.</summary>
public enum ProblemCategory
{
    /// <summary>A value is invalid.</summary>
    InvalidArgument,

    /// <summary>A document is invalid.</summary>
    InvalidData,

    /// <summary>The name or resource already exists, or is in use.</summary>
    ResourceExists,

    /// <summary>Another object uses it.</summary>
    ResourceBusy,

    /// <summary>The object does not exist.</summary>
    ObjectNotFound,

    /// <summary>The operation is not possible in this state, or with this object.</summary>
    InvalidOperation,

    /// <summary>No free address, subnet or port is left.</summary>
    LimitsExceeded,

    /// <summary>A capability is missing.</summary>
    PermissionDenied,

    /// <summary>Another user could have changed a file.</summary>
    SecurityError,

    /// <summary>The kernel rejected the operation, or a file could not be used.</summary>
    ResourceUnavailable,

    /// <summary>The machine does not support it.</summary>
    NotImplemented,

    /// <summary>The user stopped the command.</summary>
    OperationStopped,
}

/// <summary>One problem of a request.</summary>
/// <param name="ErrorId">Stable id, one of <see cref="ErrorIds"/>.</param>
/// <param name="Category">The category.</param>
/// <param name="Message">A sentence that says what is wrong and what to do.</param>
/// <param name="Target">The object with the problem, usually a name.</param>
public sealed record Problem(string ErrorId, ProblemCategory Category, string Message, object? Target = null);

/// <summary>A request was refused or failed. The exception contains every problem found, not only the first.</summary>
public sealed class BridgeNetException : Exception
{
    /// <summary>Creates an exception with all problems of a request.</summary>
    public BridgeNetException(IReadOnlyList<Problem> problems)
        : this(problems, null) { }

    /// <summary>Creates an exception with all problems of a request, and with their cause.</summary>
    public BridgeNetException(IReadOnlyList<Problem> problems, Exception? inner)
        : base(string.Join(' ', problems.Select(problem => problem.Message)), inner) => Problems = problems;

    /// <summary>Creates an exception with one problem.</summary>
    public BridgeNetException(string errorId, ProblemCategory category, string message, object? target = null, Exception? inner = null)
        : this([new Problem(errorId, category, message, target)], inner) { }

    /// <summary>All problems, at least one.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Whether a part of the change could not be undone.</summary>
    internal bool IsPartlyApplied { get; init; }
}
