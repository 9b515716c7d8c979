using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>Read queries on the state database.</summary>
internal class SqliteReader(SqliteConnection connection, SubnetCache subnets) : IStateReader
{
    private const string Network = "SELECT document, bridge FROM network ";
    private const string Container = "SELECT document FROM container ";
    private const string Endpoint = "SELECT document FROM endpoint ";
    private const string Port = """
        SELECT json_extract(endpoint.document, '$.ContainerName'), json_extract(endpoint.document, '$.NetworkName'), endpoint_id, host_address, host_port, container_port, protocol
        FROM port JOIN endpoint ON endpoint.id = endpoint_id
        """;

    public IReadOnlyList<NetworkRow> Networks() => Query(Network, ReadNetwork);

    public NetworkRow? FindNetwork(string name) => Query(Network + "WHERE name = $a", ReadNetwork, name).FirstOrDefault();

    public NetworkRow? FindNetworkInAnyCase(string name) =>
        Query(Network + "WHERE name = $a COLLATE NOCASE", ReadNetwork, name).FirstOrDefault();

    public NetworkRow? FindNetworkById(string id) => Query(Network + "WHERE id = $a", ReadNetwork, id).FirstOrDefault();

    // The caller has checked that the prefix consists of hexadecimal digits, so it contains no wildcard.
    public IReadOnlyList<NetworkRow> NetworksByIdPrefix(string prefix) => Query(Network + "WHERE id GLOB $a || '*'", ReadNetwork, prefix);

    public NetworkRow? FindNetworkByBridge(string bridge) => Query(Network + "WHERE bridge = $a", ReadNetwork, bridge).FirstOrDefault();

    public int CountBridges() => Query("SELECT count(bridge) FROM network", static row => row.GetInt32(0))[0];

    public virtual PrefixSet Subnets(AddressFamily family) => subnets.Of(connection, family);

    public IPAddress? LastAddress(string networkId, IPNetwork subnet) =>
        Query(
                "SELECT last_address FROM subnet WHERE network_id = $a AND subnet = $b",
                static row => row.IsDBNull(0) ? null : IPAddress.Parse(row.GetString(0)),
                networkId,
                subnet.ToString()
            )
            .FirstOrDefault();

    public IReadOnlyList<ContainerRow> Containers() => Query(Container, Read<ContainerRow>);

    public ContainerRow? FindContainer(string name) => Query(Container + "WHERE name = $a", Read<ContainerRow>, name).FirstOrDefault();

    public ContainerRow? FindContainerInAnyCase(string name) =>
        Query(Container + "WHERE name = $a COLLATE NOCASE", Read<ContainerRow>, name).FirstOrDefault();

    public ContainerRow? FindContainerById(string id) => Query(Container + "WHERE id = $a", Read<ContainerRow>, id).FirstOrDefault();

    public IReadOnlyList<ContainerRow> ContainersByIdPrefix(string prefix) =>
        Query(Container + "WHERE id GLOB $a || '*'", Read<ContainerRow>, prefix);

    public ContainerRow? FindContainerByNamespace(NamespaceIdentity space) =>
        Query(Container + "WHERE netns = $a", Read<ContainerRow>, space.ToString()).FirstOrDefault();

    public IReadOnlyList<EndpointRow> Endpoints(string? networkId = null, string? containerId = null) =>
        networkId is not null ? WithPorts(Query(Endpoint + "WHERE network_id = $a", Read<EndpointRow>, networkId))
        : containerId is not null ? WithPorts(Query(Endpoint + "WHERE container_id = $a", Read<EndpointRow>, containerId))
        : WithPorts(Query(Endpoint, Read<EndpointRow>));

    public EndpointRow? FindEndpointById(string id) => WithPorts(Query(Endpoint + "WHERE id = $a", Read<EndpointRow>, id)).FirstOrDefault();

    public IReadOnlyList<Reservation> Reservations(string? networkId = null)
    {
        const string All = "SELECT network_id, container_id, address, address6, mac FROM reservation";
        static Reservation Read(SqliteDataReader row) =>
            new(
                row.GetString(0),
                row.GetString(1),
                Address(row, 2),
                Address(row, 3),
                row.IsDBNull(4) ? null : MacAddress.Parse(row.GetString(4))
            );
        return networkId is null ? Query(All, Read) : Query(All + " WHERE network_id = $a", Read, networkId);
    }

    public IReadOnlyList<PortRow> Ports() => Query(Port, ReadPort);

    public string? FirewallBackend() =>
        Query("SELECT value FROM fact WHERE name = 'firewall'", static row => row.GetString(0)).FirstOrDefault();

    public string? LastChange() => Query("SELECT value FROM fact WHERE name = 'change'", static row => row.GetString(0)).FirstOrDefault();

    public StateOwner? Owner() => Query("SELECT value FROM fact WHERE name = 'owner'", Read<StateOwner>).FirstOrDefault();

    private IReadOnlyList<EndpointRow> WithPorts(List<EndpointRow> endpoints)
    {
        if (endpoints.Count == 0)
            return endpoints;
        ILookup<string, PortRow> ports = (
            endpoints.Count == 1 ? Query(Port + " WHERE endpoint_id = $a", ReadPort, endpoints[0].EndpointId) : Query(Port, ReadPort)
        ).ToLookup(port => port.EndpointId);
        return ports.Count == 0
            ? endpoints
            :
            [
                .. endpoints.Select(endpoint =>
                    ports.Contains(endpoint.EndpointId) ? endpoint with { Ports = [.. ports[endpoint.EndpointId]] } : endpoint
                ),
            ];
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<string> arguments) =>
        Query(connection, sql, read, arguments);

    internal static List<T> Query<T>(
        SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<string> arguments
    )
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < arguments.Length; i++)
            command.Parameters.AddWithValue($"${(char)('a' + i)}", arguments[i]);
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> found = [];
        while (rows.Read())
            found.Add(ReadRow(read, rows));
        return found;
    }

    /// <summary>Parses the document of a row. An invalid document is refused as a whole, because its meaning cannot be guessed.</summary>
    private static T ReadRow<T>(Func<SqliteDataReader, T> read, SqliteDataReader row)
    {
        try
        {
            return read(row);
        }
        catch (Exception failure)
            when (failure
                    is JsonException
                        or FormatException
                        or ArgumentException
                        or InvalidOperationException
                        or InvalidCastException
                        or NotSupportedException
            )
        {
            throw new BridgeNetException(
                ErrorIds.StateUnusable,
                ProblemCategory.ResourceUnavailable,
                $"A row of the state is invalid: {failure.Message} Restore a copy of state.db, or move it away to start with an empty state.",
                null,
                failure
            );
        }
    }

    private static T Read<T>(SqliteDataReader row) => StateJson.Read<T>(row.GetString(0));

    /// <summary>Parses a network. The column with its bridge must agree with the document.</summary>
    private static NetworkRow ReadNetwork(SqliteDataReader row) =>
        Read<NetworkRow>(row) is { } network && network.BridgeName == (row.IsDBNull(1) ? null : row.GetString(1))
            ? network
            : throw new FormatException("The bridge of a network differs from the bridge column.");

    private static IPAddress? Address(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : IPAddress.Parse(row.GetString(column));

    private static PortRow ReadPort(SqliteDataReader row) =>
        new()
        {
            ContainerName = row.GetString(0),
            NetworkName = row.GetString(1),
            EndpointId = row.GetString(2),
            HostAddress = IPAddress.Parse(row.GetString(3)),
            HostPort = row.GetInt32(4),
            ContainerPort = row.GetInt32(5),
            Protocol = row.GetString(6),
        };
}
