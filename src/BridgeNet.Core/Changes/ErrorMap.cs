using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.State;
using Microsoft.Data.Sqlite;
using static Tmds.Linux.LibC;

namespace BridgeNet.Changes;

/// <summary>Translates exceptions of the layers below to problems with an id and a message.</summary>
internal static class ErrorMap
{
    /// <summary>Runs work, and translates its exceptions.</summary>
    public static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (BridgeNetException)
        {
            throw;
        }
        catch (Exception failure)
        {
            throw new BridgeNetException(ToProblems(failure, null), failure);
        }
    }

    public static IReadOnlyList<Problem> ToProblems(Exception failure, string? step)
    {
        // The commands of a change with many objects have many lines; the first one shows what failed.
        string[] lines = string.IsNullOrEmpty(step) ? [] : step.Split('\n');
        string during = lines.Length switch
        {
            0 => "",
            1 => $" (at: {step})",
            _ => $" (at: {lines[0]} and {lines.Length - 1} more)",
        };
        return failure switch
        {
            BridgeNetException known => known.Problems,
            OperationCanceledException =>
            [
                new(
                    ErrorIds.OperationStopped,
                    ProblemCategory.OperationStopped,
                    $"Stopped by the user; what was done has been undone{during}."
                ),
            ],
            NetlinkException { Errno: var errno } when errno == EPERM || errno == EACCES => [Denied(failure, during)],
            NativeException { Errno: var errno } when errno == EPERM || errno == EACCES => [Denied(failure, during)],
            UnauthorizedAccessException => [Denied(failure, during)],
            JsonException =>
            [
                new(
                    ErrorIds.StateUnusable,
                    ProblemCategory.ResourceUnavailable,
                    $"The state holds a document that cannot be read: {Sentence(failure)}{during}."
                ),
            ],
            NetlinkException =>
            [
                new(ErrorIds.NetlinkFailed, ProblemCategory.ResourceUnavailable, $"The kernel refused: {Sentence(failure)}{during}."),
            ],
            NativeException =>
            [
                new(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, $"The kernel refused: {Sentence(failure)}{during}."),
            ],
            SqliteException broken => [StateFailure.ToProblem(broken)],
            IOException =>
            [
                new(ErrorIds.StateUnusable, ProblemCategory.ResourceUnavailable, $"A file could not be used: {Sentence(failure)}{during}."),
            ],
            _ => [new(ErrorIds.Unexpected, ProblemCategory.InvalidOperation, $"{failure.GetType().Name}: {Sentence(failure)}{during}.")],
        };
    }

    /// <summary>The message of an exception without the full stop, because more text may follow.</summary>
    private static string Sentence(Exception failure) => failure.Message.TrimEnd('.');

    private static Problem Denied(Exception failure, string during) =>
        new(
            ErrorIds.PermissionDenied,
            ProblemCategory.PermissionDenied,
            $"Not permitted: {Sentence(failure)}{during}. Networks need CAP_NET_ADMIN and namespaces CAP_SYS_ADMIN: run as root, or inside 'unshare --user --map-root-user --net --mount'."
        );
}
