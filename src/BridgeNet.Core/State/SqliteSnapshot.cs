namespace BridgeNet.State;

/// <summary>The state of one moment: a read transaction of its own, which in WAL mode waits for no writer and keeps none waiting.</summary>
internal sealed class SqliteSnapshot : SqliteReader, IStateSnapshot
{
    private readonly StateConnection _connection;
    private readonly Action _end;
    private bool _open = true;

    /// <param name="connection">A connection that nobody else uses.</param>
    /// <param name="end">Gives it back.</param>
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
