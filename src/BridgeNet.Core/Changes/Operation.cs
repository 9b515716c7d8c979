using System.Text.Json.Serialization;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>
/// One step of a change, as data: its commands, how it is applied and how it is undone. The journal stores a list of these.
/// </summary>
// The names are stored in the journal, so they never change.
[JsonDerivedType(typeof(ObjectOperation), "object")]
[JsonDerivedType(typeof(RemoveLinks), "remove-links")]
[JsonDerivedType(typeof(RemoveWithRules), "remove-with-rules")]
[JsonDerivedType(typeof(ChangeRules), "rules")]
[JsonDerivedType(typeof(MoveRules), "move-rules")]
[JsonDerivedType(typeof(RebuildRules), "rebuild-rules")]
[JsonDerivedType(typeof(AttachRules), "attach-rules")]
[JsonDerivedType(typeof(UpdateNames), "names")]
[JsonDerivedType(typeof(ForgetFlows), "flows")]
[JsonDerivedType(typeof(ForgetOwnFlows), "own-flows")]
[JsonDerivedType(typeof(ForgetSenders), "senders")]
[JsonDerivedType(typeof(Announce), "announce")]
internal abstract record Operation
{
    /// <summary>Its position in the order of operations.</summary>
    public abstract Stage Stage { get; }

    /// <summary>Whether it removes something: removals come first, in the reverse order of stages.</summary>
    public virtual bool Removes => false;

    /// <summary>
    /// Whether the undo of another operation undoes it, too, as deleting a link deletes its addresses. The journal does not store it.
    /// </summary>
    [JsonIgnore]
    public virtual bool IsCovered => false;

    /// <summary>The commands with the same effect, one per line; none if no command exists.</summary>
    public abstract IEnumerable<string> Words();

    /// <summary>Applies the operation.</summary>
    public abstract void Apply(Effects effects);

    /// <summary>Undoes the operation, also if it was only partly applied, or not at all.</summary>
    public abstract void Undo(Effects effects);

    /// <summary>Completes the operation of a process that died; the removed rows are already deleted.</summary>
    public virtual void Complete(Effects effects) => Apply(effects);
}
