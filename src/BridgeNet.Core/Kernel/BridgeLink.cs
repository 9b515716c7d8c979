using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The bridge of a network, down until its rules are there.</summary>
/// <param name="Mark">By what it is known.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Group">Its interface group, which says what holds of the network.</param>
internal sealed record BridgeLink(LinkMark Mark, int Mtu, uint Group) : LinkObject(Mark)
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Bridge;

    /// <inheritdoc/>
    public override IReadOnlyList<LinkEnd> Ends => [new(Place.Host, Mark)];

    /// <inheritdoc/>
    public override DriftKind Kind => DriftKind.Bridge;

    /// <inheritdoc/>
    public override string Noun => "a bridge";

    /// <inheritdoc/>
    public override Absence? Locate(ActualState actual)
    {
        Link? named = actual.Host.Find(Mark.Name);
        // Under another name, its mark and its Ethernet address say that it is it.
        if (
            (
                named is null
                    ? actual.Host.Links.FirstOrDefault(link => link.Kind == Mark.Kind && link.Mac == Mark.Mac && link.Alias == Mark.Alias)
                : Mark.IsOn(named) ? named
                : null
            )
            is not { } there
        )
            return Absence.OfBridge(Mark.Name, named);
        actual.Locate(Place.Host, Mark, there);
        return null;
    }

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() =>
        [new(Place.Host, Mark, LinkProperty.Mtu, $"{Mtu}"), new(Place.Host, Mark, LinkProperty.Group, $"{Group}")];

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Fixed() =>
        [new(Place.Host, Mark, LinkProperty.Address, $"{Mark.Mac}"), new(Place.Host, Mark, LinkProperty.Alias, Mark.Alias!)];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
        [$"ip link add {Mark.Name} address {Mark.Mac} mtu {Mtu} group {Group} type bridge; ip link set {Mark.Name} alias '{Mark.Alias}'"];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel) =>
        kernel.Created(Mark, kernel.Host.CreateBridge(Mark.Name, Mark.Mac!.Value, Mtu, Group, Mark.Alias!));
}
