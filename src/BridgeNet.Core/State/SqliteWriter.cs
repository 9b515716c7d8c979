using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BridgeNet.State;

/// <summary>A short write transaction (<c>BEGIN IMMEDIATE</c>); its process holds the host lock.</summary>
internal sealed class SqliteWriter : SqliteReader, IStateTransaction
{
    private readonly StateConnection _connection;

    /// <summary>The networks that were written, with their subnets, or deleted.</summary>
    private readonly Dictionary<string, UsedPrefix[]> _changed = [];
    private bool _open;

    /// <param name="connection">A connection that is not used elsewhere.</param>
    /// <param name="directory">The state directory.</param>
    /// <param name="patience">The timeout for a writer without the host lock, such as a database tool.</param>
    /// <exception cref="BridgeNetException">StateBusy.</exception>
    public SqliteWriter(StateConnection connection, string directory, TimeSpan patience)
        : base(connection.Sqlite, connection.Subnets)
    {
        _connection = connection;
        raw.sqlite3_busy_timeout(connection.Sqlite.Handle, (int)patience.TotalMilliseconds);
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            _open = true;
        }
        catch (SqliteException failure) when (StateFailure.IsBusy(failure))
        {
            throw StateFailure.ToBusy(directory, patience, failure);
        }
    }

    public void Put(NetworkRow network)
    {
        _connection.Execute(
            "INSERT INTO network (id, name, bridge, document) VALUES ($a, $b, $c, $d) ON CONFLICT (id) DO UPDATE SET name = $b, bridge = $c, document = $d",
            network.Id,
            network.Name,
            network.BridgeName,
            StateJson.Write(network with { Containers = [] })
        );
        // A network that is only a configuration uses no addresses.
        foreach (SubnetRow config in network.ConfigOnly ? [] : network.IPAM.Config)
            _connection.Execute(
                "INSERT INTO subnet (network_id, subnet) VALUES ($a, $b) ON CONFLICT (network_id, subnet) DO NOTHING",
                network.Id,
                config.Subnet.ToString()
            );
        _changed[network.Id] = network.ConfigOnly
            ? []
            : [.. network.IPAM.Config.Select(config => new UsedPrefix(config.Subnet, UsedBy.Network, network.Name))];
    }

    // Writes that are not committed must not stay in the cache.
    public override PrefixSet Subnets(AddressFamily family) =>
        _changed.Count == 0 ? base.Subnets(family) : new SubnetCache().Of(_connection.Sqlite, family);

    public void Put(ContainerRow container) =>
        _connection.Execute(
            "INSERT INTO container (id, name, document, netns) VALUES ($a, $b, $c, $d) ON CONFLICT (id) DO UPDATE SET name = $b, document = $c, netns = $d",
            container.Id,
            container.Name,
            StateJson.Write(container with { Endpoints = [] }),
            // Several containers can have the host's namespace.
            container.Kind == ContainerKind.Host
                ? null
                : container.NetNS?.ToString()
        );

    public void Put(EndpointRow endpoint)
    {
        _connection.Execute(
            """
            INSERT INTO endpoint (id, network_id, container_id, address, address6, mac, document) VALUES ($a, $b, $c, $d, $e, $f, $g)
            ON CONFLICT (id) DO UPDATE SET address = $d, address6 = $e, mac = $f, document = $g
            """,
            endpoint.EndpointId,
            endpoint.NetworkId,
            endpoint.ContainerId,
            endpoint.IPAddress?.ToString(),
            endpoint.IPv6Address?.ToString(),
            // The column is for uniqueness alone.
            endpoint.MacAddress?.ToString() ?? endpoint.EndpointId,
            StateJson.Write(endpoint)
        );
        _connection.Execute("DELETE FROM port WHERE endpoint_id = $a", endpoint.EndpointId);
        foreach (PortRow port in endpoint.Ports)
        {
            _connection.Execute(
                "INSERT INTO port (endpoint_id, protocol, host_address, host_port, container_port) VALUES ($a, $b, $c, $d, $e)",
                endpoint.EndpointId,
                port.Protocol,
                port.HostAddress.ToString(),
                Number(port.HostPort),
                Number(port.ContainerPort)
            );
        }
    }

    public void Put(Reservation reservation) =>
        _connection.Execute(
            "INSERT OR REPLACE INTO reservation (network_id, container_id, address, address6, mac) VALUES ($a, $b, $c, $d, $e)",
            reservation.NetworkId,
            reservation.ContainerId,
            reservation.IPAddress?.ToString(),
            reservation.IPv6Address?.ToString(),
            reservation.MacAddress?.ToString()
        );

    public void PutLastAddress(string networkId, IPNetwork subnet, IPAddress address) =>
        _connection.Execute(
            "UPDATE subnet SET last_address = $c WHERE network_id = $a AND subnet = $b",
            networkId,
            subnet.ToString(),
            address.ToString()
        );

    public void PutFirewallBackend(string name) =>
        _connection.Execute("INSERT OR REPLACE INTO fact (name, value) VALUES ('firewall', $a)", name);

    public void PutOwner(StateOwner owner) =>
        _connection.Execute("INSERT OR REPLACE INTO fact (name, value) VALUES ('owner', $a)", StateJson.Write(owner));

    public void PutLastChange(string id) => _connection.Execute("INSERT OR REPLACE INTO fact (name, value) VALUES ('change', $a)", id);

    public void DeleteNetwork(string id)
    {
        _connection.Execute("DELETE FROM network WHERE id = $a", id);
        _changed[id] = [];
    }

    public void DeleteContainer(string id) => _connection.Execute("DELETE FROM container WHERE id = $a", id);

    public void DeleteEndpoint(string id) => _connection.Execute("DELETE FROM endpoint WHERE id = $a", id);

    public void Commit()
    {
        _connection.Execute("COMMIT");
        _open = false;
        foreach ((string id, UsedPrefix[] subnets) in _changed)
            _connection.Subnets.Apply(id, subnets);
    }

    public void Dispose()
    {
        if (!_open)
            return;
        _open = false;
        try
        {
            _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back itself if the disk failed or is full; then there is no transaction to roll back.
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
