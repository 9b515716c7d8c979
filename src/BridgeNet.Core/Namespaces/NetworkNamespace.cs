using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Namespaces;

/// <summary>An open network namespace; it lives at least as long as this does.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    // Resolved by the kernel for the thread that asks, so never read ahead of time on another one.
    private const string OfThisThread = "/proc/thread-self/ns/net";

    // The kernel makes lo first in every namespace, and it has been number 1 since namespaces exist.
    private const int LoopbackIndex = 1;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private NetworkNamespace(SafeFileHandle handle, string path, ulong inode)
    {
        _handle = handle;
        _path = path;
        Inode = inode;
    }

    /// <summary>The descriptor, for messages that name a namespace by one.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>The number in <c>net:[4026531840]</c>: equal for two handles of the same living namespace.</summary>
    public ulong Inode { get; }

    /// <summary>Opens the namespace that <paramref name="path"/> holds: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    public static NetworkNamespace Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            // Shared in every way: anything less would take a file lock.
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CannotOpen(path, failure);
        }
        if (NamespaceFile.NetworkInode(handle) is not { } inode)
        {
            handle.Dispose();
            throw new BridgeNetException(
                ErrorIds.NamespaceFailed,
                ProblemCategory.InvalidArgument,
                $"'{path}' is not a network namespace: give the bind mount of one, such as /run/netns/NAME, or /proc/PID/ns/net.",
                path);
        }
        return new NetworkNamespace(handle, path, inode);
    }

    /// <summary>As <see cref="Open"/>; null when the path holds no namespace, as that of a container whose mount is gone.</summary>
    public static NetworkNamespace? TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (BridgeNetException failure) when (failure.Problems[0].ErrorId == ErrorIds.NamespaceFailed)
        {
            return null;
        }
    }

    /// <summary>The namespace of the calling thread.</summary>
    public static NetworkNamespace Current() => Open(OfThisThread);

    /// <summary>Makes a namespace with <c>lo</c> up, and keeps it alive by a bind mount at <paramref name="bindMountPath"/>.</summary>
    public static NetworkNamespace Create(string bindMountPath)
    {
        try
        {
            NamespaceMount.Reserve(bindMountPath);
        }
        catch (NativeException failure)
        {
            throw CannotCreate(bindMountPath, failure);
        }
        try
        {
            return NamespaceThread.Run(() =>
            {
                Syscalls.UnshareNet();
                using (RtnetlinkConnection links = RtnetlinkConnection.Open())
                {
                    links.SetUp(LoopbackIndex);
                }
                Syscalls.BindMount(OfThisThread, bindMountPath);
                return Open(bindMountPath);
            });
        }
        catch (Exception failure)
        {
            NamespaceMount.Remove(bindMountPath);
            if (failure is NativeException native)
            {
                throw CannotCreate(bindMountPath, native);
            }
            throw;
        }
    }

    /// <summary>Keeps this namespace alive by a bind mount at a path where there is none.</summary>
    public void Keep(string bindMountPath)
    {
        if (TryOpen(bindMountPath) is { } there)
        {
            there.Dispose();
            return;
        }
        NamespaceMount.Remove(bindMountPath);
        NamespaceMount.Reserve(bindMountPath);
        Syscalls.BindMount($"/proc/self/fd/{(int)_handle.DangerousGetHandle()}", bindMountPath);
    }

    /// <summary>Takes the bind mount away; the namespace ends when no process and no handle is left in it.</summary>
    public static void Delete(string bindMountPath)
    {
        try
        {
            NamespaceMount.Remove(bindMountPath);
        }
        catch (NativeException failure)
        {
            throw Failed($"The namespace at '{bindMountPath}' could not be removed", bindMountPath, failure);
        }
    }

    /// <summary>Runs <paramref name="work"/> inside, on a thread of its own; see <see cref="NamespaceThread.Run"/> for what it must not do.</summary>
    public T Run<T>(Func<T> work) => NamespaceThread.Run(() =>
    {
        Enter();
        return work();
    });

    /// <summary>A netlink socket made inside; it goes on talking to this namespace from any thread.</summary>
    public RtnetlinkConnection OpenRtnetlink() => Run(RtnetlinkConnection.Open);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void Enter()
    {
        try
        {
            Syscalls.SetNetNs(_handle);
        }
        catch (NativeException failure)
        {
            throw Failed($"The namespace at '{_path}' could not be entered", _path, failure);
        }
    }

    private static BridgeNetException CannotOpen(string path, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(
            ErrorIds.NamespaceFailed, ProblemCategory.ObjectNotFound, $"There is no network namespace at '{path}'.", path, failure),
        UnauthorizedAccessException => new(
            ErrorIds.PermissionDenied,
            ProblemCategory.PermissionDenied,
            $"The namespace at '{path}' may not be opened: run as root, or as the user whose process it is.",
            path,
            failure),
        _ => new(
            ErrorIds.NamespaceFailed,
            ProblemCategory.ResourceUnavailable,
            $"The namespace at '{path}' could not be opened: {failure.Message}",
            path,
            failure),
    };

    private static BridgeNetException CannotCreate(string path, NativeException failure) =>
        Failed($"A namespace could not be made at '{path}'", path, failure);

    private static BridgeNetException Failed(string what, string path, NativeException failure) =>
        failure.Errno == EPERM || failure.Errno == EACCES
            ? new BridgeNetException(
                ErrorIds.PermissionDenied,
                ProblemCategory.PermissionDenied,
                $"{what}: {failure.Message}. This needs CAP_SYS_ADMIN: run as root, or inside 'unshare --user --map-root-user --net --mount'.",
                path,
                failure)
            : new BridgeNetException(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, $"{what}: {failure.Message}.", path, failure);
}
