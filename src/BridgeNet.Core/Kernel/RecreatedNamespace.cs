namespace BridgeNet.Kernel;

/// <summary>A container's namespace that its owner created again after a boot: the namespace at the path becomes the container's.</summary>
/// <param name="Place">The container.</param>
internal sealed record RecreatedNamespace(Place Place) : KernelObject
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
        kernel.Take(Place, kernel.Namespaces.Open(Place.Container!.NetNSPath));

    // The namespace belongs to its owner.
    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }
}
