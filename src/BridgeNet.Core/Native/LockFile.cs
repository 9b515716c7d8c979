using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// An exclusive file lock (flock(2)). The kernel releases it when the open file is closed, at the latest when the process ends, in whatever
/// way.
/// </summary>
/// <remarks>It does not use .NET's FileStream, which takes a lock of this kind itself on every file that it opens.</remarks>
internal static unsafe partial class LockFile
{
    // fcntl.h
    private const int LOCK_EX = 2,
        LOCK_NB = 4;

    /// <summary>Opens the file, and creates it for its owner alone if it does not exist. A symbolic link is refused.</summary>
    public static SafeFileHandle Open(string path)
    {
        fixed (byte* bytes = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
            return new SafeFileHandle(
                NativeException.Check($"open {path}", open(bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, (mode_t)0b110_000_000)),
                ownsHandle: true
            );
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <exception cref="NativeException">The file system does not support locks.</exception>
    public static bool TryTake(SafeFileHandle file)
    {
        if (Lock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        int code = Marshal.GetLastPInvokeError();
        return code == EWOULDBLOCK || code == EINTR ? false : throw new NativeException("flock", code);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
