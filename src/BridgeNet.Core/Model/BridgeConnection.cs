namespace BridgeNet.Model;

/// <summary>What came of trying to reach one address from a container. It never changes.</summary>
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

    /// <summary>The container the packets left from.</summary>
    public string Source { get; }

    /// <summary>The id of that container, 64 hexadecimal digits.</summary>
    public string SourceId { get; }

    /// <summary>What was asked for: a container's name, or an address.</summary>
    public string Destination { get; }

    /// <summary>The address tried; null when the destination has none.</summary>
    public string? Address { get; }

    /// <summary><c>icmp</c>, or <c>tcp/PORT</c>.</summary>
    public string Protocol { get; }

    /// <summary>Requests sent.</summary>
    public int Sent { get; }

    /// <summary>Replies received in time.</summary>
    public int Received { get; }

    /// <summary>Requests without a reply, 0 to 100.</summary>
    public double LossPercent { get; }

    /// <summary>The shortest round trip in milliseconds; null without a reply.</summary>
    public double? MinimumMs { get; }

    /// <summary>The mean round trip in milliseconds; null without a reply.</summary>
    public double? AverageMs { get; }

    /// <summary>The longest round trip in milliseconds; null without a reply.</summary>
    public double? MaximumMs { get; }

    /// <summary>Whether anything came back.</summary>
    public bool Reachable { get; }

    /// <summary>Why nothing came back, in words; empty when something did.</summary>
    public string Reason { get; }

    /// <summary>Who, to whom, and whether it worked.</summary>
    public override string ToString() =>
        $"{Source} -> {Destination}{(Address is null || Address == Destination ? "" : $" ({Address})")} {Protocol}: {(Reachable ? $"{Received} of {Sent} replies" : Reason)}";
}
