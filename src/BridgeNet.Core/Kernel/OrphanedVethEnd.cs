namespace BridgeNet.Kernel;

/// <summary>The leftover end of a veth pair inside a container: the host's end is not where it should be.</summary>
/// <param name="Place">The container.</param>
/// <param name="Mark">Identifies the end inside.</param>
internal sealed record OrphanedVethEnd(Place Place, LinkMark Mark) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} stray {Mark.Name}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Link;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} link delete {Mark.Name}"];

    // It exists because the pair was changed by another program; no change creates it.
    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) { }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.ChangeIfExists(Place, Mark, static (links, link) => links.DeleteLinks([link.Index]));
}
