using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>A bridge that existed before its network, and that the network adopts: the properties that the network changes.</summary>
/// <param name="Mark">Identifies the bridge.</param>
/// <param name="Group">Its interface group.</param>
/// <param name="Mtu">The MTU that the network sets, in bytes; 0 to keep the bridge's own.</param>
/// <param name="OwnMtu">The bridge's own MTU in bytes; 0 if unknown, because it was never changed.</param>
internal sealed record AdoptedBridgeLink(LinkMark Mark, uint Group, int Mtu, int OwnMtu) : KernelObject, ILinkRoot
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
            return new(Mark.Name, Deviation.Missing) { Advice = "wait until its owner creates it again, then repair again" };
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
            .. (before as AdoptedBridgeLink)?.Group != Group ? [$"ip link set {Mark.Name} group {Group}"] : (string[])[],
            .. MtuAfter(before) is { } mtu ? [$"ip link set {Mark.Name} mtu {mtu}"] : (string[])[],
        ];

    /// <inheritdoc/>
    public override bool IsSame(KernelObject before) => before is AdoptedBridgeLink was && was.Group == Group && MtuAfter(before) is null;

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if ((IsAdoptedSince(before) ? kernel.Require(Place.Host, Mark) : kernel.Find(Place.Host, Mark)) is not { } link)
            return;
        if (link.Group != Group)
            kernel.Host.SetGroup(link.Index, Group);
        if (MtuAfter(before) is { } mtu && link.Mtu != mtu)
            kernel.Host.SetMtu(link.Index, mtu);
    }

    // The bridge belongs to its owner, so it is not removed with the network.
    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }

    private int? MtuAfter(KernelObject? before) =>
        before is AdoptedBridgeLink was && was.Mtu != Mtu
            ? Mtu > 0
                ? Mtu
                : was.OwnMtu
            : null;

    private bool IsAdoptedSince(KernelObject? before) =>
        InterfaceGroup.IsOurs(Group) && !(before is AdoptedBridgeLink was && InterfaceGroup.IsOurs(was.Group));
}
