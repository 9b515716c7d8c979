using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Engine;

/// <summary>Turns what the layers below throw into problems with an id and a sentence.</summary>
internal static class ErrorMap
{
    public static IReadOnlyList<Problem> ToProblems(Exception failure, string? step)
    {
        // A change of many objects has as many lines; the first says what it was.
        string[] lines = step?.Split('\n') ?? [];
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
                [new(ErrorIds.OperationStopped, ProblemCategory.OperationStopped, $"Stopped by the user; what was done has been undone{during}.")],
            NetlinkException { Errno: var errno } when errno == EPERM || errno == EACCES => [Denied(failure, during)],
            NativeException { Errno: var errno } when errno == EPERM || errno == EACCES => [Denied(failure, during)],
            UnauthorizedAccessException => [Denied(failure, during)],
            NetlinkException => [new(ErrorIds.NetlinkFailed, ProblemCategory.ResourceUnavailable, $"The kernel refused: {failure.Message}{during}.")],
            NativeException => [new(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, $"The kernel refused: {failure.Message}{during}.")],
            IOException => [new(ErrorIds.StateUnusable, ProblemCategory.ResourceUnavailable, $"A file could not be used: {failure.Message}{during}.")],
            _ => [new("Unexpected", ProblemCategory.InvalidOperation, $"{failure.GetType().Name}: {failure.Message}{during}.")],
        };
    }

    private static Problem Denied(Exception failure, string during) => new(
        ErrorIds.PermissionDenied,
        ProblemCategory.PermissionDenied,
        $"Not permitted: {failure.Message}{during}. Networks need CAP_NET_ADMIN and namespaces CAP_SYS_ADMIN: run as root, or inside 'unshare --user --map-root-user --net --mount'.");
}
