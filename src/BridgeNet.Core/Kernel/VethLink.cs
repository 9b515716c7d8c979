using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The veth pair of an endpoint: the host's end is a bridge port and up; the other end is created inside the container.</summary>
/// <param name="Mark">Identifies the host's end.</param>
/// <param name="Bridge">Identifies the bridge.</param>
/// <param name="Mtu">The MTU of both ends, in bytes.</param>
/// <param name="Group">The interface group of the host's end.</param>
/// <param name="Place">The container of the other end.</param>
/// <param name="Inside">Identifies the other end.</param>
internal sealed record VethLink(LinkMark Mark, LinkMark Bridge, int Mtu, uint Group, Place Place, LinkMark Inside) : LinkObject(Mark)
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Link;

    /// <inheritdoc/>
    public override IReadOnlyList<LinkEnd> Ends => [new(Place.Host, Mark), new(Place, Inside)];

    /// <inheritdoc/>
    public override IReadOnlyList<LinkMark> Needs => [Bridge];

    /// <inheritdoc/>
    public override DriftKind Kind => DriftKind.Endpoint;

    /// <inheritdoc/>
    public override string Noun => "an end of a veth pair";

    /// <inheritdoc/>
    public override Absence? Locate(ActualState actual)
    {
        if (actual.In(Place) is not { } inside)
            return new(Mark.Name, Deviation.Missing) { Leftovers = HostLeftovers(actual.Host) };
        (Link? port, Link? link) = FindEnds(actual.Host, inside);
        if (port is null || link is null)
            return WhyGone(actual.Host, inside);
        actual.Locate(Place.Host, Mark, port);
        actual.Locate(Place, Inside, link);
        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        LinkMark mark = actual.Known(Place.Host, Mark);
        if (actual.Find(Place.Host, Mark) is { } port && (port.Master == 0 || port.Master != actual.Find(Place.Host, Bridge)?.Index))
        {
            string now = actual.Host.Find(port.Master) is { } other ? $"master {ShellWord.Of(other.Name)}" : "no master";
            yield return new(DriftKind.Link, Mark.Name, $"master {Bridge.Name}", now, new BridgeMember(mark, Bridge));
        }
        foreach (Deviation deviation in base.Compare(actual).Concat(new LinkUp(Place.Host, Mark).Compare(actual)))
            yield return deviation;
    }

    /// <inheritdoc/>
    protected override void RemoveInside(KernelAccess kernel) =>
        kernel.WherePossible(Place, [$"{Place.Ip} link delete {Inside.Name}"], () => new OrphanedVethEnd(Place, Inside).Remove(kernel));

    // The group is not among them: SenderCheck changes it in a later stage.
    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() =>
        [
            new(Place.Host, Mark, LinkProperty.Mtu, $"{Mtu}"),
            new(Place, Inside, LinkProperty.Mtu, $"{Mtu}"),
            new(Place.Host, Mark, LinkProperty.Alias, Mark.Alias!),
        ];

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Fixed() =>
        [new(Place.Host, Mark, LinkProperty.Group, $"{Group}"), new(Place, Inside, LinkProperty.Address, $"{Inside.Mac}")];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
        [
            $"ip link add {Mark.Name} address {Mark.Mac} mtu {Mtu} master {Bridge.Name} group {Group} up type veth peer name {Inside.Name} address {Inside.Mac} mtu {Mtu} netns {Place.Path}; "
                + $"ip link set {Mark.Name} alias '{Mark.Alias}'",
        ];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel) =>
        kernel.Created(
            Mark,
            kernel.Host.CreateVeth(
                Mark.Name,
                Mark.Mac!.Value,
                Mtu,
                kernel.IndexOf(Place.Host, Bridge),
                Mark.Alias!,
                kernel.Space(Place).Handle,
                Inside.Name,
                Inside.Mac!.Value,
                Group
            )
        );

    /// <summary>Finds the two ends. Each is identified by its own mark, or by the mark of its peer.</summary>
    private (Link? Port, Link? Inside) FindEnds(HostFacts host, HostFacts inside)
    {
        Link? port =
            host.Find(Mark.Name) is { Kind: "veth" } here && (Mark.IsOn(here) || (PeerIn(inside, here) is { } peer && Inside.IsOn(peer)))
                ? here
                : null;
        Link? link =
            inside.Find(Inside.Name) is { Kind: "veth" } candidate && (port is null ? Inside.IsOn(candidate) : ArePair(port, candidate))
                ? candidate
                : null;
        if (port is not null)
            link ??= PeerIn(inside, port) is { } renamed && Inside.IsOn(renamed) ? renamed : null;
        else if (link is not null)
            port = PeerIn(host, link) is { } renamed && renamed.Alias == Mark.Alias ? renamed : null;
        return (port, link);
    }

    private Absence WhyGone(HostFacts host, HostFacts inside)
    {
        Link? port = host.Find(Mark.Name),
            link = inside.Find(Inside.Name);
        bool isHostOurs = port is not null && Mark.IsOn(port),
            isInsideOurs = link is not null && Inside.IsOn(link);
        string what = isHostOurs ? Inside.Name : Mark.Name;
        if (
            (
                port is not null && !isHostOurs ? port
                : link is not null && !isInsideOurs ? link
                : null
            ) is
            { } taken
        )
        {
            string name = ShellWord.Of(taken.Name);
            return new(what, $"a foreign link has the name {name}") { Advice = Absence.Rename(name) };
        }
        return new(what, Deviation.Missing)
        {
            Leftovers = isInsideOurs && !isHostOurs ? [new OrphanedVethEnd(Place, Inside)] : HostLeftovers(host),
        };
    }

    /// <summary>The leftover host's end: the kernel removes it with some delay after the namespace of the other end.</summary>
    private IReadOnlyList<KernelObject> HostLeftovers(HostFacts host) => host.Find(Mark.Name) is { } port && Mark.IsOn(port) ? [this] : [];

    /// <summary>The peer of a link, if each of the two has the index of the other.</summary>
    private static Link? PeerIn(HostFacts other, Link end) =>
        other.Find(PeerOf(end)) is { Kind: "veth" } peer && ArePair(end, peer) ? peer : null;

    private static bool ArePair(Link one, Link other) => PeerOf(one) == other.Index && PeerOf(other) == one.Index;

    // Kernels before 5.10 omit the peer's index if it equals the link's own.
    private static int PeerOf(Link link) => link.LinkedIndex == 0 ? link.Index : link.LinkedIndex;
}
