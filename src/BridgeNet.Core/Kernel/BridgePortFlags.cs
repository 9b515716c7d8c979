using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The flags of an endpoint's bridge port that differ from the kernel's defaults.</summary>
/// <param name="Mark">Identifies the host's end.</param>
/// <param name="Flags">The flags.</param>
internal sealed record BridgePortFlags(LinkMark Mark, PortFlags Flags) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"port {Mark.Name}";

    /// <inheritdoc/>
    public override string? Parent => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Port;

    /// <inheritdoc/>
    public override KernelObject? OfPort => this;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [Line(Flags, (before as BridgePortFlags)?.Flags ?? PortFlags.Default)];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [Line(PortFlags.Default, Flags)];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) => Set(kernel, Flags);

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => Set(kernel, PortFlags.Default);

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        if (actual.Find(Place.Host, Mark) is not { } link || PortFlags.Of(link) is var now && now == Flags)
            return [];
        BridgePortFlags wanted = this with { Mark = actual.Known(Place.Host, Mark) };
        return [new(DriftKind.Link, Mark.Name, Flags.Unlike(now), now.Unlike(Flags), wanted, wanted with { Flags = now })];
    }

    // A link that was removed from its bridge has no port flags.
    private void Set(KernelAccess kernel, PortFlags flags) =>
        kernel.ChangeIfExists(
            Place.Host,
            Mark,
            (links, link) =>
            {
                if (link.Master != 0)
                    links.SetBridgePort(link.Index, flags.Isolated, flags.Hairpin, flags.Learning);
            }
        );

    private string Line(PortFlags flags, PortFlags now) => $"bridge link set dev {Mark.Name} {flags.Unlike(now)}";
}
