namespace BridgeNet.Changes;

/// <summary>How a change is to be made: who hears of its steps, and who can stop it.</summary>
internal sealed record ChangeContext
{
    /// <summary>Hears each step in <c>ip</c> and <c>iptables</c> words, just before it is done; null for nobody, and then no words are found.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Whether anybody hears words.</summary>
    public bool IsHeard => Verbose is not null || BeforeStep is not null;

    /// <summary>Hears the bytes and scripts that the kernel is given; null for nobody.</summary>
    public Action<string>? Debug { get; init; }

    /// <summary>Hears what is done, but perhaps not as it was meant.</summary>
    public Action<string> Warning { get; init; } = static _ => { };

    /// <summary>Stops the change between two steps; what was done is undone.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Hears each step by number before it is done; tests throw or die here.</summary>
    internal Action<int, string>? BeforeStep { get; init; }

    /// <summary>Hears that the change is recorded, while its journal is still there; tests die here.</summary>
    internal Action? Recorded { get; init; }

    /// <summary>Hears each step by number before it is undone; tests throw here.</summary>
    internal Action<int>? BeforeUndo { get; init; }
}
