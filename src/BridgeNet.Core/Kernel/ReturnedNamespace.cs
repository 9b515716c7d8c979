using BridgeNet.Containers;

namespace BridgeNet.Kernel;

/// <summary>The namespace at the path of a container whose owner brought it back after a boot, taken for the container's from now on.</summary>
/// <param name="Place">The container.</param>
internal sealed record ReturnedNamespace(Place Place) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"namespace {Place.Container!.Id}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Namespace;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        kernel.Take(Place, NetworkNamespace.Open(Place.Container!.NetNSPath));

    // It was its owner's before, and is so after.
    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }
}
