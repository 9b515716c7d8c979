using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.State;

/// <summary>The addresses that are reserved for a container on a network while it is not connected.</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="ContainerId">The container.</param>
/// <param name="IPAddress">Its IPv4 address; null for none.</param>
/// <param name="IPv6Address">Its IPv6 address; null for none.</param>
/// <param name="MacAddress">Its MAC address; null for none.</param>
internal sealed record Reservation(
    string NetworkId,
    string ContainerId,
    IPAddress? IPAddress,
    IPAddress? IPv6Address,
    MacAddress? MacAddress
);

/// <summary>The network namespace that owns the state.</summary>
/// <param name="Namespace">The identity of the namespace.</param>
/// <param name="Handle">The kernel's file handle of the namespace, to check whether it still exists; null if the kernel has none.</param>
internal sealed record StateOwner(NamespaceIdentity Namespace, string? Handle);

/// <summary>Read queries on the state.</summary>
internal interface IStateReader
{
    IReadOnlyList<NetworkRow> Networks();

    NetworkRow? FindNetwork(string name);

    /// <summary>The network with a name, or with one that differs only in letter case.</summary>
    NetworkRow? FindNetworkInAnyCase(string name);

    NetworkRow? FindNetworkById(string id);

    IReadOnlyList<NetworkRow> NetworksByIdPrefix(string prefix);

    /// <summary>The network with a bridge of this name; null if there is none.</summary>
    NetworkRow? FindNetworkByBridge(string bridge);

    /// <summary>The number of networks with a bridge.</summary>
    int CountBridges();

    /// <summary>The subnets of one address family of all networks with a bridge.</summary>
    PrefixSet Subnets(AddressFamily family);

    /// <summary>The last automatically assigned address in a subnet of a network; null if there is none.</summary>
    IPAddress? LastAddress(string networkId, IPNetwork subnet);

    IReadOnlyList<ContainerRow> Containers();

    ContainerRow? FindContainer(string name);

    /// <summary>The container with a name, or with one that differs only in letter case.</summary>
    ContainerRow? FindContainerInAnyCase(string name);

    ContainerRow? FindContainerById(string id);

    IReadOnlyList<ContainerRow> ContainersByIdPrefix(string prefix);

    /// <summary>
    /// The container with a namespace; null if there is none, and for the host's namespace, which several containers can share.
    /// </summary>
    ContainerRow? FindContainerByNamespace(NamespaceIdentity space);

    /// <summary>Endpoints, with their published ports.</summary>
    IReadOnlyList<EndpointRow> Endpoints(string? networkId = null, string? containerId = null);

    EndpointRow? FindEndpointById(string id);

    IReadOnlyList<Reservation> Reservations(string? networkId = null);

    /// <summary>All published ports.</summary>
    IReadOnlyList<PortRow> Ports();

    /// <summary>The firewall backend that has the rules; null before the first network.</summary>
    string? FirewallBackend();

    /// <summary>The id of the last recorded change; null if there was none, or only by a version before 0.3.</summary>
    string? LastChange();

    /// <summary>The network namespace that owns the state; null for a new state, or one of a version before 0.2.</summary>
    StateOwner? Owner();
}

/// <summary>A write transaction; disposing it without a commit discards all writes.</summary>
internal interface IStateTransaction : IStateReader, IDisposable
{
    /// <summary>Writes a new or changed network.</summary>
    void Put(NetworkRow network);

    /// <summary>Writes a new or changed container.</summary>
    void Put(ContainerRow container);

    /// <summary>Writes a new or changed endpoint, with its ports.</summary>
    void Put(EndpointRow endpoint);

    /// <summary>Reserves addresses for a container on a network, until one of the two is removed.</summary>
    void Put(Reservation reservation);

    /// <summary>Records the last automatically assigned address in a subnet.</summary>
    void PutLastAddress(string networkId, IPNetwork subnet, IPAddress address);

    /// <summary>Records the firewall backend that has the rules.</summary>
    void PutFirewallBackend(string name);

    /// <summary>Records the network namespace that owns the state.</summary>
    void PutOwner(StateOwner owner);

    /// <summary>Records the id of this change: then its journal entry is complete.</summary>
    void PutLastChange(string id);

    void DeleteNetwork(string id);

    void DeleteContainer(string id);

    void DeleteEndpoint(string id);

    void Commit();
}

/// <summary>The state at one moment, unaffected by later writes.</summary>
internal interface IStateSnapshot : IStateReader, IDisposable;

/// <summary>The host lock, with the state, which no other process can change while it is held.</summary>
internal interface IStateHold : IDisposable
{
    /// <summary>The state.</summary>
    IStateReader Reader { get; }

    /// <summary>Begins a write transaction.</summary>
    IStateTransaction BeginWrite();
}

/// <summary>The state: networks, containers, endpoints, reservations and ports.</summary>
internal interface IStateStore : IDisposable
{
    /// <summary>The state directory.</summary>
    string Directory { get; }

    /// <summary>A snapshot of the state; it never waits. Each thread uses its own.</summary>
    IStateSnapshot Snapshot();

    /// <summary>Takes the host lock, after waiting for the process that holds it, until a timeout.</summary>
    /// <param name="stopped">Stops the waiting.</param>
    /// <exception cref="BridgeNetException">StateBusy: another process held the lock until the timeout.</exception>
    IStateHold Take(CancellationToken stopped);
}
