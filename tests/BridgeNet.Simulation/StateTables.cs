using System.Collections.Immutable;
using System.Net;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Simulation;

/// <summary>The rows of one version of the state, with the constraints that the real schema has. A test compares it with SQLite.</summary>
internal sealed record StateTables
{
    /// <summary>No rows.</summary>
    public static StateTables Empty { get; } = new();

    /// <summary>Networks by id.</summary>
    public ImmutableSortedDictionary<string, NetworkRow> Networks { get; init; } = ById<NetworkRow>();

    /// <summary>Containers by id.</summary>
    public ImmutableSortedDictionary<string, ContainerRow> Containers { get; init; } = ById<ContainerRow>();

    /// <summary>Endpoints by id.</summary>
    public ImmutableSortedDictionary<string, EndpointRow> Endpoints { get; init; } = ById<EndpointRow>();

    /// <summary>Reservations by network and container.</summary>
    public ImmutableSortedDictionary<string, Reservation> Reservations { get; init; } = ById<Reservation>();

    /// <summary>The last automatic address given, by network and subnet.</summary>
    public ImmutableSortedDictionary<string, IPAddress?> LastAddresses { get; init; } = ById<IPAddress?>();

    /// <summary>The backend that holds the rules.</summary>
    public string? FirewallBackend { get; init; }

    /// <summary>The change that was recorded last.</summary>
    public string? LastChange { get; init; }

    /// <summary>The namespace that it belongs to.</summary>
    public StateOwner? Owner { get; init; }

    /// <summary>With a network, new or changed.</summary>
    public StateTables With(NetworkRow network)
    {
        Require(
            Networks.Values.All(other =>
                other.Id == network.Id
                || (other.Name != network.Name && (network.BridgeName is null || other.BridgeName != network.BridgeName))
            ),
            "network"
        );
        ImmutableSortedDictionary<string, IPAddress?> last = LastAddresses;
        foreach (SubnetRow config in network.ConfigOnly ? [] : network.IPAM.Config)
        {
            string key = Key(network.Id, config.Subnet.ToString());
            if (last.ContainsKey(key))
                continue;
            Require(!last.Keys.Any(other => other.EndsWith($" {config.Subnet}", StringComparison.Ordinal)), "subnet");
            last = last.Add(key, null);
        }
        return this with { Networks = Networks.SetItem(network.Id, network with { Containers = [] }), LastAddresses = last };
    }

    /// <summary>With a container, new or changed.</summary>
    public StateTables With(ContainerRow container)
    {
        Require(
            Containers.Values.All(other =>
                other.Id == container.Id
                || (
                    other.Name != container.Name
                    && (container.Kind == ContainerKind.Host || container.NetNS is null || other.NetNS != container.NetNS)
                )
            ),
            "container"
        );
        return this with { Containers = Containers.SetItem(container.Id, container with { Endpoints = [] }) };
    }

    /// <summary>With an endpoint and its ports, new or changed.</summary>
    public StateTables With(EndpointRow endpoint)
    {
        Require(Networks.ContainsKey(endpoint.NetworkId) && Containers.ContainsKey(endpoint.ContainerId), "endpoint of nothing");
        foreach (EndpointRow other in Endpoints.Values.Where(other => other.EndpointId != endpoint.EndpointId))
        {
            Require(
                other.NetworkId != endpoint.NetworkId
                    || (
                        other.ContainerId != endpoint.ContainerId
                        && other.MacAddress != endpoint.MacAddress
                        && (endpoint.IPAddress is null || !endpoint.IPAddress.Equals(other.IPAddress))
                        && (endpoint.IPv6Address is null || !endpoint.IPv6Address.Equals(other.IPv6Address))
                    ),
                "endpoint"
            );
            Require(
                !endpoint.Ports.Any(port =>
                    port.HostPort > 0
                    && other.Ports.Any(taken =>
                        (taken.Protocol, taken.HostPort) == (port.Protocol, port.HostPort) && taken.HostAddress.Equals(port.HostAddress)
                    )
                ),
                "port"
            );
        }
        return this with { Endpoints = Endpoints.SetItem(endpoint.EndpointId, endpoint) };
    }

    /// <summary>With a reservation.</summary>
    public StateTables With(Reservation reservation)
    {
        Require(Networks.ContainsKey(reservation.NetworkId) && Containers.ContainsKey(reservation.ContainerId), "reservation of nothing");
        return this with { Reservations = Reservations.SetItem(Key(reservation.NetworkId, reservation.ContainerId), reservation) };
    }

    /// <summary>With the last automatic address given in a subnet.</summary>
    public StateTables WithLastAddress(string networkId, IPNetwork subnet, IPAddress address) =>
        LastAddresses.ContainsKey(Key(networkId, subnet.ToString()))
            ? this with
            {
                LastAddresses = LastAddresses.SetItem(Key(networkId, subnet.ToString()), address),
            }
            : this;

    /// <summary>Without a network.</summary>
    public StateTables WithoutNetwork(string id)
    {
        Require(Endpoints.Values.All(endpoint => endpoint.NetworkId != id), "network with endpoints");
        return this with
        {
            Networks = Networks.Remove(id),
            LastAddresses = Without(LastAddresses, id),
            Reservations = Without(Reservations, id),
        };
    }

    /// <summary>Without a container.</summary>
    public StateTables WithoutContainer(string id)
    {
        Require(Endpoints.Values.All(endpoint => endpoint.ContainerId != id), "container with endpoints");
        return this with
        {
            Containers = Containers.Remove(id),
            Reservations = Reservations.RemoveRange(Reservations.Where(row => row.Value.ContainerId == id).Select(static row => row.Key)),
        };
    }

    /// <summary>Without an endpoint.</summary>
    public StateTables WithoutEndpoint(string id) => this with { Endpoints = Endpoints.Remove(id) };

    /// <summary>The key of what a network has of something.</summary>
    public static string Key(string networkId, string other) => $"{networkId} {other}";

    /// <summary>All of it in lines.</summary>
    public IEnumerable<string> Describe() =>
        [
            .. Networks.Values.Select(static network => $"network {StateJson.Write(network)}"),
            .. Containers.Values.Select(static container => $"container {StateJson.Write(container)}"),
            .. Endpoints.Values.Select(static endpoint => $"endpoint {StateJson.Write(endpoint)} {string.Join(' ', endpoint.Ports)}"),
            .. Reservations.Values.Select(static reservation => $"reservation {StateJson.Write(reservation)}"),
            .. LastAddresses.Select(static last => $"last {last.Key} {last.Value}"),
            $"firewall {FirewallBackend}",
        ];

    private static ImmutableSortedDictionary<string, T> ById<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, T> Without<T>(ImmutableSortedDictionary<string, T> rows, string networkId) =>
        rows.RemoveRange(rows.Keys.Where(key => key.StartsWith($"{networkId} ", StringComparison.Ordinal)));

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"constraint failed: {what}");
    }
}
