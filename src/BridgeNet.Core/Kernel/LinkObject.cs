using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>A link of the host that comes and goes with its network or endpoint, and takes all that is on it along.</summary>
/// <param name="Mark">By what it is known.</param>
[JsonDerivedType(typeof(BridgeLink), "bridge")]
[JsonDerivedType(typeof(VethLink), "veth")]
internal abstract record LinkObject(LinkMark Mark) : KernelObject, ILinkRoot
{
    /// <inheritdoc/>
    public override string Key => Mark.LinkKey;

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract IReadOnlyList<LinkEnd> Ends { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract DriftKind Kind { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract string Noun { get; }

    /// <inheritdoc/>
    public abstract Absence? Locate(ActualState actual);

    /// <summary>What of it can change while it is there.</summary>
    protected abstract IEnumerable<LinkProperty> Properties();

    /// <summary>What of it no change ever changes, but another hand may have.</summary>
    protected abstract IEnumerable<LinkProperty> Fixed();

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

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        Fixed().Concat(Properties()).SelectMany(property => property.Compare(actual));

    private IEnumerable<LinkProperty> Unlike(LinkObject before)
    {
        HashSet<(string, string, string)> had =
        [
            .. before.Properties().Select(static property => (property.Mark.Name, property.Name, property.Value)),
        ];
        return Properties().Where(property => !had.Contains((property.Mark.Name, property.Name, property.Value)));
    }
}
