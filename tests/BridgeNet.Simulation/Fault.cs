namespace BridgeNet.Simulation;

/// <summary>What goes wrong at one effect.</summary>
internal enum FaultMode
{
    /// <summary>It is refused, and nothing is done.</summary>
    Refuse,

    /// <summary>Half of it is done, then it fails; where it has no halves, nothing is.</summary>
    Half,

    /// <summary>It is done, but the answer is a failure.</summary>
    LostAnswer,

    /// <summary>The process dies before it.</summary>
    DieBefore,

    /// <summary>The process dies when half of it is done.</summary>
    DieHalf,

    /// <summary>The process dies after it.</summary>
    DieAfter,
}

/// <summary>A fault of a command.</summary>
/// <param name="Effect">At which effect of the command, or of a kind of it, counted from 0.</param>
/// <param name="Mode">What goes wrong.</param>
/// <param name="ForEver">Whether the same effect fails each time that it is tried again; a process dies once.</param>
internal sealed record Fault(int Effect, FaultMode Mode, bool ForEver = false)
{
    /// <summary>The kind of effects that are counted; null for all.</summary>
    public string? Point { get; init; }

    /// <summary>Whether the process ends with it.</summary>
    public bool IsDeath => Mode is FaultMode.DieBefore or FaultMode.DieHalf or FaultMode.DieAfter;

    /// <inheritdoc/>
    public override string ToString() => $"{Mode}{(ForEver && !IsDeath ? " for ever" : "")} at {Point ?? "effect"} {Effect}";
}

/// <summary>The process that was running a command has died: nothing that it still tries has an effect.</summary>
internal sealed class ProcessDiedException() : Exception("the process has died");
