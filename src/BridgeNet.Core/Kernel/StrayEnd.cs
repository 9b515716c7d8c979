namespace BridgeNet.Kernel;

/// <summary>What is left in a container of a pair whose other end is no more where it was.</summary>
/// <param name="Place">The container.</param>
/// <param name="Mark">By what the end inside is known.</param>
internal sealed record StrayEnd(Place Place, LinkMark Mark) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} stray {Mark.Name}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Link;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} link delete {Mark.Name}"];

    // It is there because another hand took the pair apart; no change creates it.
    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) { }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.WhereThere(Place, Mark, static (links, link) => links.DeleteLinks([link.Index]));
}
