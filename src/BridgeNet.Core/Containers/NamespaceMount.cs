using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>The file that a namespace is bind-mounted over, and the directory it lies in.</summary>
internal static class NamespaceMount
{
    /// <summary>Where <c>ip netns</c> looks; other tools' mounts here must come and go in every mount namespace alike.</summary>
    private const string SharedDirectory = "/run/netns";

    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Makes the empty file to mount over; one that is already there belongs to somebody.</summary>
    public static void Reserve(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(directory, DirectoryMode);
            if (directory is SharedDirectory or "/var/run/netns")
            {
                Share(directory);
            }
            new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            ).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new BridgeNetException(
                ErrorIds.ContainerExists,
                ProblemCategory.ResourceExists,
                $"'{path}' exists already: another tool made a namespace of this name ('ip netns delete' removes it), or choose another name.",
                path
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            bool denied = failure is UnauthorizedAccessException;
            throw new BridgeNetException(
                denied ? ErrorIds.PermissionDenied : ErrorIds.NamespaceFailed,
                denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
                $"'{path}' could not be made: {failure.Message}",
                path,
                failure
            );
        }
    }

    /// <summary>Removes the mount that a handle was opened through, and the file under it.</summary>
    /// <returns>False when another mount came to the path in the meantime; it stays.</returns>
    public static bool TryRemove(string path, SafeFileHandle through)
    {
        // By the handle and not by the path, which may lead to another mount by now. Detached, not plain: where another process
        // holds the file open, the name must go all the same.
        Syscalls.UnmountDetach($"/proc/self/fd/{(int)through.DangerousGetHandle()}");
        return TryRemoveEmptyFile(path);
    }

    /// <summary>Removes the empty file that is left where a mount is gone.</summary>
    /// <returns>False when something else is there: a mount, a directory, a link, or a file with content.</returns>
    public static bool TryRemoveEmptyFile(string path)
    {
        FileInfo file = new(path);
        if (file.LinkTarget is not null || Directory.Exists(path))
            return false;
        return !file.Exists || (file.Length == 0 && Syscalls.TryUnlink(path));
    }

    /// <summary>As <c>ip netns add</c> does: a mount of itself, shared, so that a namespace added or removed in one mount namespace is so in all.</summary>
    private static void Share(string directory)
    {
        try
        {
            Syscalls.MakeShared(directory);
        }
        catch (NativeException failure) when (failure.Errno == EINVAL)
        {
            // Not a mount point yet.
            // With what is mounted below it, or other tools lose theirs from sight.
            Syscalls.BindMountTree(directory, directory);
            Syscalls.MakeShared(directory);
        }
    }
}
