using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>A lock of a file that one open file has at a time (flock(2)). The kernel frees it when that is closed, as at the latest when its process dies, however it does.</summary>
/// <remarks>Not by .NET's FileStream, which takes such a lock of its own on whatever it opens.</remarks>
internal static unsafe partial class LockFile
{
    // fcntl.h
    private const int LOCK_EX = 2,
        LOCK_NB = 4;

    /// <summary>Opens the file, which is made for its owner alone where it is not there. A symbolic link is none.</summary>
    public static SafeFileHandle Open(string path)
    {
        fixed (byte* bytes = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
            return new SafeFileHandle(
                NativeException.Check($"open {path}", open(bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, (mode_t)0b110_000_000)),
                ownsHandle: true
            );
    }

    /// <summary>Takes the lock where nobody else has it.</summary>
    /// <exception cref="NativeException">The file system has no locks.</exception>
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
