namespace BridgeNet.Kernel;

/// <summary>The membership of an endpoint's host end in the bridge of its network.</summary>
/// <param name="Mark">Identifies the host's end.</param>
/// <param name="Bridge">Identifies the bridge.</param>
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
        kernel.ChangeIfExists(Place.Host, Mark, (links, link) => links.SetMaster(link.Index, kernel.IndexOf(Place.Host, Bridge)));

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.ChangeIfExists(Place.Host, Mark, static (links, link) => links.SetMaster(link.Index, 0));
}
