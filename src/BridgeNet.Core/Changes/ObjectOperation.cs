using System.Text.Json.Serialization;
using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>Makes one thing of the kernel what it should be, or removes it.</summary>
/// <param name="Before">How it was; null when it was not there.</param>
/// <param name="After">How it should be; null when it goes.</param>
internal sealed record ObjectOperation(KernelObject? Before, KernelObject? After) : Operation
{
    /// <summary>Whether what it stands on is new as well.</summary>
    [JsonIgnore]
    public bool OnNew { get; init; }

    /// <summary>Whether what it stood on goes: then its turn is before that, so that it is never without.</summary>
    [JsonIgnore]
    public bool LeavesGone { get; init; }

    /// <inheritdoc/>
    public override Stage Stage => (After ?? Before)!.Stage;

    /// <inheritdoc/>
    public override bool Removes => After is null;

    /// <inheritdoc/>
    public override bool IsCovered => OnNew;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => After?.Words(Before) ?? Before!.RemovalWords();

    /// <inheritdoc/>
    public override void Apply(Effects effects) => Bring(effects, Before, After);

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        if (!OnNew)
            Bring(effects, After, Before);
    }

    private static void Bring(Effects effects, KernelObject? from, KernelObject? to)
    {
        if (to is not null)
            to.Make(effects.Kernel, from);
        else
            from!.Remove(effects.Kernel);
    }
}
