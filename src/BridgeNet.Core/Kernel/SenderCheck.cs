using BridgeNet.Netlink;

namespace BridgeNet.Kernel;

/// <summary>
/// That the senders behind a port are checked: it is in the group that the rules of anti-spoofing ask for, and the bridge knows for good who
/// is behind it.
/// </summary>
/// <param name="Mark">By what the host's end is known.</param>
/// <param name="Mac">The Ethernet address inside.</param>
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

    // The group of a port is compared with the port.
    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) => Entry.Compare(actual);

    private LinkProperty Group(uint group) => new(Place.Host, Mark, LinkProperty.Group, $"{group}");
}
