using BridgeNet.Containers;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The namespace of a container, kept alive by a bind mount at its path.</summary>
/// <param name="Place">The container.</param>
internal sealed record KeptNamespace(Place Place) : KernelObject
{
    private ContainerRow Container => Place.Container!;

    private bool IsOfNobody => Container.NetNS is null && Container.NetNSInode == 0;

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
            // Not there when it is undone before it was done, or when it is gone.
            NetworkNamespace? moving = kernel.TrySpace(was.Place);
            moving?.Keep(Path);
            was.Release(kernel, moving?.Cookie ?? Container.NetNS?.Cookie ?? 0);
        }
        else if (IsOfNobody)
        {
            NetworkNamespace created = Container.Kind == ContainerKind.Host ? NetworkNamespace.Current() : NetworkNamespace.Create();
            kernel.Take(Place, created);
            kernel.BeforeKept(new KeptNamespace(Place.Of(kernel.Identified(Container))));
            created.Keep(Path);
        }
        else if (kernel.Held(Place) is { } held)
        {
            // It was removed a moment ago, and comes back with all that runs in it. One that was gone before stays so.
            held.Keep(Path);
        }
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        // Held until the change has ended, so that it can come back. One that is of nobody yet never got a name.
        if (
            (kernel.Held(Place)?.Cookie ?? (IsOfNobody ? null : kernel.TrySpace(Place)?.Cookie ?? Container.NetNS?.Cookie ?? 0)) is
            { } cookie
        )
            Release(kernel, cookie);
    }

    /// <inheritdoc/>
    public bool Equals(KeptNamespace? other) => other is not null && Key == other.Key && Path == other.Path;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>Removes what keeps the namespace at its path; something else that is there by now stays.</summary>
    private void Release(KernelAccess kernel, ulong cookie)
    {
        if (!NetworkNamespace.Release(Path, cookie))
            kernel.Warn($"What is at {Path} is not the namespace of container '{Container.Name}', so it was left alone.");
    }
}
