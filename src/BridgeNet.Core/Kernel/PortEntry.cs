using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>That a bridge knows for good which Ethernet address is behind a port, whatever frames say.</summary>
/// <param name="Mark">By what the host's end is known.</param>
/// <param name="Mac">The Ethernet address inside.</param>
internal sealed record PortEntry(LinkMark Mark, MacAddress Mac) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"entry of {Mark.Name}";

    /// <inheritdoc/>
    public override string? Parent => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Port;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"bridge fdb replace {Mac} dev {Mark.Name} master static sticky"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"bridge fdb delete {Mac} dev {Mark.Name} master"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        WherePort(kernel, (links, link) => links.ReplaceForwarding(link.Index, Mac));

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => WherePort(kernel, (links, link) => links.RemoveForwarding(link.Index, Mac));

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Find(Place.Host, Mark) is { } link && !actual.Host.IsBehind(link.Index, Mac)
            ? [new(DriftKind.Link, Mark.Name, $"fdb {Mac} static", Deviation.Missing, this with { Mark = actual.Known(Place.Host, Mark) })]
            : [];

    // One that somebody took off its bridge has none.
    private void WherePort(KernelAccess kernel, Action<RtnetlinkConnection, Link> change) =>
        kernel.WhereThere(
            Place.Host,
            Mark,
            (links, link) =>
            {
                if (link.Master != 0)
                    change(links, link);
            }
        );
}
