using System.Diagnostics;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;

namespace BridgeNet.State;

/// <summary>
/// The host lock, the right to change networks: a lock (flock(2)) of the file <c>lock</c> beside the state. One command holds it at a time,
/// and the kernel releases it when its process ends, in whatever way. Values that are read under the lock stay valid until it is released.
/// Readers do not need it.
/// </summary>
internal sealed class HostLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private HostLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits for the lock until a timeout.</summary>
    /// <param name="directory">The state directory; its trust was checked before.</param>
    /// <param name="patience">The timeout.</param>
    /// <param name="stopped">Stops the waiting.</param>
    /// <exception cref="BridgeNetException">StateBusy: another process held the lock until the timeout.</exception>
    /// <exception cref="NativeException">The file system does not support locks.</exception>
    public static HostLock Take(string directory, TimeSpan patience, CancellationToken stopped)
    {
        string path = Path.Combine(directory, "lock");
        StateTrust.RequireFile(path);
        for (long start = Stopwatch.GetTimestamp(); ; )
        {
            SafeFileHandle file = LockFile.Open(path);
            try
            {
                for (; !LockFile.TryTake(file); stopped.WaitHandle.WaitOne(Random.Shared.Next(1, 4)))
                {
                    stopped.ThrowIfCancellationRequested();
                    if (Stopwatch.GetElapsedTime(start) is var waited && waited >= patience)
                        throw ToBusy(directory, path, waited);
                }
                stopped.ThrowIfCancellationRequested();
                // If the file was removed during the wait, other processes lock a new file, so open it again.
                if (FileStatus.Of(file).Names > 0)
                    return new HostLock(file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
            file.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static BridgeNetException ToBusy(string directory, string path, TimeSpan waited)
    {
        string holder = FileLocks.Holder(path) is { } process ? $"process {process}" : "another process";
        return new BridgeNetException(
            ErrorIds.StateBusy,
            ProblemCategory.ResourceBusy,
            $"Timed out after {waited.TotalSeconds:0} s: {holder} holds the state lock, and nothing was changed. Try again when it has ended; if it hangs, end it: the next change rolls back its unfinished change.",
            directory
        );
    }
}
