using System.Text.Json.Serialization;
using BridgeNet.Firewall;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>
/// Replaces rules of networks, all of a change in one transaction. The first network adds the shared chains, the last one removes them. If
/// rules are missing in the kernel, all rules are created again.
/// </summary>
/// <param name="Before">The current rules; of senders, only those that change.</param>
/// <param name="After">The new rules.</param>
internal sealed record ChangeRules(IReadOnlyList<FirewallNetwork> Before, IReadOnlyList<FirewallNetwork> After) : Operation
{
    /// <summary>The commands, composed on demand, because they depend on the kernel's rules before the change.</summary>
    [JsonIgnore]
    public Lazy<IReadOnlyList<string>> Lines { get; init; } = new([]);

    /// <inheritdoc/>
    public override Stage Stage => Stage.Rules;

    /// <inheritdoc/>
    public override bool Removes => After.Count == 0;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Lines.Value;

    /// <inheritdoc/>
    public override void Apply(Effects effects) => effects.Rules.Change(effects.State, Before, After);

    /// <inheritdoc/>
    public override void Undo(Effects effects) => effects.Rules.Rebuild(effects.State, without: After, with: Before);

    /// <inheritdoc/>
    public override void Complete(Effects effects) => effects.Rules.Rebuild(effects.State);
}

/// <summary>Moves all rules from another backend to the chosen one.</summary>
/// <param name="From">The backend that has the rules.</param>
/// <param name="To">The chosen backend.</param>
internal sealed record MoveRules(string From, string To) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Rules;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => [$"# move the rules from {From} to {To}"];

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // The new rules first: in between, packets match both, never none.
        effects.Rules.Rebuild(effects.State);
        effects.Rules.RebuildOnBackend(From, []);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        effects.Rules.RebuildOnBackend(From, effects.Rules.All(effects.State));
        effects.Rules.RebuildOnBackend(To, []);
    }
}

/// <summary>Restores all rules in the kernel as desired, after some were removed or changed.</summary>
/// <param name="Lines">The commands for the differences.</param>
internal sealed record RebuildRules(IReadOnlyList<string> Lines) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Rules;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Lines;

    /// <inheritdoc/>
    public override void Apply(Effects effects) => effects.Rules.Rebuild(effects.State);

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}

/// <summary>Adds the rules that depend on the link of a network's bridge, after the bridge was created again.</summary>
/// <param name="Network">The network.</param>
/// <param name="Lines">The commands.</param>
internal sealed record AttachRules(FirewallNetwork Network, IReadOnlyList<string> Lines) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Rules;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Lines;

    /// <inheritdoc/>
    public override void Apply(Effects effects) => effects.Rules.Attach(Network);

    // The kernel removes these rules with the bridge.
    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}
