namespace BridgeNet.Kernel;

/// <summary>That the host's end of an endpoint is a port of its network's bridge.</summary>
/// <param name="Mark">By what the host's end is known.</param>
/// <param name="Bridge">By what the bridge is known.</param>
internal sealed record BridgeMember(LinkMark Mark, LinkMark Bridge) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"master of {Mark.Name}";

    /// <inheritdoc/>
    public override string? Parent => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Link;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"ip link set {Mark.Name} master {Bridge.Name}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"ip link set {Mark.Name} nomaster"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        kernel.WhereThere(Place.Host, Mark, (links, link) => links.SetMaster(link.Index, kernel.IndexOf(Place.Host, Bridge)));

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.WhereThere(Place.Host, Mark, static (links, link) => links.SetMaster(link.Index, 0));
}
