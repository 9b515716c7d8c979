using BridgeNet.Native;

namespace BridgeNet.State;

/// <summary>Who has the write lock: a byte of <c>state.db-shm</c> (SQLite's WAL_WRITE_LOCK), which the kernel lists in <c>/proc/locks</c>.</summary>
internal static class StateLockOwner
{
    private const int WriteLock = 120;

    /// <summary>The process and its name, such as <c>1234 (pwsh)</c>; null where the kernel does not say, as of another pid namespace.</summary>
    public static string? Find(string directory) => FileLocks.Holder(Path.Combine(directory, "state.db-shm"), WriteLock);
}
