using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>A link of the host that a network uses as it is: the network neither creates nor changes nor removes it.</summary>
/// <param name="Mark">Names the link.</param>
/// <param name="Mtu">The MTU that the interfaces on it need, in bytes.</param>
internal sealed record ParentLink(LinkMark Mark, int Mtu) : KernelObject, ILinkRoot
{
    /// <inheritdoc/>
    public override string Key => $"parent {Mark.Name}";

    /// <inheritdoc/>
    public override Stage Stage => Stage.Bridge;

    /// <inheritdoc/>
    [JsonIgnore]
    public IReadOnlyList<LinkEnd> Ends => [new(Place.Host, Mark)];

    /// <inheritdoc/>
    [JsonIgnore]
    public DriftKind Kind => DriftKind.Link;

    /// <inheritdoc/>
    [JsonIgnore]
    public string Noun => $"an interface that is up, with an MTU of {Mtu}";

    /// <inheritdoc/>
    public Absence? Locate(ActualState actual)
    {
        string name = ShellWord.Of(Mark.Name);
        if (actual.Host.Find(Mark.Name) is not { } found)
            return new(name, Deviation.Missing) { Advice = $"create or rename the interface {name}, then repair again" };
        actual.Locate(Place.Host, Mark, found);
        return found switch
        {
            { Up: false } => new(name, "down") { Advice = $"ip link set {name} up" },
            { Mtu: var mtu } when mtu < Mtu => new(name, $"an MTU of {mtu}") { Advice = $"ip link set {name} mtu {Mtu}" },
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if (before is null)
            kernel.Require(Place.Host, Mark);
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }
}
