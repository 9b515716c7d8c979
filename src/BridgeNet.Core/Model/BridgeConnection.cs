namespace BridgeNet.Model;

/// <summary>The result of a test whether a container can reach one address. Immutable.</summary>
public sealed record BridgeConnection
{
    internal BridgeConnection(ProbeResult result)
    {
        Source = result.Source;
        SourceId = result.SourceId;
        Destination = result.Destination;
        Address = result.Address?.ToString();
        Protocol = result.Protocol;
        Sent = result.Sent;
        Received = result.Received;
        LossPercent = result.LossPercent;
        MinimumMs = result.MinimumMs;
        AverageMs = result.AverageMs;
        MaximumMs = result.MaximumMs;
        Reachable = result.Reachable;
        Reason = result.Reason;
    }

    /// <summary>The name of the container that sent the packets.</summary>
    public string Source { get; }

    /// <summary>The id of that container, 64 hexadecimal digits.</summary>
    public string SourceId { get; }

    /// <summary>The requested destination: a container's name, or an address.</summary>
    public string Destination { get; }

    /// <summary>The address that was tested; null if the destination has none.</summary>
    public string? Address { get; }

    /// <summary><c>icmp</c>, or <c>tcp/PORT</c>.</summary>
    public string Protocol { get; }

    /// <summary>The number of requests sent.</summary>
    public int Sent { get; }

    /// <summary>The number of replies received in time.</summary>
    public int Received { get; }

    /// <summary>The percentage of requests without a reply, 0 to 100.</summary>
    public double LossPercent { get; }

    /// <summary>The shortest round trip in milliseconds; null without a reply.</summary>
    public double? MinimumMs { get; }

    /// <summary>The mean round trip in milliseconds; null without a reply.</summary>
    public double? AverageMs { get; }

    /// <summary>The longest round trip in milliseconds; null without a reply.</summary>
    public double? MaximumMs { get; }

    /// <summary>Whether a reply was received.</summary>
    public bool Reachable { get; }

    /// <summary>The reason why no reply was received; empty if one was.</summary>
    public string Reason { get; }

    /// <summary>Source, destination and result, for use in a string.</summary>
    public override string ToString() =>
        $"{Source} -> {Destination}{(Address is null || Address == Destination ? "" : $" ({Address})")} {Protocol}: {(Reachable ? $"{Received} of {Sent} replies" : Reason)}";
}
