using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>What SQLite says, as a problem with an id and a sentence that says what to do.</summary>
internal static class StateFailure
{
    private const int Busy = 5,
        Locked = 6,
        ReadOnly = 8,
        Io = 10,
        Full = 13,
        CannotOpen = 14; // sqlite3.h

    /// <summary>The byte of <c>state.db-shm</c> that whoever writes has locked (SQLite's WAL_WRITE_LOCK).</summary>
    private const int WriteLock = 120;

    public static bool IsBusy(SqliteException failure) => failure.SqliteErrorCode is Busy or Locked;

    public static Problem ToProblem(SqliteException failure) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.ResourceUnavailable,
            failure.SqliteErrorCode switch
            {
                Full => "The state cannot be written, for its disk is full; nothing was changed. Make room, then try again.",
                ReadOnly =>
                    "The state cannot be written, for its directory is read-only; nothing was changed. Mount it writable, or name another directory in BRIDGENET_STATE.",
                Io => $"The state's disk failed: {failure.Message}. Nothing was changed.",
                _ => $"The state cannot be used: {failure.Message}.",
            }
        );

    /// <summary>Of a state that cannot be opened. Only what is wrong with the file itself is repaired by another file.</summary>
    public static Problem ToProblem(SqliteException failure, string path) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.ResourceUnavailable,
            failure.SqliteErrorCode switch
            {
                Full or ReadOnly or Io or CannotOpen =>
                    $"The state {path} cannot be opened to write: {failure.Message} Its disk may be full or read-only: make room, mount it writable, or name another directory in BRIDGENET_STATE.",
                _ =>
                    $"The state {path} cannot be used: {failure.Message} Move it away to begin anew, or name another directory in BRIDGENET_STATE.",
            },
            path
        );

    /// <summary>Another program, such as a database tool, has been writing to the state for too long.</summary>
    public static BridgeNetException ToBusy(string directory, TimeSpan waited, SqliteException failure)
    {
        string path = Path.Combine(directory, "state.db-shm");
        string holder = FileLocks.Holder(path, WriteLock) is { } process ? $"process {process}" : "another process";
        return new BridgeNetException(
            ErrorIds.StateBusy,
            ProblemCategory.ResourceBusy,
            $"This command waited {waited.TotalSeconds:0} s to write the state, which {holder} writes; what it had done was taken back. Try again when that has ended.",
            directory,
            failure
        );
    }
}
