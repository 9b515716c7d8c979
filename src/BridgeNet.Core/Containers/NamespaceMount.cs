using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>The file under a namespace's bind mount, and its directory.</summary>
internal static class NamespaceMount
{
    /// <summary>The directory of <c>ip netns</c>; mounts of other tools there must propagate to all mount namespaces.</summary>
    private const string SharedDirectory = "/run/netns";

    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Creates the empty file for the mount; an existing file belongs to another program.</summary>
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
                $"'{path}' already exists: another tool created a namespace of this name. Remove it with 'ip netns delete', or choose another name.",
                path
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            bool denied = failure is UnauthorizedAccessException;
            throw new BridgeNetException(
                denied ? ErrorIds.PermissionDenied : ErrorIds.NamespaceFailed,
                denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
                $"'{path}' could not be created: {failure.Message}",
                path,
                failure
            );
        }
    }

    /// <summary>Removes the mount that a handle was opened through, and the file under it.</summary>
    /// <returns>False if another mount is at the path now; it stays.</returns>
    public static bool TryRemove(string path, SafeFileHandle through)
    {
        // By the handle, because the path may lead to another mount now. Detached, because the name must disappear even if another
        // process holds the file open.
        Syscalls.UnmountDetach($"/proc/self/fd/{(int)through.DangerousGetHandle()}");
        return TryRemoveEmptyFile(path);
    }

    /// <summary>Removes the empty file that a mount left.</summary>
    /// <returns>False if another object is at the path: a mount, a directory, a link, or a file with content.</returns>
    public static bool TryRemoveEmptyFile(string path)
    {
        FileInfo file = new(path);
        if (file.LinkTarget is not null || Directory.Exists(path))
            return false;
        return !file.Exists || (file.Length == 0 && Syscalls.TryUnlink(path));
    }

    /// <summary>
    /// Bind-mounts the directory on itself and makes it shared, as <c>ip netns add</c> does, so that namespaces are added and removed in
    /// all mount namespaces.
    /// </summary>
    private static void Share(string directory)
    {
        try
        {
            Syscalls.MakeShared(directory);
        }
        catch (NativeException failure) when (failure.Errno == EINVAL)
        {
            // Not a mount point yet.
            // Recursively, otherwise the existing mounts of other tools would be hidden.
            Syscalls.BindMountTree(directory, directory);
            Syscalls.MakeShared(directory);
        }
    }
}
