using System.Net;

namespace BridgeNet.Engine;

/// <summary>What a user asks of a new network; text is kept as typed, so that all problems can be told at once.</summary>
/// <param name="Name">Its name.</param>
public sealed record NetworkRequest(string Name)
{
    /// <summary><c>bridge</c> is the one driver.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>A CIDR; null takes one from the pools.</summary>
    public string? Subnet { get; init; }

    /// <summary>An address in the subnet; null takes its first.</summary>
    public string? Gateway { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a user asks of a new endpoint.</summary>
/// <param name="Network">Name or id of the network.</param>
public sealed record EndpointRequest(string Network)
{
    /// <summary>A given address; null takes the next free one.</summary>
    public string? IPAddress { get; init; }
}

/// <summary>Which namespace is meant: a container by name, a process, or a path.</summary>
public sealed record ContainerReference
{
    /// <summary>Name or id of a container; or, with one of the others, the name to give it.</summary>
    public string? Name { get; init; }

    /// <summary>A running process; 0 for none.</summary>
    public int ProcessId { get; init; }

    /// <summary>The path of a namespace.</summary>
    public string? NetNSPath { get; init; }
}
