using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// An open directory; its files are opened without following symbolic links. .NET opens by path and follows links: between a check and
/// the open, a user with write permission on the directory could create a link to any file of the machine.
/// </summary>
internal sealed unsafe partial class DirectoryFiles : IDisposable
{
    private const uint KeepOther = 1; // linux/fs.h: RENAME_NOREPLACE

    private readonly SafeFileHandle _directory;

    private DirectoryFiles(SafeFileHandle directory) => _directory = directory;

    private int Descriptor => (int)_directory.DangerousGetHandle();

    /// <summary>Opens a directory; null if it does not exist. A symbolic link is refused (ENOTDIR), whatever its target.</summary>
    public static DirectoryFiles? TryOpen(string path) => TryOpenDirectory(AT_FDCWD, path);

    /// <summary>Creates a directory with this mode, and its missing parents; an existing directory stays unchanged.</summary>
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

    /// <summary>Owner and permissions.</summary>
    public FileStatus Status => FileStatus.Of(_directory);

    /// <summary>Opens a subdirectory; null if it does not exist. A symbolic link is refused (ENOTDIR), whatever its target.</summary>
    public DirectoryFiles? TryOpenDirectory(string name) => TryOpenDirectory(Descriptor, name);

    /// <summary>Creates a subdirectory with this mode regardless of the umask, and opens it; an existing one stays unchanged.</summary>
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

    /// <summary>Removes a subdirectory. One that contains files stays; one that does not exist is ignored.</summary>
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

    /// <summary>Renames an entry, perhaps into another directory; false, without any change, if the new name exists.</summary>
    public bool TryMove(string name, DirectoryFiles target, string newName)
    {
        if (Rename(Descriptor, name, target.Descriptor, newName, KeepOther) == 0)
            return true;
        int code = Marshal.GetLastPInvokeError();
        return code == EEXIST ? false : throw new NativeException($"rename {name} to {newName}", code);
    }

    /// <summary>Opens a file for reading; null if it does not exist. ELOOP for a symbolic link.</summary>
    public SafeFileHandle? TryOpenToRead(string name) => TryOpen(name, O_RDONLY);

    /// <summary>Opens a file for reading and writing; null if it does not exist. ELOOP for a symbolic link.</summary>
    public SafeFileHandle? TryOpenFile(string name) => TryOpen(name, O_RDWR);

    /// <summary>Creates a file without any permissions yet.</summary>
    public SafeFileHandle CreateFile(string name)
    {
        fixed (byte* bytes = Terminated(name))
            return new(
                NativeException.Check($"create {name}", openat(Descriptor, bytes, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0)),
                ownsHandle: true
            );
    }

    /// <summary>Deletes a name; one that does not exist is ignored.</summary>
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
            // Not blocking: opening a FIFO of that name would wait for its other end.
            int descriptor = openat(Descriptor, bytes, access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
            return descriptor < 0 && errno == ENOENT ? null : new(NativeException.Check($"open {name}", descriptor), ownsHandle: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
