using System.Text.Json.Serialization;
using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Keeps the name files of all whom a change concerns. What they are to say is found when they are written: of a network with many containers it is long.</summary>
/// <param name="Change">What changes.</param>
/// <param name="Concerned">The ids of those whose files say something else then.</param>
internal sealed record UpdateNames(NameChange Change, IReadOnlyList<string> Concerned) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Names;

    /// <summary>The commands, found when they are asked for: of a network with many containers they are long.</summary>
    [JsonIgnore]
    public Lazy<IReadOnlyList<string>> Lines { get; init; } = new([]);

    /// <summary>The operation that follows a change of names; null when it concerns nobody who has files.</summary>
    public static UpdateNames? Plan(IStateReader state, NameChange change, NameKeeper keeper)
    {
        IReadOnlyList<string> concerned = NameKeeper.Concerned(state, change);
        UpdateNames planned = new(change, concerned);
        bool isNothing = !planned.ContainersOf(state, change).Concat(change.Removed).Select(keeper.FilesOf).OfType<ContainerFiles>().Any();
        return isNothing
            ? null
            : planned with
            {
                Lines = new(() =>
                    [.. keeper.Describe(change, planned.ContainersOf(state, change), new NameView(state), new NameView(state, change))]
                ),
            };
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Lines.Value;

    /// <inheritdoc/>
    public override void Apply(Effects effects) => Write(effects, Change, effects.Warn);

    /// <inheritdoc/>
    public override void Undo(Effects effects) => WherePossible(effects, () => Write(effects, Change.Reversed(), static _ => { }));

    /// <inheritdoc/>
    public override void Complete(Effects effects) => WherePossible(effects, () => Apply(effects));

    /// <summary>Name files are no reason to leave the kernel half-done, or the host without its next change.</summary>
    private static void WherePossible(Effects effects, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is BridgeNetException or NativeException or IOException)
        {
            effects.Kernel.Warn($"Name files could not be written: {failure.Message.TrimEnd('.')}. Repair-BridgeNetwork tries again.");
        }
    }

    private void Write(Effects effects, NameChange change, Action<string> warn)
    {
        if (
            change is { Old: { } old, Renamed: { } renamed }
            && effects.Names.FilesOf(old) is { } files
            && effects.Names.FilesOf(renamed) is { } target
        )
            files.MoveTo(target.Location);
        effects.Names.Write(ContainersOf(effects.State, change), new NameView(effects.State, change), warn);
        foreach (ContainerRow container in change.Removed)
            effects.Names.FilesOf(container)?.Remove();
    }

    /// <summary>Whom it concerns, as they are after a change.</summary>
    private IEnumerable<ContainerRow> ContainersOf(IStateReader state, NameChange change) =>
        Concerned
            .Union(change.Made.Select(static made => made.Id))
            .Except(change.Removed.Select(static removed => removed.Id))
            .Select(id =>
                change.Renamed?.Id == id ? change.Renamed : state.FindContainerById(id) ?? change.Made.FirstOrDefault(made => made.Id == id)
            )
            .OfType<ContainerRow>();
}
