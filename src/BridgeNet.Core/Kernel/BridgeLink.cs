using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The bridge of a network. It is created down, and set up after its rules exist.</summary>
/// <param name="Mark">Identifies the bridge.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Group">Its interface group, by which rules match properties of the network.</param>
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
        if (
            (
                named is null ? actual.Host.Links.FirstOrDefault(Mark.IsRenamed)
                : Mark.IsOn(named) ? named
                : null
            )
            is not { } found
        )
            return Absence.OfBridge(Mark.Name, named);
        actual.Locate(Place.Host, Mark, found);
        return null;
    }

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() =>
        [new(Place.Host, Mark, LinkProperty.Mtu, $"{Mtu}"), new(Place.Host, Mark, LinkProperty.Group, $"{Group}")];

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Fixed() =>
        [
            .. Mark.Mac is { } mac ? [new(Place.Host, Mark, LinkProperty.Address, $"{mac}")] : (LinkProperty[])[],
            new(Place.Host, Mark, LinkProperty.Alias, Mark.Alias!),
        ];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
        [
            $"ip link add {Mark.Name}{(Mark.Mac is { } mac ? $" address {mac}" : "")} mtu {Mtu}{(Group > 0 ? $" group {Group}" : "")} type bridge; ip link set {Mark.Name} alias '{Mark.Alias}'",
        ];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel) =>
        kernel.Created(Mark, kernel.Host.CreateBridge(Mark.Name, Mark.Mac, Mtu, Group, Mark.Alias!));
}
