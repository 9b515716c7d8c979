using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>A static forwarding entry: the bridge knows the MAC address behind a port permanently, whatever frames claim.</summary>
/// <param name="Mark">Identifies the host's end.</param>
/// <param name="Mac">The MAC address of the interface inside.</param>
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

    // A link that was removed from its bridge has no entry.
    private void WherePort(KernelAccess kernel, Action<IRtnetlink, Link> change) =>
        kernel.ChangeIfExists(
            Place.Host,
            Mark,
            (links, link) =>
            {
                if (link.Master != 0)
                    change(links, link);
            }
        );
}
