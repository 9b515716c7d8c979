using BridgeNet.Containers;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The namespace of a container, kept alive by a bind mount at its path.</summary>
/// <param name="Place">The container.</param>
internal sealed record KeptNamespace(Place Place) : KernelObject
{
    private ContainerRow Container => Place.Container!;

    private string Path => Container.NetNSPath;

    private string Folder => System.IO.Path.GetDirectoryName(Path) ?? "/";

    /// <inheritdoc/>
    public override string Key => $"namespace {Container.Id}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Namespace;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [
            before is KeptNamespace was
                ? $"touch {Place.Path}; mount --bind {was.Place.Path} {Place.Path}; umount {was.Place.Path}; rm {was.Place.Path}"
            : Container.Kind == ContainerKind.Host
                ? $"mkdir -p {ShellWord.Of(Folder)}; touch {Place.Path}; mount --bind /proc/self/ns/net {Place.Path}"
            : Place.NetNSName is { } name ? $"ip netns add {name}; {Place.Ip} link set lo up"
            : $"mkdir -p {ShellWord.Of(Folder)}; touch {Place.Path}; unshare --net={Place.Path} true; {Place.Ip} link set lo up",
        ];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() =>
        [Place.NetNSName is { } name ? $"ip netns delete {name}" : $"umount {Place.Path}; rm {Place.Path}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if (before is KeptNamespace was)
        {
            // The namespace does not exist if the undo comes before the operation, or if it was removed since.
            INetworkNamespace? moving = kernel.TrySpace(was.Place);
            moving?.Keep(Path);
            was.Release(kernel, moving?.Cookie ?? Container.NetNS?.Cookie ?? 0);
        }
        else if (Place.IsUnidentified)
        {
            INetworkNamespace created = Container.Kind == ContainerKind.Host ? kernel.Namespaces.Current() : kernel.Namespaces.Create();
            kernel.Take(Place, created);
            kernel.BeforeKept(new KeptNamespace(Place.Of(kernel.Identified(Container))));
            created.Keep(Path);
        }
        else if (kernel.Held(Place) is { } held)
        {
            // It was removed by this change; keeping it again restores it with all its processes. A namespace that was missing before stays
            // missing.
            held.Keep(Path);
        }
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        // It stays open until the change has ended, so that the removal can be undone. A namespace without a recorded identity never got a
        // name.
        if (
            (
                kernel.Held(Place)?.Cookie ?? (Place.IsUnidentified ? null : kernel.TrySpace(Place)?.Cookie ?? Container.NetNS?.Cookie ?? 0)
            ) is
            { } cookie
        )
            Release(kernel, cookie);
    }

    /// <inheritdoc/>
    public bool Equals(KeptNamespace? other) => other is not null && Key == other.Key && Path == other.Path;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>Removes the mount that keeps the namespace at its path; another object at the path stays.</summary>
    private void Release(KernelAccess kernel, ulong cookie)
    {
        if (!kernel.Namespaces.Release(Path, cookie))
            kernel.Warn($"The object at {Path} is not the namespace of container '{Container.Name}', so it was left alone.");
    }
}
