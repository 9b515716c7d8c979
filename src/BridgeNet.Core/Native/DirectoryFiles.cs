using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// An open directory whose files are reached without following a symbolic link. .NET opens by path and follows: between a
/// check and the open, whoever can write to the directory could put a link there that leads to any file of the machine.
/// </summary>
internal sealed unsafe class DirectoryFiles : IDisposable
{
    private const uint StatxType = 1, StatxMode = 2; // linux/stat.h

    private readonly SafeFileHandle _directory;

    private DirectoryFiles(SafeFileHandle directory) => _directory = directory;

    private int Descriptor => (int)_directory.DangerousGetHandle();

    /// <summary>Opens a directory; null where there is none. A symbolic link is refused (ENOTDIR), wherever it leads.</summary>
    public static DirectoryFiles? TryOpen(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            int descriptor = open(bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
            return descriptor < 0 && errno == ENOENT ? null : new(new(Syscalls.Check($"open {path}", descriptor), ownsHandle: true));
        }
    }

    /// <summary>Makes a directory of this mode, whatever the umask; one that is there stays as it is.</summary>
    public static void Create(string path, ushort mode)
    {
        fixed (byte* bytes = Terminated(path))
        {
            if (mkdir(bytes, mode) == 0)
                Syscalls.Check($"chmod {path}", chmod(bytes, mode));
            else if (errno is var code && code != EEXIST)
                throw new NativeException($"mkdir {path}", code);
        }
    }

    /// <summary>Removes a directory; one with files in it stays, and one that is gone is what was wanted.</summary>
    public static void RemoveIfEmpty(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            if (rmdir(bytes) != 0 && errno is var code && code != ENOTEMPTY && code != EEXIST && code != ENOENT)
                throw new NativeException($"rmdir {path}", code);
        }
    }

    /// <summary>Opens a file to read and write; null where there is none. ELOOP for a symbolic link.</summary>
    public SafeFileHandle? TryOpenFile(string name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            // Not blocking: a FIFO of that name must not hold us up.
            int descriptor = openat(Descriptor, bytes, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
            return descriptor < 0 && errno == ENOENT ? null : new(Syscalls.Check($"open {name}", descriptor), ownsHandle: true);
        }
    }

    /// <summary>Makes a file that nobody may read or write yet.</summary>
    public SafeFileHandle CreateFile(string name)
    {
        fixed (byte* bytes = Terminated(name))
            return new(Syscalls.Check($"create {name}", openat(Descriptor, bytes, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0)), ownsHandle: true);
    }

    /// <summary>Deletes a name; one that is gone is what was wanted.</summary>
    public void Delete(string name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            if (unlinkat(Descriptor, bytes, 0) != 0 && errno is var code && code != ENOENT)
                throw new NativeException($"unlink {name}", code);
        }
    }

    /// <summary>The permission bits of a regular file; null for a directory, a device, a FIFO or a socket.</summary>
    public static int? RegularMode(SafeFileHandle file)
    {
        byte empty = 0;
        Tmds.Linux.statx status;
        Syscalls.Check("statx", LibC.statx((int)file.DangerousGetHandle(), &empty, AT_EMPTY_PATH, StatxType | StatxMode, &status));
        return (status.stx_mode & 0xf000) == 0x8000 ? status.stx_mode & 0xfff : null; // S_IFMT, S_IFREG
    }

    /// <summary>Sets the permission bits of an open file.</summary>
    public static void SetMode(SafeFileHandle file, ushort mode) =>
        Syscalls.Check("chmod", fchmod((int)file.DangerousGetHandle(), mode));

    public void Dispose() => _directory.Dispose();

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
