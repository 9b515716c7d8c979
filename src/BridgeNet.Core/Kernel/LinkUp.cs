using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>A link that is switched on.</summary>
/// <param name="Place">Where the link is.</param>
/// <param name="Mark">By what it is known.</param>
internal sealed record LinkUp(Place Place, LinkMark Mark) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} link {Mark.Name} up";

    /// <summary>The link that it goes with, of an interface inside its pair.</summary>
    public string? With { get; init; }

    /// <inheritdoc/>
    public override string? Parent => With ?? Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Mark.Kind == "bridge" ? Stage.BridgeUp : Stage.InsideUp;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"{Place.Ip} link set {Mark.Name} up"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} link set {Mark.Name} down"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) => kernel.Links(Place).SetUp(kernel.IndexOf(Place, Mark));

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => kernel.WhereThere(Place, Mark, static (links, link) => links.SetDown(link.Index));

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Find(Place, Mark) is { Up: false }
            ? [new(DriftKind.Link, Mark.Name, "up", "down", this with { Mark = actual.Known(Place, Mark) })]
            : [];
}
