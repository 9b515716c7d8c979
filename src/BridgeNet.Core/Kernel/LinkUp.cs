using BridgeNet.Model;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel;

/// <summary>A link that is set up (administratively).</summary>
/// <param name="Place">The namespace of the link.</param>
/// <param name="Mark">Identifies the link.</param>
internal sealed record LinkUp(Place Place, LinkMark Mark) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} link {Mark.Name} up";

    /// <summary>The key of the link that an interface inside is created and removed with: the host's end of its pair.</summary>
    public string? With { get; init; }

    /// <summary>The link of the host that it is on, without which it cannot be up; null for none.</summary>
    public LinkMark? Lower { get; init; }

    /// <inheritdoc/>
    public override string? Parent => With ?? Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Place.Container is null ? Stage.BridgeUp : Stage.InsideUp;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"{Place.Ip} link set {Mark.Name} up"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} link set {Mark.Name} down"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        try
        {
            kernel.Links(Place).SetUp(kernel.IndexOf(Place, Mark));
        }
        catch (NetlinkException failure) when (failure.Errno == EADDRINUSE)
        {
            // Only a link on another one asks for this (drivers/net/macvlan.c: macvlan_open).
            throw new BridgeNetException(
                ErrorIds.AddressInUse,
                ProblemCategory.ResourceExists,
                $"The MAC address {Mark.Mac} of '{Mark.Owner}' is that of its parent, or of another interface on it; choose another.",
                Mark.Owner,
                failure
            );
        }
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.ChangeIfExists(Place, Mark, static (links, link) => links.SetDown(link.Index));

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Find(Place, Mark) is { Up: false } && !(Lower is not null && actual.Find(Place.Host, Lower) is not { Up: true })
            ? [new(DriftKind.Link, Mark.Name, "up", "down", this with { Mark = actual.Known(Place, Mark) })]
            : [];
}
