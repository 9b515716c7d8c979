using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>An open connection to the state, with what it read before.</summary>
/// <param name="connection">The connection.</param>
internal sealed class StateConnection(SqliteConnection connection) : IDisposable
{
    /// <summary>The connection.</summary>
    public SqliteConnection Sqlite => connection;

    /// <summary>The subnets as this connection read them last.</summary>
    public SubnetCache Subnets { get; } = new();

    /// <summary>Does one statement that has no result.</summary>
    public void Execute(string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();
}
