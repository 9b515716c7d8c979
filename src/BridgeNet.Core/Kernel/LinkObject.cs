using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>
/// A link that is created and removed with its network or endpoint. The kernel removes everything on it with it.
/// </summary>
/// <param name="Mark">Identifies the link.</param>
[JsonDerivedType(typeof(BridgeLink), "bridge")]
[JsonDerivedType(typeof(VethLink), "veth")]
[JsonDerivedType(typeof(UpperLink), "upper")]
internal abstract record LinkObject(LinkMark Mark) : KernelObject, ILinkRoot
{
    /// <inheritdoc/>
    public override string Key => Mark.LinkKey;

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract IReadOnlyList<LinkEnd> Ends { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public virtual IReadOnlyList<LinkMark> Needs => [];

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract DriftKind Kind { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public abstract string Noun { get; }

    /// <inheritdoc/>
    public abstract Absence? Locate(ActualState actual);

    /// <summary>
    /// Removes what is inside a container: the link itself, or the other end of a pair if the host's end was not found; the kernel then
    /// removes both.
    /// </summary>
    protected virtual void RemoveInside(KernelAccess kernel) { }

    /// <summary>The properties that a change of the network can change on an existing link.</summary>
    protected abstract IEnumerable<LinkProperty> Properties();

    /// <summary>The properties that no change of the network changes, but an admin or another tool may have changed.</summary>
    protected abstract IEnumerable<LinkProperty> Fixed();

    /// <summary>The commands that create it.</summary>
    protected abstract IEnumerable<string> CreationWords();

    /// <summary>Creates it.</summary>
    protected abstract void Create(KernelAccess kernel);

    /// <inheritdoc/>
    public override bool IsSame(KernelObject before) => before is LinkObject was && !ChangedProperties(was).Any();

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        before is LinkObject was ? ChangedProperties(was).SelectMany(static property => property.Words(null)) : CreationWords();

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Where.Ip} link delete {Mark.Name}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        if (before is not LinkObject was)
        {
            // It exists if an undo is tried again.
            if (kernel.Find(Where, Mark) is null)
                Create(kernel);
            return;
        }
        foreach (LinkProperty property in ChangedProperties(was))
        {
            // Identified by its current alias, not by the new one.
            LinkProperty found = property.Mark.Equals(was.Mark) ? property with { Mark = was.Mark } : property;
            // An undo in another process finds the namespace where the change moved it to: that is undone later.
            if (found.Place.Container is not null && kernel.TrySpace(found.Place) is null)
                found = found with { Place = was.Where };
            kernel.WherePossible(found.Where, found.Words(null), () => found.Make(kernel, null));
        }
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => Remove(kernel, [this]);

    /// <summary>Removes links in one request, and what is elsewhere of those that the host does not have.</summary>
    public static void Remove(KernelAccess kernel, IReadOnlyList<LinkObject> links)
    {
        LinkObject[] outside = [.. links.Where(static link => link.Where.Container is null)];
        IReadOnlyList<int> own = kernel.FindOwn(outside.Select(static link => link.Mark));
        kernel.Host.DeleteLinks(own);
        foreach (LinkObject link in own.Count == outside.Length ? links.Except(outside) : links)
            link.RemoveInside(kernel);
    }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        Fixed().Concat(Properties()).SelectMany(property => property.Compare(actual));

    private IEnumerable<LinkProperty> ChangedProperties(LinkObject before)
    {
        HashSet<(string, string, string)> had =
        [
            .. before.Properties().Select(static property => (property.Mark.Name, property.Name, property.Value)),
        ];
        return Properties().Where(property => !had.Contains((property.Mark.Name, property.Name, property.Value)));
    }
}
