using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.Containers;

/// <summary>
/// The one way into the namespace of a container. Its path and its process id may have gone to another one, so what is
/// there is compared with what was recorded; and the host's own namespace is refused.
/// </summary>
/// <param name="host">The namespace of the host.</param>
internal sealed class NamespaceDoor(NamespaceIdentity host)
{
    /// <summary>Opens the namespace of a container, which stays that one as long as the handle is open.</summary>
    /// <exception cref="BridgeNetException">
    /// NamespaceFailed: it is gone, or another one is in its place. HostNamespace: the host's is. PermissionDenied.
    /// </exception>
    public NetworkNamespace Open(ContainerRow container)
    {
        NetworkNamespace space = OpenUnchecked(container);
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

    /// <summary>As <see cref="Open"/>; null when the namespace is gone, or another one is in its place.</summary>
    public NetworkNamespace? TryOpen(ContainerRow container)
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
    /// Whether the namespace of a container exists, without entering any. A kernel that gives a cookie only inside is asked for
    /// what it gives outside: the process's start and the inode number.
    /// </summary>
    public bool IsAlive(ContainerRow container)
    {
        try
        {
            using NetworkNamespace space = OpenUnchecked(container);
            return WhyOther(container, space, space.CookieFromOutside) is null
                && (space.CookieFromOutside != host.Cookie || IsHost(container));
        }
        catch (BridgeNetException)
        {
            return false;
        }
    }

    /// <summary>A container as it is recorded: with the identity of the namespace that it has now.</summary>
    /// <exception cref="BridgeNetException">HostNamespace: it is the host's.</exception>
    public ContainerRow Identify(ContainerRow container, NetworkNamespace space)
    {
        RefuseHost(container, space);
        return container with
        {
            NetNS = new NamespaceIdentity(host.Boot, space.Cookie),
            NetNSInode = space.Inode,
            ProcessStart = container.ProcessId == 0 ? 0 : ProcessStart.Of(container.ProcessId) ?? 0,
        };
    }

    private static NetworkNamespace OpenUnchecked(ContainerRow container)
    {
        // Not even opened when the process is another one.
        if (container.ProcessStart != 0 && ProcessStart.Of(container.ProcessId) != container.ProcessStart)
        {
            throw Gone(
                container,
                ProblemCategory.ObjectNotFound,
                $"The process {container.ProcessId} of container '{container.Name}' has ended"
            );
        }
        return NetworkNamespace.Open(container.NetNSPath);
    }

    private void RequireSame(ContainerRow container, NetworkNamespace space)
    {
        // What is known from outside first, so that a stranger's namespace is not entered to find out that it is one.
        if ((WhyOther(container, space, space.CookieFromOutside) ?? WhyOther(container, space, space.Cookie)) is { } reason)
            throw Gone(
                container,
                ProblemCategory.InvalidOperation,
                $"The namespace at {container.NetNSPath} is not that of container '{container.Name}': {reason}. It was left alone"
            );
        RefuseHost(container, space);
    }

    /// <summary>Why a namespace is not the recorded one; null when nothing says so.</summary>
    private string? WhyOther(ContainerRow container, NetworkNamespace space, ulong? cookie) =>
        container.NetNS switch
        {
            // Recorded by a version that knew no identities: the next change records it.
            null => container.NetNSInode != 0 && space.Inode != container.NetNSInode ? "it is another one by now" : null,
            var known when known.Boot != host.Boot => "that one ended with the last boot",
            var known when (cookie ?? known.Cookie) != known.Cookie || space.Inode != container.NetNSInode => "it is another one by now",
            _ => null,
        };

    private void RefuseHost(ContainerRow container, NetworkNamespace space)
    {
        if (space.Cookie == host.Cookie && !IsHost(container))
        {
            throw new BridgeNetException(
                ErrorIds.HostNamespace,
                ProblemCategory.InvalidOperation,
                $"{container.NetNSPath} is the namespace of the host itself, which has an address on every network already; give a process or a path of another namespace.",
                container.Name
            );
        }
    }

    private static bool IsHost(ContainerRow container) => container.Kind == ContainerKind.Host;

    private static BridgeNetException Gone(ContainerRow container, ProblemCategory category, string sentence) =>
        new(
            ErrorIds.NamespaceFailed,
            category,
            $"{sentence}; Remove-BridgeContainer {container.Name} removes the container.",
            container.Name
        );
}
