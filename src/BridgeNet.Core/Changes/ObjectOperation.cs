using System.Text.Json.Serialization;
using BridgeNet.Kernel;
using BridgeNet.Model;

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
    public override void Apply(Effects effects)
    {
        // What comes anew is what was asked for, and must be there.
        if (Before is null)
            Bring(effects, Before, After);
        else
            effects.Kernel.WherePossible((After ?? Before).Where, Words(), () => Bring(effects, Before, After));
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
        if (OnNew)
            return;
        try
        {
            effects.Kernel.WherePossible(
                (After ?? Before)!.Where,
                Before is null ? After!.RemovalWords() : Before.Words(After),
                () => Bring(effects, After, Before)
            );
        }
        catch (BridgeNetException gone) when (gone.Problems is [{ ErrorId: ErrorIds.NetlinkFailed }])
        {
            // Whoever took the link away took along what was to be put back on it; a repair makes both.
            effects.Kernel.Warn(gone.Message);
        }
    }

    private static void Bring(Effects effects, KernelObject? from, KernelObject? to)
    {
        if (to is not null)
            to.Make(effects.Kernel, from);
        else
            from!.Remove(effects.Kernel);
    }
}
