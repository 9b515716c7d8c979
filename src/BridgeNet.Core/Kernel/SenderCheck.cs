using BridgeNet.Netlink;

namespace BridgeNet.Kernel;

/// <summary>
/// The check of the sender behind a port: the port is in the group that the anti-spoofing rules match, and the bridge has a static entry
/// for the MAC address behind it.
/// </summary>
/// <param name="Mark">Identifies the host's end.</param>
/// <param name="Mac">The MAC address of the interface inside.</param>
internal sealed record SenderCheck(LinkMark Mark, MacAddress Mac) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"senders of {Mark.Name}";

    /// <inheritdoc/>
    public override string? Parent => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Port;

    /// <inheritdoc/>
    public override KernelObject? OfPort => Entry;

    private PortEntry Entry => new(Mark, Mac);

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [.. Entry.Words(null), $"ip link set {Mark.Name} group {InterfaceGroup.AntiSpoof}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"ip link set {Mark.Name} group {InterfaceGroup.Port}", .. Entry.RemovalWords()];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        Entry.Make(kernel, null);
        Group(InterfaceGroup.AntiSpoof).Make(kernel, null);
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        Entry.Remove(kernel);
        Group(InterfaceGroup.Port).Make(kernel, null);
    }

    // The group of a port is compared with its other properties.
    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) => Entry.Compare(actual);

    private LinkProperty Group(uint group) => new(Place.Host, Mark, LinkProperty.Group, $"{group}");
}
