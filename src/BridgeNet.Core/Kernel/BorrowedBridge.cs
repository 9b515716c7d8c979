using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>A bridge that existed before its network: what a network changes of it, and what it was before.</summary>
/// <param name="Mark">By what it is known.</param>
/// <param name="Group">Its interface group.</param>
/// <param name="Mtu">The MTU that the network gives it, in bytes; 0 for its own.</param>
/// <param name="OwnMtu">Its own; 0 where it is not known, for it was never given another.</param>
internal sealed record BorrowedBridge(LinkMark Mark, uint Group, int Mtu, int OwnMtu) : KernelObject, ILinkRoot
{
    /// <inheritdoc/>
    public override string Key => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Bridge;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<LinkEnd> Ends => [new(Place.Host, Mark)];

    /// <inheritdoc/>
    [JsonIgnore]
    public DriftKind Kind => DriftKind.Bridge;

    /// <inheritdoc/>
    [JsonIgnore]
    public string Noun => "a bridge";

    /// <inheritdoc/>
    public Absence? Locate(ActualState actual)
    {
        Link? named = actual.Host.Find(Mark.Name);
        if (named is null)
            return new(Mark.Name, Deviation.Missing) { Advice = "its owner has to bring it back, then repair again" };
        if (!Mark.IsOn(named))
            return Absence.OfBridge(Mark.Name, named);
        actual.Locate(Place.Host, Mark, named);
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        new LinkProperty(Place.Host, Mark, LinkProperty.Group, $"{Group}").Compare(actual);

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [
            .. (before as BorrowedBridge)?.Group != Group ? [$"ip link set {Mark.Name} group {Group}"] : (string[])[],
            .. MtuAfter(before) is { } mtu ? [$"ip link set {Mark.Name} mtu {mtu}"] : (string[])[],
        ];

    /// <inheritdoc/>
    public override bool IsSame(KernelObject before) => before is BorrowedBridge was && was.Group == Group && MtuAfter(before) is null;

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if ((IsTakenSince(before) ? kernel.Require(Place.Host, Mark) : kernel.Find(Place.Host, Mark)) is not { } link)
            return;
        if (link.Group != Group)
            kernel.Host.SetGroup(link.Index, Group);
        if (MtuAfter(before) is { } mtu && link.Mtu != mtu)
            kernel.Host.SetMtu(link.Index, mtu);
    }

    // It was not ours to make, so it is not ours to remove.
    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }

    private int? MtuAfter(KernelObject? before) =>
        before is BorrowedBridge was && was.Mtu != Mtu
            ? Mtu > 0
                ? Mtu
                : was.OwnMtu
            : null;

    private bool IsTakenSince(KernelObject? before) =>
        InterfaceGroup.IsOurs(Group) && !(before is BorrowedBridge was && InterfaceGroup.IsOurs(was.Group));
}
