namespace BridgeNet.Changes;

/// <summary>The callbacks of a change, and its cancellation.</summary>
internal sealed record ChangeContext
{
    /// <summary>
    /// Receives the <c>ip</c> and <c>iptables</c> commands of each operation before it is applied; with null, no commands are composed.
    /// </summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Whether the commands are needed.</summary>
    public bool NeedsCommands => Verbose is not null || BeforeStep is not null;

    /// <summary>Receives the messages and scripts sent to the kernel; may be null.</summary>
    public Action<string>? Debug { get; init; }

    /// <summary>Receives warnings: about something that was done, but perhaps not as expected.</summary>
    public Action<string> Warning { get; init; } = static _ => { };

    /// <summary>Stops the change between two operations; the applied ones are undone.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Is called with the number of each operation before it is applied; tests throw or kill the process here.</summary>
    internal Action<int, string>? BeforeStep { get; init; }

    /// <summary>Is called when the change is recorded and its journal still exists; tests kill the process here.</summary>
    internal Action? Recorded { get; init; }

    /// <summary>Is called with the number of each operation before it is undone; tests throw here.</summary>
    internal Action<int>? BeforeUndo { get; init; }
}
