namespace BridgeNet.Simulation;

/// <summary>One command of a history, and what happens around it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Faults">What goes wrong in it.</param>
/// <param name="Intrusions">What another tool does in the middle of it.</param>
internal sealed record Step(Command Command, IReadOnlyList<Fault> Faults, IReadOnlyList<Intrusion> Intrusions)
{
    /// <summary>Whether the power is cut before it.</summary>
    public bool PowerCut { get; init; }

    /// <summary>Whether a process of its own runs it; else the one that ran the last.</summary>
    public bool NewProcess { get; init; }

    /// <summary>Before which effect another process reads, makes dry runs and tries to make a change; null for none.</summary>
    public int? Reader { get; init; }

    /// <summary>A command where all goes well.</summary>
    public static Step Of(Command command) => new(command, [], []);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(PowerCut ? "power cut; " : "")}{(NewProcess ? "new process; " : "")}{Command}"
        + string.Concat(Faults.Select(static fault => $"; {fault}"))
        + string.Concat(Intrusions.Select(static intrusion => $"; {intrusion}"))
        + (Reader is { } effect ? $"; read at {effect}" : "");
}

/// <summary>All that a run is made of: the same history gives the same trace.</summary>
/// <param name="Seed">Of ids and of what a disk loses.</param>
/// <param name="Backend">The firewall that is chosen.</param>
/// <param name="Steps">The commands.</param>
internal sealed record History(int Seed, string Backend, IReadOnlyList<Step> Steps)
{
    /// <inheritdoc/>
    public override string ToString() => $"seed {Seed}, {Backend}:\n  {string.Join("\n  ", Steps)}";
}
