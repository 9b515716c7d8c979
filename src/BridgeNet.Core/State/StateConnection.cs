using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>An open connection to the state, with its cache.</summary>
/// <param name="connection">The connection.</param>
internal sealed class StateConnection(SqliteConnection connection) : IDisposable
{
    /// <summary>The connection.</summary>
    public SqliteConnection Sqlite => connection;

    /// <summary>The subnets that this connection read last.</summary>
    public SubnetCache Subnets { get; } = new();

    /// <summary>Executes statements without a result.</summary>
    /// <param name="sql">One or several statements.</param>
    /// <param name="arguments">The values of <c>$a</c>, <c>$b</c> and so on.</param>
    public void Execute(string sql, params ReadOnlySpan<string?> arguments)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < arguments.Length; i++)
            command.Parameters.AddWithValue($"${(char)('a' + i)}", (object?)arguments[i] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();
}
