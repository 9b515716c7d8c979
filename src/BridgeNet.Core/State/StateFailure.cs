using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>Translates errors of SQLite to problems with an id and advice.</summary>
internal static class StateFailure
{
    private const int Busy = 5,
        Locked = 6,
        ReadOnly = 8,
        Io = 10,
        Full = 13,
        CannotOpen = 14; // sqlite3.h

    /// <summary>The byte of <c>state.db-shm</c> that a writer locks (SQLite's WAL_WRITE_LOCK).</summary>
    private const int WriteLock = 120;

    public static bool IsBusy(SqliteException failure) => failure.SqliteErrorCode is Busy or Locked;

    public static Problem ToProblem(SqliteException failure) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.ResourceUnavailable,
            failure.SqliteErrorCode switch
            {
                Full => "The state cannot be written: its disk is full, and nothing was changed. Free disk space, then try again.",
                ReadOnly =>
                    "The state cannot be written: its directory is read-only, and nothing was changed. Mount it writable, or set BRIDGENET_STATE to another directory.",
                Io => $"The state's disk failed: {failure.Message}. Nothing was changed.",
                _ => $"The state cannot be used: {failure.Message}.",
            }
        );

    /// <summary>The problem of a state that cannot be opened. Replacing the file is advised only if the file itself is damaged.</summary>
    public static Problem ToProblem(SqliteException failure, string path) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.ResourceUnavailable,
            failure.SqliteErrorCode switch
            {
                Full or ReadOnly or Io or CannotOpen =>
                    $"The state {path} cannot be opened to write: {failure.Message} Its disk may be full or read-only: free disk space, mount it writable, or set BRIDGENET_STATE to another directory.",
                _ =>
                    $"The state {path} cannot be used: {failure.Message} Move it away to start with an empty state, or set BRIDGENET_STATE to another directory.",
            },
            path
        );

    /// <summary>The problem of another program, such as a database tool, that blocks the state for too long.</summary>
    public static BridgeNetException ToBusy(string directory, TimeSpan waited, SqliteException failure)
    {
        string path = Path.Combine(directory, "state.db-shm");
        string holder = FileLocks.Holder(path, WriteLock) is { } process ? $"process {process}" : "another process";
        return new BridgeNetException(
            ErrorIds.StateBusy,
            ProblemCategory.ResourceBusy,
            $"Timed out after {waited.TotalSeconds:0} s: {holder} holds the database of the state, and the change was rolled back. Try again when that process has ended.",
            directory,
            failure
        );
    }
}
