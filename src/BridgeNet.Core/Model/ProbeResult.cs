using System.Net;

namespace BridgeNet.Model;

/// <summary>What came of trying to reach one address from a container.</summary>
internal sealed record ProbeResult
{
    /// <summary>The container the packets left from.</summary>
    public required string Source { get; init; }

    /// <summary>Its id.</summary>
    public string SourceId { get; init; } = "";

    /// <summary>What was asked for: a container's name, or an address.</summary>
    public required string Destination { get; init; }

    /// <summary>The address tried; null when the destination has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary><c>icmp</c>, or <c>tcp/PORT</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Requests sent.</summary>
    public int Sent { get; init; }

    /// <summary>Replies received in time.</summary>
    public int Received { get; init; }

    /// <summary>Requests without a reply, 0 to 100.</summary>
    public double LossPercent => Sent == 0 ? 100 : Math.Round(100.0 * (Sent - Received) / Sent, 1);

    /// <summary>The shortest round trip in milliseconds; null without a reply.</summary>
    public double? MinimumMs { get; init; }

    /// <summary>The mean round trip in milliseconds; null without a reply.</summary>
    public double? AverageMs { get; init; }

    /// <summary>The longest round trip in milliseconds; null without a reply.</summary>
    public double? MaximumMs { get; init; }

    /// <summary>Whether anything came back.</summary>
    public bool Reachable => Received > 0;

    /// <summary>Why nothing came back, in words; empty when something did.</summary>
    public string Reason { get; init; } = "";
}
