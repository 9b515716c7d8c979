using System.Text.Json.Serialization;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Changes;

/// <summary>Removes links of one kind in one request, so that they share the kernel's wait; what is on them goes with them.</summary>
/// <param name="Links">The links.</param>
internal sealed record RemoveLinks(IReadOnlyList<LinkObject> Links) : Operation
{
    /// <summary>What is on them, in the order in which it came.</summary>
    [JsonIgnore]
    public IReadOnlyList<KernelObject> On { get; init; } = [];

    /// <inheritdoc/>
    public override Stage Stage => Links[0].Stage;

    /// <inheritdoc/>
    public override bool Removes => true;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Links.SelectMany(static link => link.RemovalWords());

    /// <inheritdoc/>
    public override void Apply(Effects effects) => effects.Kernel.Host.DeleteLinks(Own(effects.Kernel));

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        IReadOnlySet<string> created = CreateAgain(effects.Kernel);
        PutBack(effects.Kernel, On, created);
    }

    /// <summary>The indexes of those that are there and ours.</summary>
    public IReadOnlyList<int> Own(KernelAccess kernel) => kernel.FindOwn(Links.Select(static link => link.Mark));

    /// <summary>Creates again those that are gone.</summary>
    /// <returns>The keys of these.</returns>
    public IReadOnlySet<string> CreateAgain(KernelAccess kernel)
    {
        HashSet<string> created = [];
        foreach (LinkObject link in Links.Where(link => kernel.Find(Place.Host, link.Mark) is null))
        {
            link.Make(kernel, null);
            created.Add(link.Key);
        }
        return created;
    }

    /// <summary>Puts what was on links on those that were created again; the others have it still.</summary>
    public static void PutBack(KernelAccess kernel, IEnumerable<KernelObject> on, IReadOnlySet<string> created)
    {
        foreach (KernelObject part in on.Where(part => created.Contains(part.Parent!)))
            part.Make(kernel, null);
    }
}

/// <summary>
/// Removes bridges while their rules are removed, for the kernel waits for its readers in both. A network without its rules reaches less than
/// before, never more, so it does not matter which are gone first.
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
        // Whose they are is looked at before, for a warning must come from this thread.
        IReadOnlyList<int> doomed = Bridges.Own(effects.Kernel);
        ConcurrentStep links = new(() => effects.Kernel.Host.DeleteLinks(doomed));
        links.Begin();
        try
        {
            Rules.Apply(effects);
        }
        finally
        {
            links.Wait();
        }
        links.End();
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        // Up last, as when they were created.
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
