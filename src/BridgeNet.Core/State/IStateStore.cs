using System.Net;
using BridgeNet.Model;

namespace BridgeNet.State;

/// <summary>A network as recorded, with the last address given on it.</summary>
internal sealed record NetworkRecord(BridgeNetwork Network, IPAddress? LastAddress);

/// <summary>What can be asked of the state.</summary>
internal interface IStateReader
{
    IReadOnlyList<NetworkRecord> Networks();

    NetworkRecord? FindNetwork(string name);

    NetworkRecord? FindNetworkById(string id);

    IReadOnlyList<NetworkRecord> NetworksByIdPrefix(string prefix);

    int CountNetworks();

    IReadOnlyList<(string Name, IPNetwork Subnet)> Subnets();

    IReadOnlyList<BridgeContainer> Containers();

    BridgeContainer? FindContainer(string name);

    BridgeContainer? FindContainerById(string id);

    IReadOnlyList<BridgeContainer> ContainersByIdPrefix(string prefix);

    IReadOnlyList<BridgeEndpoint> Endpoints(string? networkId = null, string? containerId = null);

    BridgeEndpoint? FindEndpointById(string id);
}

/// <summary>The one writer of the moment; disposed without a commit, it leaves everything as it was.</summary>
internal interface IStateTransaction : IStateReader, IDisposable
{
    void Put(BridgeNetwork network);

    void Put(BridgeContainer container);

    /// <summary>Also remembers its address as the network's last one given.</summary>
    void Put(BridgeEndpoint endpoint);

    void DeleteNetwork(string id);

    void DeleteContainer(string id);

    void DeleteEndpoint(string id);

    void Commit();
}

/// <summary>What is meant to be: networks, containers and endpoints.</summary>
internal interface IStateStore : IDisposable
{
    string Directory { get; }

    IStateReader Reader { get; }

    /// <summary>Waits for the writer before it, in whatever process.</summary>
    IStateTransaction BeginWrite();
}
