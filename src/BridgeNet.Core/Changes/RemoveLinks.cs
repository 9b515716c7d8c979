using System.Text.Json.Serialization;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>
/// Removes links of one kind in one request, so that they share the kernel's wait. The kernel removes the objects on them, too.
/// </summary>
/// <param name="Links">The links.</param>
internal sealed record RemoveLinks(IReadOnlyList<LinkObject> Links) : Operation
{
    /// <summary>The objects on the links, in the order of their creation.</summary>
    [JsonIgnore]
    public IReadOnlyList<KernelObject> On { get; init; } = [];

    /// <inheritdoc/>
    public override Stage Stage => Links[0].Stage;

    /// <inheritdoc/>
    public override bool Removes => true;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Links.SelectMany(static link => link.RemovalWords());

    /// <inheritdoc/>
    public override void Apply(Effects effects) => LinkObject.Remove(effects.Kernel, Links);

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        IReadOnlySet<string> created = CreateAgain(effects.Kernel);
        PutBack(effects.Kernel, On, created);
    }

    /// <summary>Creates the missing links again.</summary>
    /// <returns>The keys of the created links.</returns>
    public IReadOnlySet<string> CreateAgain(KernelAccess kernel)
    {
        HashSet<string> created = [];
        foreach (LinkObject link in Links.Where(link => kernel.FindRenamed(link.Where, link.Mark) is null))
        {
            link.Make(kernel, null);
            created.Add(link.Key);
        }
        return created;
    }

    /// <summary>Restores the objects on links that were created again; the other links still have theirs.</summary>
    public static void PutBack(KernelAccess kernel, IEnumerable<KernelObject> on, IReadOnlySet<string> created)
    {
        foreach (KernelObject part in on.Where(part => created.Contains(part.Parent!)))
            part.Make(kernel, null);
    }
}

/// <summary>
/// Removes bridges and their rules concurrently, because the kernel waits for its readers in both. A network without its rules can reach
/// less than before, never more, so the order does not matter.
/// </summary>
/// <param name="Bridges">The bridges.</param>
/// <param name="Rules">Their rules.</param>
internal sealed record RemoveWithRules(RemoveLinks Bridges, ChangeRules Rules) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Bridge;

    /// <inheritdoc/>
    public override bool Removes => true;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => [.. Bridges.Words(), .. Rules.Words()];

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // The ownership is checked before, because warnings must come from this thread.
        IReadOnlyList<int> doomed = effects.Kernel.FindOwn(Bridges.Links.Select(static link => link.Mark));
        effects.Machine.DoBoth(() => effects.Kernel.Host.DeleteLinks(doomed), () => Rules.Apply(effects));
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        // The bridges are set up last, as when they were created.
        IReadOnlySet<string> created = Bridges.CreateAgain(effects.Kernel);
        RemoveLinks.PutBack(effects.Kernel, Bridges.On.Where(static part => part.Stage < Stage.Rules), created);
        Rules.Undo(effects);
        RemoveLinks.PutBack(effects.Kernel, Bridges.On.Where(static part => part.Stage > Stage.Rules), created);
    }

    /// <inheritdoc/>
    public override void Complete(Effects effects)
    {
        Bridges.Complete(effects);
        Rules.Complete(effects);
    }
}
