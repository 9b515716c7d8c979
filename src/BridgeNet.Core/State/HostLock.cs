using System.Diagnostics;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;

namespace BridgeNet.State;

/// <summary>
/// The right to change networks, which one command at a time has: a lock of the file <c>lock</c> beside the state (flock(2)), which the kernel
/// frees when its process dies, however it does. What is read and chosen under it is still so when it is done. Who only reads does not need it.
/// </summary>
internal sealed class HostLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private HostLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits for those before it, but not for ever.</summary>
    /// <param name="directory">The state directory, whose trust is checked already.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="stopped">Stops the waiting.</param>
    /// <exception cref="BridgeNetException">StateBusy: another process has had it for too long.</exception>
    /// <exception cref="NativeException">The file system has no locks.</exception>
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
                // Somebody removed it while we waited: who comes now takes another.
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
            $"This command waited {waited.TotalSeconds:0} s for its turn to change networks, which {holder} has, and did nothing. Try again when that has ended; if it hangs, end it: the next command takes back what it began.",
            directory
        );
    }
}
