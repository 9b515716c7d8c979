namespace BridgeNet.State;

/// <summary>A snapshot of the state: a read transaction, which in WAL mode waits for no writer and blocks none.</summary>
internal sealed class SqliteSnapshot : SqliteReader, IStateSnapshot
{
    private readonly StateConnection _connection;
    private readonly Action _end;
    private bool _open = true;

    /// <param name="connection">A connection that is not used elsewhere.</param>
    /// <param name="end">Returns the connection.</param>
    public SqliteSnapshot(StateConnection connection, Action end)
        : base(connection.Sqlite, connection.Subnets)
    {
        _connection = connection;
        _end = end;
        connection.Execute("BEGIN DEFERRED");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_open)
            return;
        _open = false;
        _connection.Execute("COMMIT");
        _end();
    }
}
