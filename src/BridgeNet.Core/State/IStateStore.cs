using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.State;

/// <summary>The addresses that a container keeps on a network while it is not connected.</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="ContainerId">The container.</param>
/// <param name="IPAddress">Its IPv4 address; null for none.</param>
/// <param name="IPv6Address">Its IPv6 address; null for none.</param>
/// <param name="MacAddress">Its Ethernet address; null for none.</param>
internal sealed record Reservation(
    string NetworkId,
    string ContainerId,
    IPAddress? IPAddress,
    IPAddress? IPv6Address,
    MacAddress? MacAddress
);

/// <summary>The network namespace whose networks a state holds.</summary>
/// <param name="Namespace">Which it is.</param>
/// <param name="Handle">The kernel's name of it, by which it can be asked whether it still exists; null where it has none.</param>
internal sealed record StateOwner(NamespaceIdentity Namespace, string? Handle);

/// <summary>What can be asked of the state.</summary>
internal interface IStateReader
{
    IReadOnlyList<NetworkRow> Networks();

    NetworkRow? FindNetwork(string name);

    /// <summary>The network with that name, or with one that differs in case alone.</summary>
    NetworkRow? FindNetworkInAnyCase(string name);

    NetworkRow? FindNetworkById(string id);

    IReadOnlyList<NetworkRow> NetworksByIdPrefix(string prefix);

    /// <summary>The network whose bridge has that name; null when there is none.</summary>
    NetworkRow? FindNetworkByBridge(string bridge);

    /// <summary>How many networks have a bridge.</summary>
    int CountBridges();

    /// <summary>The subnets of one family of all networks that have a bridge, with their names.</summary>
    PrefixSet Subnets(AddressFamily family);

    /// <summary>The last automatic address given in a subnet of a network; null for none.</summary>
    IPAddress? LastAddress(string networkId, IPNetwork subnet);

    IReadOnlyList<ContainerRow> Containers();

    ContainerRow? FindContainer(string name);

    /// <summary>The container with that name, or with one that differs in case alone.</summary>
    ContainerRow? FindContainerInAnyCase(string name);

    ContainerRow? FindContainerById(string id);

    IReadOnlyList<ContainerRow> ContainersByIdPrefix(string prefix);

    /// <summary>The container that is that namespace; null when none is, and for the host's, which several may share.</summary>
    ContainerRow? FindContainerByNamespace(NamespaceIdentity space);

    /// <summary>Endpoints with their published ports.</summary>
    IReadOnlyList<EndpointRow> Endpoints(string? networkId = null, string? containerId = null);

    EndpointRow? FindEndpointById(string id);

    IReadOnlyList<Reservation> Reservations(string? networkId = null);

    /// <summary>The published ports of the host.</summary>
    IReadOnlyList<PortRow> Ports();

    /// <summary>The firewall backend that rules were last put into; null when there were none yet.</summary>
    string? FirewallBackend();

    /// <summary>The change that was recorded last; null when none was, or by a version before 0.3.</summary>
    string? LastChange();

    /// <summary>The network namespace that the state was last changed for; null when it is new, or of a version before 0.2.</summary>
    StateOwner? Owner();
}

/// <summary>Rows that are written together; disposed without a commit, it leaves everything as it was.</summary>
internal interface IStateTransaction : IStateReader, IDisposable
{
    /// <summary>Writes a network, new or changed.</summary>
    void Put(NetworkRow network);

    /// <summary>Writes a container, new or changed.</summary>
    void Put(ContainerRow container);

    /// <summary>Writes an endpoint with its ports, new or changed.</summary>
    void Put(EndpointRow endpoint);

    /// <summary>Keeps addresses for a container on a network, until one of both goes.</summary>
    void Put(Reservation reservation);

    /// <summary>Remembers the last automatic address given in a subnet.</summary>
    void PutLastAddress(string networkId, IPNetwork subnet, IPAddress address);

    /// <summary>Remembers which firewall backend holds the rules.</summary>
    void PutFirewallBackend(string name);

    /// <summary>Records which network namespace the state belongs to.</summary>
    void PutOwner(StateOwner owner);

    /// <summary>Says which change this is: what a journal says of it is done then.</summary>
    void PutLastChange(string id);

    void DeleteNetwork(string id);

    void DeleteContainer(string id);

    void DeleteEndpoint(string id);

    void Commit();
}

/// <summary>The state as it was in one moment, whatever is written later.</summary>
internal interface IStateSnapshot : IStateReader, IDisposable;

/// <summary>The right to change networks, and with it the state as nobody else changes it.</summary>
internal interface IStateHold : IDisposable
{
    /// <summary>The state.</summary>
    IStateReader Reader { get; }

    /// <summary>Begins to record.</summary>
    IStateTransaction BeginWrite();
}

/// <summary>What is meant to be: networks, containers, endpoints, reservations and ports.</summary>
internal interface IStateStore : IDisposable
{
    /// <summary>Where it is.</summary>
    string Directory { get; }

    /// <summary>The state of this moment; it waits for nobody. Each thread takes its own.</summary>
    IStateSnapshot Snapshot();

    /// <summary>Waits for its turn to change networks, after whatever process has it, but not for ever.</summary>
    /// <param name="stopped">Stops the waiting.</param>
    /// <exception cref="BridgeNetException">StateBusy.</exception>
    IStateHold Take(CancellationToken stopped);
}
