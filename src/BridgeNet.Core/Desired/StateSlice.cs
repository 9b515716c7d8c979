using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>The rows that a change concerns, as they are before it or after it. What both have alike, the change leaves alone.</summary>
internal sealed record StateSlice
{
    /// <summary>Networks, with all the ports that are published of them.</summary>
    public IReadOnlyList<NetworkSlice> Networks { get; init; } = [];

    /// <summary>Endpoints on these networks that come, go or change.</summary>
    public IReadOnlyList<EndpointSlice> Endpoints { get; init; } = [];

    /// <summary>Containers, each with all the endpoints that it has, for these decide where its default route goes.</summary>
    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    /// <summary>Containers whose namespaces are kept by us and come, go or move.</summary>
    public IReadOnlyList<ContainerRow> Spaces { get; init; } = [];

    /// <summary>The host's forwarding that is switched on for these networks.</summary>
    public IReadOnlyList<HostSetting> Forwarding { get; init; } = [];
}

/// <summary>A network and what is published of it.</summary>
/// <param name="Network">The network.</param>
/// <param name="All">All of its endpoints.</param>
internal sealed record NetworkSlice(NetworkRow Network, IReadOnlyList<EndpointRow> All)
{
    /// <summary>What is published of it.</summary>
    public IReadOnlyList<PortRow> Ports => [.. All.SelectMany(static endpoint => endpoint.Ports)];
}

/// <summary>An endpoint, with what it is between.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Network">Its network.</param>
/// <param name="Container">Its container.</param>
internal sealed record EndpointSlice(EndpointRow Endpoint, NetworkRow Network, ContainerRow Container);
