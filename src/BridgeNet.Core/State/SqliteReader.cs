using System.Net;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>The questions, in SQL.</summary>
internal class SqliteReader(SqliteConnection connection) : IStateReader
{
    private const string Network = "SELECT document, last_address FROM network ";
    private const string Container = "SELECT document FROM container ";
    private const string Endpoint = "SELECT document FROM endpoint ";

    public IReadOnlyList<NetworkRecord> Networks() => Query(Network, null, ReadNetwork);

    public NetworkRecord? FindNetwork(string name) => Query(Network + "WHERE name = $a", name, ReadNetwork).FirstOrDefault();

    public NetworkRecord? FindNetworkById(string id) => Query(Network + "WHERE id = $a", id, ReadNetwork).FirstOrDefault();

    // The caller has checked that a prefix is hexadecimal digits, so it holds no wildcard.
    public IReadOnlyList<NetworkRecord> NetworksByIdPrefix(string prefix) => Query(Network + "WHERE id GLOB $a || '*'", prefix, ReadNetwork);

    public int CountNetworks() => Query("SELECT count(*) FROM network", null, static row => row.GetInt32(0))[0];

    public IReadOnlyList<(string Name, IPNetwork Subnet)> Subnets() =>
        Query("SELECT name, subnet FROM network WHERE subnet IS NOT NULL", null, static row => (row.GetString(0), IPNetwork.Parse(row.GetString(1))));

    public IReadOnlyList<BridgeContainer> Containers() => Query(Container, null, Read<BridgeContainer>);

    public BridgeContainer? FindContainer(string name) => Query(Container + "WHERE name = $a", name, Read<BridgeContainer>).FirstOrDefault();

    public BridgeContainer? FindContainerById(string id) => Query(Container + "WHERE id = $a", id, Read<BridgeContainer>).FirstOrDefault();

    public IReadOnlyList<BridgeContainer> ContainersByIdPrefix(string prefix) => Query(Container + "WHERE id GLOB $a || '*'", prefix, Read<BridgeContainer>);

    public IReadOnlyList<BridgeEndpoint> Endpoints(string? networkId = null, string? containerId = null) =>
        networkId is not null ? Query(Endpoint + "WHERE network_id = $a", networkId, Read<BridgeEndpoint>)
        : containerId is not null ? Query(Endpoint + "WHERE container_id = $a", containerId, Read<BridgeEndpoint>)
        : Query(Endpoint, null, Read<BridgeEndpoint>);

    public BridgeEndpoint? FindEndpointById(string id) => Query(Endpoint + "WHERE id = $a", id, Read<BridgeEndpoint>).FirstOrDefault();

    private List<T> Query<T>(string sql, string? argument, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (argument is not null)
            command.Parameters.AddWithValue("$a", argument);
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> found = [];
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    private static T Read<T>(SqliteDataReader row) => StateJson.Read<T>(row.GetString(0));

    private static NetworkRecord ReadNetwork(SqliteDataReader row) =>
        new(Read<BridgeNetwork>(row), row.IsDBNull(1) ? null : IPAddress.Parse(row.GetString(1)));
}
