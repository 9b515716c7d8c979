using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>A write transaction, begun with <c>BEGIN IMMEDIATE</c>: from its first read on nobody else writes.</summary>
internal sealed class SqliteWriter : SqliteReader, IStateTransaction
{
    private readonly SqliteConnection _connection;
    private bool _open;

    public SqliteWriter(SqliteConnection connection)
        : base(connection)
    {
        _connection = connection;
        Execute("BEGIN IMMEDIATE");
        _open = true;
    }

    public void Put(BridgeNetwork network) => Execute(
        "INSERT INTO network (id, name, subnet, document) VALUES ($a, $b, $c, $d)",
        network.Id, network.Name, network.Subnet?.ToString(), StateJson.Write(network));

    public void Put(BridgeContainer container) => Execute(
        "INSERT INTO container (id, name, document) VALUES ($a, $b, $c)",
        container.Id, container.Name, StateJson.Write(container with { Endpoints = [] }));

    public void Put(BridgeEndpoint endpoint)
    {
        string address = endpoint.IPAddress!.ToString();
        Execute("INSERT INTO endpoint (id, network_id, container_id, address, document) VALUES ($a, $b, $c, $d, $e)",
            endpoint.EndpointId, endpoint.NetworkId, endpoint.ContainerId, address, StateJson.Write(endpoint));
        Execute("UPDATE network SET last_address = $a WHERE id = $b", address, endpoint.NetworkId);
    }

    public void DeleteNetwork(string id) => Execute("DELETE FROM network WHERE id = $a", id);

    public void DeleteContainer(string id) => Execute("DELETE FROM container WHERE id = $a", id);

    public void DeleteEndpoint(string id) => Execute("DELETE FROM endpoint WHERE id = $a", id);

    public void Commit()
    {
        Execute("COMMIT");
        _open = false;
    }

    public void Dispose()
    {
        if (_open)
            Execute("ROLLBACK");
    }

    private void Execute(string sql, params ReadOnlySpan<string?> arguments)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < arguments.Length; i++)
            command.Parameters.AddWithValue($"${(char)('a' + i)}", (object?)arguments[i] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }
}
