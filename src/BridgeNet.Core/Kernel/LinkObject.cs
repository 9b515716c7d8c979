using System.Text.Json.Serialization;

namespace BridgeNet.Kernel;

/// <summary>A link of the host that comes and goes with its network or endpoint, and takes all that is on it along.</summary>
/// <param name="Mark">By what it is known.</param>
[JsonDerivedType(typeof(BridgeLink), "bridge")]
[JsonDerivedType(typeof(VethLink), "veth")]
internal abstract record LinkObject(LinkMark Mark) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => Mark.LinkKey;

    /// <summary>What of it can change while it is there.</summary>
    protected abstract IEnumerable<LinkProperty> Properties();

    /// <summary>The commands that create it.</summary>
    protected abstract IEnumerable<string> CreationWords();

    /// <summary>Creates it.</summary>
    protected abstract void Create(KernelAccess kernel);

    /// <inheritdoc/>
    public override bool IsSame(KernelObject before) => before is LinkObject was && !Unlike(was).Any();

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        before is LinkObject was ? Unlike(was).SelectMany(static property => property.Words(null)) : CreationWords();

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"ip link delete {Mark.Name}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if (before is not LinkObject was)
        {
            // Of an undo that is tried again.
            if (kernel.Find(Place.Host, Mark) is null)
                Create(kernel);
            return;
        }
        foreach (LinkProperty property in Unlike(was))
            kernel.WherePossible(property.Where, property.Words(null), () => property.Make(kernel, null));
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => kernel.Host.DeleteLinks(kernel.FindOwn([Mark]));

    private IEnumerable<LinkProperty> Unlike(LinkObject before)
    {
        HashSet<(string, string, string)> had = [.. before.Properties().Select(static property => (property.Mark.Name, property.Name, property.Value))];
        return Properties().Where(property => !had.Contains((property.Mark.Name, property.Name, property.Value)));
    }
}

/// <summary>The bridge of a network, down until its rules are there.</summary>
/// <param name="Mark">By what it is known.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Group">Its interface group, which says what holds of the network.</param>
internal sealed record BridgeLink(LinkMark Mark, int Mtu, uint Group) : LinkObject(Mark)
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Bridge;

    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() => [new(Place.Host, Mark, LinkProperty.Mtu, $"{Mtu}"), new(Place.Host, Mark, LinkProperty.Group, $"{Group}")];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
        [$"ip link add {Mark.Name} address {Mark.Mac} mtu {Mtu} group {Group} type bridge; ip link set {Mark.Name} alias '{Mark.Alias}'"];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel) =>
        kernel.Created(Mark, kernel.Host.CreateBridge(Mark.Name, Mark.Mac!.Value, Mtu, Group, Mark.Alias!));
}

/// <summary>The veth pair of an endpoint: a port of its bridge, up, and an interface inside, born there.</summary>
/// <param name="Mark">By what the host's end is known.</param>
/// <param name="Bridge">By what the bridge is known.</param>
/// <param name="Mtu">In bytes, of both ends.</param>
/// <param name="Group">The interface group of the host's end.</param>
/// <param name="Place">Where the other end is.</param>
/// <param name="Inside">By what that is known.</param>
internal sealed record VethLink(LinkMark Mark, LinkMark Bridge, int Mtu, uint Group, Place Place, LinkMark Inside) : LinkObject(Mark)
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Link;

    // Its group is not among them: who checks senders changes it, in its turn.
    /// <inheritdoc/>
    protected override IEnumerable<LinkProperty> Properties() =>
    [
        new(Place.Host, Mark, LinkProperty.Mtu, $"{Mtu}"), new(Place, Inside, LinkProperty.Mtu, $"{Mtu}"),
        new(Place.Host, Mark, LinkProperty.Alias, Mark.Alias!),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<string> CreationWords() =>
    [
        $"ip link add {Mark.Name} address {Mark.Mac} mtu {Mtu} master {Bridge.Name} group {Group} up type veth peer name {Inside.Name} address {Inside.Mac} mtu {Mtu} netns {Place.Path}; "
            + $"ip link set {Mark.Name} alias '{Mark.Alias}'",
    ];

    /// <inheritdoc/>
    protected override void Create(KernelAccess kernel) => kernel.Created(Mark, kernel.Host.CreateVeth(Mark.Name, Mark.Mac!.Value, Mtu, kernel.IndexOf(Place.Host, Bridge),
        Mark.Alias!, kernel.Space(Place).Handle, Inside.Name, Inside.Mac!.Value, Group));
}
