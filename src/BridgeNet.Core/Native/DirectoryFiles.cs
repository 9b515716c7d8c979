using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// An open directory whose files are reached without following a symbolic link. .NET opens by path and follows: between a
/// check and the open, whoever can write to the directory could put a link there that leads to any file of the machine.
/// </summary>
internal sealed unsafe partial class DirectoryFiles : IDisposable
{
    private const uint KeepOther = 1; // linux/fs.h: RENAME_NOREPLACE

    private readonly SafeFileHandle _directory;

    private DirectoryFiles(SafeFileHandle directory) => _directory = directory;

    private int Descriptor => (int)_directory.DangerousGetHandle();

    /// <summary>Opens a directory; null where there is none. A symbolic link is refused (ENOTDIR), wherever it leads.</summary>
    public static DirectoryFiles? TryOpen(string path) => TryOpenDirectory(AT_FDCWD, path);

    /// <summary>Creates a directory and those above it that are missing, each of this mode; one that is there stays as it is.</summary>
    public static void CreateAll(string path, ushort mode)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { } parent)
            CreateAll(parent, mode);
        fixed (byte* bytes = Terminated(path))
        {
            if (mkdir(bytes, mode) != 0 && errno is var code && code != EEXIST)
                throw new NativeException($"mkdir {path}", code);
        }
    }

    /// <summary>Whose it is, and who may do what with it.</summary>
    public FileStatus Status => FileStatus.Of(_directory);

    /// <summary>Opens a directory in it; null where there is none. A symbolic link is refused (ENOTDIR), wherever it leads.</summary>
    public DirectoryFiles? TryOpenDirectory(string name) => TryOpenDirectory(Descriptor, name);

    /// <summary>Creates a directory in it, of this mode whatever the umask, and opens it; one that is there stays as it is.</summary>
    public DirectoryFiles CreateDirectory(string name, ushort mode)
    {
        bool created;
        fixed (byte* bytes = Terminated(name))
        {
            created = mkdirat(Descriptor, bytes, mode) == 0;
            if (!created && errno is var code && code != EEXIST)
                throw new NativeException($"mkdir {name}", code);
        }
        DirectoryFiles directory = TryOpenDirectory(name) ?? throw new NativeException($"open {name}", ENOENT);
        if (created)
            SetMode(directory._directory, mode);
        return directory;
    }

    /// <summary>Removes a directory in it; one with files in it stays, and one that is gone is what was wanted.</summary>
    public void RemoveDirectoryIfEmpty(string name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            if (
                unlinkat(Descriptor, bytes, AT_REMOVEDIR) != 0
                && errno is var code
                && code != ENOTEMPTY
                && code != EEXIST
                && code != ENOENT
            )
                throw new NativeException($"rmdir {name}", code);
        }
    }

    /// <summary>Gives what is in it another name, perhaps in another directory; false, and nothing done, where that name is taken.</summary>
    public bool TryMove(string name, DirectoryFiles target, string newName)
    {
        if (Rename(Descriptor, name, target.Descriptor, newName, KeepOther) == 0)
            return true;
        int code = Marshal.GetLastPInvokeError();
        return code == EEXIST ? false : throw new NativeException($"rename {name} to {newName}", code);
    }

    /// <summary>Opens a file to read; null where there is none. ELOOP for a symbolic link.</summary>
    public SafeFileHandle? TryOpenToRead(string name) => TryOpen(name, O_RDONLY);

    /// <summary>Opens a file to read and write; null where there is none. ELOOP for a symbolic link.</summary>
    public SafeFileHandle? TryOpenFile(string name) => TryOpen(name, O_RDWR);

    /// <summary>Makes a file that nobody may read or write yet.</summary>
    public SafeFileHandle CreateFile(string name)
    {
        fixed (byte* bytes = Terminated(name))
            return new(
                NativeException.Check($"create {name}", openat(Descriptor, bytes, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0)),
                ownsHandle: true
            );
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

    /// <summary>Sets the permission bits of an open file.</summary>
    public static void SetMode(SafeFileHandle file, ushort mode) =>
        NativeException.Check("chmod", fchmod((int)file.DangerousGetHandle(), mode));

    public void Dispose() => _directory.Dispose();

    private static DirectoryFiles? TryOpenDirectory(int directory, string name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            int descriptor = openat(directory, bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
            return descriptor < 0 && errno == ENOENT ? null : new(new(NativeException.Check($"open {name}", descriptor), ownsHandle: true));
        }
    }

    private SafeFileHandle? TryOpen(string name, int access)
    {
        fixed (byte* bytes = Terminated(name))
        {
            // Not blocking: a FIFO of that name must not hold us up.
            int descriptor = openat(Descriptor, bytes, access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
            return descriptor < 0 && errno == ENOENT ? null : new(NativeException.Check($"open {name}", descriptor), ownsHandle: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
