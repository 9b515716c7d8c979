using System.Text.Json.Serialization;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>One step of a change, as data: its words, how it is done and how it is undone. The journal is a list of these.</summary>
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
    /// <summary>When it is its turn.</summary>
    public abstract Stage Stage { get; }

    /// <summary>Whether it takes something away: that is done first, in the reverse order of stages.</summary>
    public virtual bool Removes => false;

    /// <summary>Whether the undo of another one takes it back, as a link that is deleted takes its addresses along. The journal does without it.</summary>
    [JsonIgnore]
    public virtual bool IsCovered => false;

    /// <summary>The commands that a person would type for the same, each a line; none for what has no command.</summary>
    public abstract IEnumerable<string> Words();

    /// <summary>Does it.</summary>
    public abstract void Apply(Effects effects);

    /// <summary>Takes it back, also when half of it or nothing was done.</summary>
    public abstract void Undo(Effects effects);

    /// <summary>Does it for a process that died in the middle of it, when the rows that go with it are gone already.</summary>
    public virtual void Complete(Effects effects) => Apply(effects);
}
