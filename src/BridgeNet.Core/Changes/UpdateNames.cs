using System.Text.Json.Serialization;
using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Updates the name files of all containers in a change. Their texts are computed when they are written, because those of a network with
/// many containers are long.
/// </summary>
/// <param name="Change">The part of the change that concerns names.</param>
/// <param name="Concerned">The ids of the containers with changed files.</param>
internal sealed record UpdateNames(NameChange Change, IReadOnlyList<string> Concerned) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Names;

    /// <summary>The commands, computed on demand: they are long for a network with many containers.</summary>
    [JsonIgnore]
    public Lazy<IReadOnlyList<string>> Lines { get; init; } = new([]);

    /// <summary>The operation for a change of names; null if no container with files is concerned.</summary>
    public static UpdateNames? Plan(IStateReader state, NameChange change, NameKeeper keeper)
    {
        IReadOnlyList<string> concerned = NameKeeper.Concerned(state, change);
        UpdateNames planned = new(change, concerned);
        bool isNothing = !planned.ContainersOf(state, change).Concat(change.Removed).Select(keeper.FilesOf).OfType<IContainerFiles>().Any();
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
    public override void Apply(Effects effects)
    {
        Write(effects, Change, effects.Warn);
        Remove(effects, Change.Removed);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        NameChange reversed = Change.Reversed();
        Write(effects, reversed, static _ => { });
        RemoveUnused(effects, reversed.Removed);
    }

    /// <inheritdoc/>
    public override void Complete(Effects effects)
    {
        Write(effects, Change, effects.Warn);
        RemoveUnused(effects, Change.Removed);
    }

    /// <summary>
    /// The operation to repeat with the next change if files could not be written now: other changes may come first, so it depends only on
    /// the state at that time.
    /// </summary>
    /// <param name="isUndone">Whether the operation is undone; otherwise completed.</param>
    public UpdateNames Later(bool isUndone) =>
        new(
            isUndone
                ? new NameChange { Made = [.. Change.Made, .. Change.Renamed is { } renamed ? [renamed] : (ContainerRow[])[]] }
                : new NameChange { Removed = Change.Removed },
            Concerned
        );

    private void Write(Effects effects, NameChange change, Action<string> warn)
    {
        if (
            change is { Old: { } old, Renamed: { } renamed }
            && effects.Names.FilesOf(old) is { } files
            && effects.Names.FilesOf(renamed) is { } target
        )
            files.MoveTo(target.Location);
        effects.Names.Write(ContainersOf(effects.State, change), new NameView(effects.State, change), warn);
    }

    /// <summary>Removes the files of containers, except where another container has the name now.</summary>
    private static void RemoveUnused(Effects effects, IEnumerable<ContainerRow> removed) =>
        Remove(effects, removed.Where(container => effects.State.FindContainer(container.Name) is null));

    private static void Remove(Effects effects, IEnumerable<ContainerRow> removed)
    {
        foreach (ContainerRow container in removed)
            effects.Names.FilesOf(container)?.Remove();
    }

    /// <summary>The containers with changed files, as they are after the change.</summary>
    private IEnumerable<ContainerRow> ContainersOf(IStateReader state, NameChange change) =>
        Concerned
            .Union(change.Made.Select(static made => made.Id))
            .Except(change.Removed.Select(static removed => removed.Id))
            .Select(id =>
                change.Renamed?.Id == id ? change.Renamed : state.FindContainerById(id) ?? change.Made.FirstOrDefault(made => made.Id == id)
            )
            .OfType<ContainerRow>();
}
