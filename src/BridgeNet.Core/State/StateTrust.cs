using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.State;

/// <summary>What another user could change or replace would let that user decide about root's network.</summary>
internal static class StateTrust
{
    /// <summary>Accepts a path that does not exist, or that belongs to root or to us and that not every user can write.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError.</exception>
    public static void Require(string path)
    {
        if (FileStatus.Of(path) is not { } status)
            return;
        string? reason = status switch
        {
            { IsLink: true } => "is a symbolic link",
            { IsOpen: true } => "can be written by every user",
            { Owner: not 0 } when status.Owner != FileStatus.Self => $"belongs to user {status.Owner}",
            _ => null,
        };
        if (reason is not null)
        {
            throw new BridgeNetException(ErrorIds.StateUnusable, ProblemCategory.SecurityError,
                $"The state {path} {reason}, so it is not trusted; remove it, or name a directory of your own in BRIDGENET_STATE.", path);
        }
    }
}
