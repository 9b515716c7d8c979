namespace BridgeNet.Engine;

/// <summary>How a change is to be made: who hears of its steps, and who can stop it.</summary>
public sealed record ChangeContext
{
    /// <summary>Hears each step in <c>ip</c> and <c>iptables</c> words, just before it is done.</summary>
    public Action<string> Verbose { get; init; } = static _ => { };

    /// <summary>Stops the change between two steps; what was done is undone.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Hears each step by number before it is done; tests throw or die here.</summary>
    internal Action<int, string>? BeforeStep { get; init; }
}
