using System.Runtime.InteropServices;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Containers;

/// <summary>An open network namespace, which exists at least until this handle is closed.</summary>
internal interface INetworkNamespace : IDisposable
{
    /// <summary>The file descriptor, for netlink messages.</summary>
    SafeHandle Handle { get; }

    /// <summary>
    /// The inode number, as in <c>net:[4026531840]</c>: equal for two handles of the same namespace, but only a hint for a namespace that
    /// may have ended, because the kernel reuses the number.
    /// </summary>
    ulong Inode { get; }

    /// <summary>
    /// The cookie, which the kernel never reuses within a boot; older kernels report it only inside, so reading it may enter the namespace.
    /// </summary>
    ulong Cookie { get; }

    /// <summary>The cookie if the kernel reports it from outside; otherwise null.</summary>
    ulong? CookieFromOutside { get; }

    /// <summary>Keeps this namespace alive by a bind mount at an unused path.</summary>
    /// <exception cref="BridgeNetException">ContainerExists: another namespace, or a file that is not empty, is at the path.</exception>
    void Keep(string bindMountPath);

    /// <summary>Runs <paramref name="work"/> inside, on a dedicated thread; see <see cref="NamespaceThread.Run"/> for its limits.</summary>
    T Run<T>(Func<T> work);

    /// <summary>A netlink socket opened inside; it works from any thread.</summary>
    IRtnetlink OpenRtnetlink();
}
