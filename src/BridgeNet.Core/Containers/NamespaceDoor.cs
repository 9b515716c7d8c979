using BridgeNet.Model;

namespace BridgeNet.Containers;

/// <summary>
/// The only way into the namespace of a container. Another namespace may have its path or process id now, so its identity is compared
/// with the recorded one; the host's own namespace is refused.
/// </summary>
/// <param name="host">The identity of the host's namespace.</param>
/// <param name="namespaces">The namespaces of the machine.</param>
internal sealed class NamespaceDoor(NamespaceIdentity host, INamespaces namespaces)
{
    /// <summary>Opens the namespace of a container; an open handle always means the same namespace.</summary>
    /// <exception cref="BridgeNetException">
    /// NamespaceFailed: the namespace does not exist, or another one replaced it. HostNamespace: it is the host's. PermissionDenied.
    /// </exception>
    public INetworkNamespace Open(ContainerRow container)
    {
        INetworkNamespace space = OpenUnchecked(container);
        try
        {
            RequireSame(container, space);
            return space;
        }
        catch
        {
            space.Dispose();
            throw;
        }
    }

    /// <summary>Like <see cref="Open"/>; null if the namespace does not exist, or another one replaced it.</summary>
    public INetworkNamespace? TryOpen(ContainerRow container)
    {
        try
        {
            return Open(container);
        }
        catch (BridgeNetException failure) when (failure.Problems[0].ErrorId is ErrorIds.NamespaceFailed or ErrorIds.HostNamespace)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the namespace of a container exists, without entering any namespace. If the kernel reports cookies only inside, the values
    /// outside are compared: start time of the process and inode number.
    /// </summary>
    public bool IsAlive(ContainerRow container)
    {
        try
        {
            using INetworkNamespace space = OpenUnchecked(container);
            return WhyOther(container, space, space.CookieFromOutside) is null
                && (space.CookieFromOutside != host.Cookie || IsHost(container));
        }
        catch (BridgeNetException)
        {
            return false;
        }
    }

    /// <summary>A container's row with the identity of its current namespace.</summary>
    /// <exception cref="BridgeNetException">HostNamespace: it is the host's.</exception>
    public ContainerRow Identify(ContainerRow container, INetworkNamespace space)
    {
        RefuseHost(container, space);
        return container with
        {
            NetNS = new NamespaceIdentity(host.Boot, space.Cookie),
            NetNSInode = space.Inode,
            ProcessStart = container.ProcessId == 0 ? 0 : namespaces.ProcessStart(container.ProcessId) ?? 0,
        };
    }

    private INetworkNamespace OpenUnchecked(ContainerRow container)
    {
        // Not opened at all if the process is another one.
        if (container.ProcessStart != 0 && namespaces.ProcessStart(container.ProcessId) != container.ProcessStart)
        {
            throw Gone(
                container,
                ProblemCategory.ObjectNotFound,
                $"The process {container.ProcessId} of container '{container.Name}' has ended"
            );
        }
        return namespaces.Open(container.NetNSPath);
    }

    private void RequireSame(ContainerRow container, INetworkNamespace space)
    {
        // Values that can be read from outside come first, so that a foreign namespace is not entered only to find out that it is foreign.
        if ((WhyOther(container, space, space.CookieFromOutside) ?? WhyOther(container, space, space.Cookie)) is { } reason)
            throw Gone(
                container,
                ProblemCategory.InvalidOperation,
                $"The namespace at {container.NetNSPath} is not that of container '{container.Name}': {reason}. It was left alone"
            );
        RefuseHost(container, space);
    }

    /// <summary>Why a namespace is not the recorded one; null if nothing shows that.</summary>
    private string? WhyOther(ContainerRow container, INetworkNamespace space, ulong? cookie) =>
        container.NetNS switch
        {
            // Recorded by a version without identities: the next change records the identity.
            null => container.NetNSInode != 0 && space.Inode != container.NetNSInode ? "another namespace is there now" : null,
            var known when known.Boot != host.Boot => "the container's namespace ended with the last boot",
            var known when (cookie ?? known.Cookie) != known.Cookie || space.Inode != container.NetNSInode =>
                "another namespace is there now",
            _ => null,
        };

    private void RefuseHost(ContainerRow container, INetworkNamespace space)
    {
        if (space.Cookie == host.Cookie && !IsHost(container))
        {
            throw new BridgeNetException(
                ErrorIds.HostNamespace,
                ProblemCategory.InvalidOperation,
                $"{container.NetNSPath} is the host's own namespace, which already has an address on every network; give a process or a path of another namespace.",
                container.Name
            );
        }
    }

    private static bool IsHost(ContainerRow container) => container.Kind == ContainerKind.Host;

    private static BridgeNetException Gone(ContainerRow container, ProblemCategory category, string sentence) =>
        new(ErrorIds.NamespaceFailed, category, $"{sentence}; remove the container.", container.Name);
}
