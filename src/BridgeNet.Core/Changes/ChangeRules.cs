using System.Text.Json.Serialization;
using BridgeNet.Firewall;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>
/// Replaces rules of networks, all of a change in one transaction. The first network brings the chains that all share, the last one takes
/// them, and where rules were removed by another hand in between all are created anew.
/// </summary>
/// <param name="Before">The rules as they were; of senders, those that change.</param>
/// <param name="After">As they are to be.</param>
internal sealed record ChangeRules(IReadOnlyList<FirewallNetwork> Before, IReadOnlyList<FirewallNetwork> After) : Operation
{
    /// <summary>The commands, found when they are asked for, for they depend on what the kernel has: before it is done.</summary>
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

/// <summary>Moves all rules to the backend that is chosen now, where another holds them.</summary>
/// <param name="From">The backend that holds them.</param>
/// <param name="To">The one that is chosen.</param>
internal sealed record MoveRules(string From, string To) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Rules;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => [$"# move the rules from {From} to {To}"];

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // The new ones first: between both a packet meets either, never none.
        effects.Rules.Rebuild(effects.State);
        FirewallRules.RebuildOnBackend(From, []);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        FirewallRules.RebuildOnBackend(From, effects.Rules.All(effects.State));
        FirewallRules.RebuildOnBackend(To, []);
    }
}

/// <summary>Makes the kernel hold the rules that the state says, where somebody took or changed some.</summary>
/// <param name="Lines">What that changes.</param>
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

/// <summary>Gives a network whose bridge is made anew what of its rules hangs on that.</summary>
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

    // It goes with the bridge.
    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}
