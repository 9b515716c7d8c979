using BridgeNet.Model;

namespace BridgeNet.Containers;

/// <summary>The namespace of a container during one change: checked and opened when a step first needs it, and held until the change has ended.</summary>
/// <param name="container">The container.</param>
/// <param name="door">The way into it.</param>
internal sealed class ContainerSpace(ContainerRow container, NamespaceDoor door) : IDisposable
{
    private NetworkNamespace? _space;

    /// <summary>The container, with the identity of its namespace once a step has created that.</summary>
    public ContainerRow Container { get; private set; } = container;

    /// <summary>The path that the words of steps name.</summary>
    public string Path => Container.NetNSPath;

    /// <inheritdoc cref="NamespaceDoor.Open"/>
    public NetworkNamespace Open() => _space ??= door.Open(Container);

    /// <summary>As <see cref="Open"/>; null when the namespace is gone, or another one is in its place.</summary>
    public NetworkNamespace? TryOpen() => _space ??= door.TryOpen(Container);

    /// <summary>A namespace that was just created for it.</summary>
    public void Set(NetworkNamespace created)
    {
        _space?.Dispose();
        _space = created;
        Container = door.Identify(Container, created);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _space?.Dispose();
        _space = null;
    }
}
