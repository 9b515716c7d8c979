using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>The rows of a change, as they are before or after it. What both slices contain equally is not changed.</summary>
internal sealed record StateSlice
{
    /// <summary>The networks, each with all of its endpoints.</summary>
    public IReadOnlyList<NetworkSlice> Networks { get; init; } = [];

    /// <summary>The endpoints on these networks that are added, removed or changed.</summary>
    public IReadOnlyList<EndpointSlice> Endpoints { get; init; } = [];

    /// <summary>The containers, each with all of its endpoints, which determine its default route.</summary>
    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    /// <summary>The containers with a namespace of this module that is created, removed or moved.</summary>
    public IReadOnlyList<ContainerRow> Spaces { get; init; } = [];

    /// <summary>The host's forwarding settings that these networks need.</summary>
    public IReadOnlyList<HostSetting> Forwarding { get; init; } = [];
}

/// <summary>A network with its endpoints.</summary>
/// <param name="Network">The network.</param>
/// <param name="All">All of its endpoints.</param>
internal sealed record NetworkSlice(NetworkRow Network, IReadOnlyList<EndpointRow> All)
{
    /// <summary>The published ports of the network.</summary>
    public IReadOnlyList<PortRow> Ports => [.. All.SelectMany(static endpoint => endpoint.Ports)];
}

/// <summary>An endpoint, with its network and container.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Network">Its network.</param>
/// <param name="Container">Its container.</param>
internal sealed record EndpointSlice(EndpointRow Endpoint, NetworkRow Network, ContainerRow Container);
