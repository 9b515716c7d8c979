using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>An open network namespace; it lives at least as long as this does.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    // Resolved by the kernel for the thread that asks, so never read ahead of time on another one.
    private const string OfThisThread = "/proc/thread-self/ns/net";

    // The kernel makes lo first in every namespace, and it has been number 1 since namespaces exist.
    private const int LoopbackIndex = 1;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private ulong? _cookie;

    private NetworkNamespace(SafeFileHandle handle, string path, ulong inode)
    {
        _handle = handle;
        _path = path;
        Inode = inode;
    }

    /// <summary>The descriptor, for messages that name a namespace by one.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>
    /// The number in <c>net:[4026531840]</c>: equal for two handles of the same namespace, and only a hint for one that may
    /// have ended, since the kernel gives the number to the next.
    /// </summary>
    public ulong Inode { get; }

    /// <summary>The number that no other namespace gets while the kernel runs; older kernels give it only inside, so this may enter.</summary>
    public ulong Cookie => CookieFromOutside ?? (_cookie = Run(Syscalls.NetNsCookie)).Value;

    /// <summary>The cookie where the kernel gives it from outside; else null.</summary>
    public ulong? CookieFromOutside => _cookie ??= NamespaceFile.NetworkCookie(_handle);

    /// <summary>Opens the namespace that <paramref name="path"/> holds: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    public static NetworkNamespace Open(string path)
    {
        SafeFileHandle? handle;
        try
        {
            handle = path.Contains('\0') ? null : NamespaceFile.TryOpen(path);
        }
        catch (NativeException failure)
        {
            throw CannotOpen(path, failure);
        }
        if (handle is null || NamespaceFile.NetworkInode(handle) is not { } inode)
        {
            handle?.Dispose();
            throw new BridgeNetException(
                ErrorIds.NamespaceFailed,
                ProblemCategory.InvalidArgument,
                $"'{path}' is not a network namespace: give the bind mount of one, such as /run/netns/NAME, or /proc/PID/ns/net.",
                path
            );
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

    /// <summary>Creates a namespace with <c>lo</c> up. It has no name yet, and ends with this handle unless <see cref="Keep"/> gives it one.</summary>
    public static NetworkNamespace Create()
    {
        try
        {
            return NamespaceThread.Run(() =>
            {
                Syscalls.UnshareNet();
                using (RtnetlinkConnection links = RtnetlinkConnection.Open())
                    links.SetUp(LoopbackIndex);
                return Current();
            });
        }
        catch (NativeException failure)
        {
            throw Failed("A network namespace could not be created", OfThisThread, failure);
        }
    }

    /// <summary>Keeps this namespace alive by a bind mount at a path where there is none.</summary>
    /// <exception cref="BridgeNetException">ContainerExists: another namespace, or a file that is not empty, is at the path.</exception>
    public void Keep(string bindMountPath)
    {
        using (NetworkNamespace? there = TryOpen(bindMountPath))
        {
            // Both exist now, so their numbers cannot be the same by chance.
            if (there?.Inode == Inode)
                return;
        }
        try
        {
            NamespaceMount.TryRemoveEmptyFile(bindMountPath);
            NamespaceMount.Reserve(bindMountPath);
            try
            {
                Syscalls.BindMount($"/proc/self/fd/{(int)_handle.DangerousGetHandle()}", bindMountPath);
            }
            catch
            {
                NamespaceMount.TryRemoveEmptyFile(bindMountPath);
                throw;
            }
        }
        catch (NativeException failure)
        {
            throw Failed($"A namespace could not be kept at '{bindMountPath}'", bindMountPath, failure);
        }
    }

    /// <summary>
    /// Removes the bind mount at a path, or the empty file that is left of one, if it is of the namespace with that cookie. The
    /// namespace ends when no process and no handle is left in it.
    /// </summary>
    /// <returns>False when something else is there, which stays.</returns>
    public static bool Release(string bindMountPath, ulong cookie)
    {
        if (TryOpen(bindMountPath) is not { } there)
            return NamespaceMount.TryRemoveEmptyFile(bindMountPath);
        using (there)
        {
            if (there.Cookie != cookie)
                return false;
            try
            {
                return NamespaceMount.TryRemove(bindMountPath, there._handle);
            }
            catch (NativeException failure)
            {
                throw Failed($"The namespace at '{bindMountPath}' could not be removed", bindMountPath, failure);
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> inside, on a thread of its own; see <see cref="NamespaceThread.Run"/> for what it must not do.</summary>
    public T Run<T>(Func<T> work) =>
        NamespaceThread.Run(() =>
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

    private static BridgeNetException CannotOpen(string path, NativeException failure) =>
        failure.Errno == ENOENT || failure.Errno == ENOTDIR || failure.Errno == ESRCH
            ? new(ErrorIds.NamespaceFailed, ProblemCategory.ObjectNotFound, $"There is no network namespace at '{path}'.", path, failure)
        : failure.Errno == EACCES || failure.Errno == EPERM
            ? new(
                ErrorIds.PermissionDenied,
                ProblemCategory.PermissionDenied,
                $"The namespace at '{path}' may not be opened: run as root, or as the user whose process it is.",
                path,
                failure
            )
        : new(
            ErrorIds.NamespaceFailed,
            ProblemCategory.ResourceUnavailable,
            $"The namespace at '{path}' could not be opened: {failure.Message}",
            path,
            failure
        );

    private static BridgeNetException Failed(string what, string path, NativeException failure) =>
        failure.Errno == EPERM || failure.Errno == EACCES
            ? new BridgeNetException(
                ErrorIds.PermissionDenied,
                ProblemCategory.PermissionDenied,
                $"{what}: {failure.Message}. This needs CAP_SYS_ADMIN: run as root, or inside 'unshare --user --map-root-user --net --mount'.",
                path,
                failure
            )
            : new BridgeNetException(
                ErrorIds.NamespaceFailed,
                ProblemCategory.ResourceUnavailable,
                $"{what}: {failure.Message}.",
                path,
                failure
            );
}
