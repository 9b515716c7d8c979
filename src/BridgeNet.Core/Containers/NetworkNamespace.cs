using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>An open network namespace, which exists at least until this handle is closed.</summary>
internal sealed class NetworkNamespace : INetworkNamespace
{
    // The kernel resolves this for the current thread, so it must not be read in advance on another one.
    private const string OfThisThread = "/proc/thread-self/ns/net";

    // The kernel creates lo first in every namespace, so its index has always been 1.
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

    /// <summary>The file descriptor, for netlink messages.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>
    /// The inode number, as in <c>net:[4026531840]</c>: equal for two handles of the same namespace, but only a hint for a namespace that
    /// may have ended, because the kernel reuses the number.
    /// </summary>
    public ulong Inode { get; }

    /// <summary>
    /// The cookie, which the kernel never reuses within a boot; older kernels report it only inside, so reading it may enter the namespace.
    /// </summary>
    public ulong Cookie => CookieFromOutside ?? (_cookie = Run(Syscalls.NetNsCookie)).Value;

    /// <summary>The cookie if the kernel reports it from outside; otherwise null.</summary>
    public ulong? CookieFromOutside => _cookie ??= NamespaceFile.NetworkCookie(_handle);

    /// <summary>Opens the namespace at <paramref name="path"/>: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
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

    /// <summary>Like <see cref="Open"/>; null if no namespace is at the path, for example because its mount was removed.</summary>
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

    /// <summary>
    /// Creates a namespace with <c>lo</c> up. It has no path yet, and ends with this handle unless <see cref="Keep"/> gives it one.
    /// </summary>
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

    /// <summary>Keeps this namespace alive by a bind mount at an unused path.</summary>
    /// <exception cref="BridgeNetException">ContainerExists: another namespace, or a file that is not empty, is at the path.</exception>
    public void Keep(string bindMountPath)
    {
        using (NetworkNamespace? existing = TryOpen(bindMountPath))
        {
            // Both exist now, so equal numbers mean the same namespace.
            if (existing?.Inode == Inode)
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
    /// Removes the bind mount of the namespace with a cookie from a path, or the empty file that a mount left. The namespace ends when no
    /// process and no handle keeps it.
    /// </summary>
    /// <returns>False if another object is at the path, which stays.</returns>
    public static bool Release(string bindMountPath, ulong cookie)
    {
        if (TryOpen(bindMountPath) is not { } existing)
            return NamespaceMount.TryRemoveEmptyFile(bindMountPath);
        using (existing)
        {
            if (existing.Cookie != cookie)
                return false;
            try
            {
                return NamespaceMount.TryRemove(bindMountPath, existing._handle);
            }
            catch (NativeException failure)
            {
                throw Failed($"The namespace at '{bindMountPath}' could not be removed", bindMountPath, failure);
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> inside, on a dedicated thread; see <see cref="NamespaceThread.Run"/> for its limits.</summary>
    public T Run<T>(Func<T> work) =>
        NamespaceThread.Run(() =>
        {
            Enter();
            return work();
        });

    /// <summary>A netlink socket opened inside; it works from any thread.</summary>
    public RtnetlinkConnection OpenRtnetlink() => Run(RtnetlinkConnection.Open);

    IRtnetlink INetworkNamespace.OpenRtnetlink() => OpenRtnetlink();

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
                $"The namespace at '{path}' cannot be opened: run as root, or as the user who owns its process.",
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
