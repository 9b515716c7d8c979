using BridgeNet.Model;

namespace BridgeNet.Containers;

/// <summary>The network namespaces of a machine.</summary>
internal interface INamespaces
{
    /// <summary>The namespace of the calling thread.</summary>
    INetworkNamespace Current();

    /// <summary>
    /// Creates a namespace with <c>lo</c> up. It has no path yet, and ends with this handle unless <see cref="INetworkNamespace.Keep"/>
    /// gives it one.
    /// </summary>
    /// <exception cref="BridgeNetException">PermissionDenied, NamespaceFailed.</exception>
    INetworkNamespace Create();

    /// <summary>Opens the namespace at a path: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    /// <exception cref="BridgeNetException">NamespaceFailed: no namespace is at the path. PermissionDenied.</exception>
    INetworkNamespace Open(string path);

    /// <summary>
    /// Removes the bind mount of the namespace with a cookie from a path, or the empty file that a mount left. The namespace ends when no
    /// process and no handle keeps it.
    /// </summary>
    /// <returns>False if another object is at the path, which stays.</returns>
    bool Release(string path, ulong cookie);

    /// <summary>Like <see cref="Open"/>; null if no namespace is at the path, for example because its mount was removed.</summary>
    INetworkNamespace? TryOpen(string path);

    /// <summary>Whether any file is at a path.</summary>
    bool Exists(string path);

    /// <summary>Whether a directory, or a file with content, is at a path; an empty file may be the leftover of a mount.</summary>
    bool IsOccupied(string path);

    /// <summary>The start time of a process, in clock ticks since boot; null if it does not exist.</summary>
    ulong? ProcessStart(int processId);
}
