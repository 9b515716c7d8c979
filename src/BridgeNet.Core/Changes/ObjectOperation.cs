using System.Text.Json.Serialization;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Changes;

/// <summary>Creates, changes or removes one kernel object.</summary>
/// <param name="Before">The object before; null if there was none.</param>
/// <param name="After">The object after; null to remove it.</param>
internal sealed record ObjectOperation(KernelObject? Before, KernelObject? After) : Operation
{
    /// <summary>Whether its parent is new as well.</summary>
    [JsonIgnore]
    public bool OnNew { get; init; }

    /// <summary>Whether its parent before is removed: then this operation comes first, so that the object always exists.</summary>
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
        // A new object was requested, so a failure is an error.
        if (Before is null)
            Replace(effects, Before, After);
        else
            effects.Kernel.WherePossible((After ?? Before).Where, Words(), () => Replace(effects, Before, After));
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
                () => Replace(effects, After, Before)
            );
        }
        catch (BridgeNetException gone) when (gone.Problems is [{ ErrorId: ErrorIds.NetlinkFailed }])
        {
            // The link was removed by another program, with the object to restore; a repair creates both.
            effects.Kernel.Warn(gone.Message);
        }
    }

    private static void Replace(Effects effects, KernelObject? from, KernelObject? to)
    {
        if (to is not null)
            to.Make(effects.Kernel, from);
        else
            from!.Remove(effects.Kernel);
    }
}
