using System.Net;

namespace BridgeNet.Model;

/// <summary>The result of a test whether a container can reach one address.</summary>
internal sealed record ProbeResult
{
    /// <summary>The name of the container that sent the packets.</summary>
    public required string Source { get; init; }

    /// <summary>The id of the container.</summary>
    public string SourceId { get; init; } = "";

    /// <summary>The requested destination: a container's name, or an address.</summary>
    public required string Destination { get; init; }

    /// <summary>The address that was tested; null if the destination has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary><c>icmp</c>, or <c>tcp/PORT</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The number of requests sent.</summary>
    public int Sent { get; init; }

    /// <summary>The number of replies received in time.</summary>
    public int Received { get; init; }

    /// <summary>The percentage of requests without a reply, 0 to 100.</summary>
    public double LossPercent => Sent == 0 ? 100 : Math.Round(100.0 * (Sent - Received) / Sent, 1);

    /// <summary>The shortest round trip in milliseconds; null without a reply.</summary>
    public double? MinimumMs { get; init; }

    /// <summary>The mean round trip in milliseconds; null without a reply.</summary>
    public double? AverageMs { get; init; }

    /// <summary>The longest round trip in milliseconds; null without a reply.</summary>
    public double? MaximumMs { get; init; }

    /// <summary>Whether a reply was received.</summary>
    public bool Reachable => Received > 0;

    /// <summary>The reason why no reply was received; empty if one was.</summary>
    public string Reason { get; init; } = "";
}
