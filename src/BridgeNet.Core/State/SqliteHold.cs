namespace BridgeNet.State;

/// <summary>The host lock, with a connection to the state.</summary>
/// <param name="connection">A connection that is not used elsewhere.</param>
/// <param name="directory">The state directory.</param>
/// <param name="patience">The timeout for another writer.</param>
/// <param name="end">Releases the lock and returns the connection.</param>
internal sealed class SqliteHold(StateConnection connection, string directory, TimeSpan patience, Action end) : IStateHold
{
    private bool _held = true;

    /// <inheritdoc/>
    public IStateReader Reader { get; } = new SqliteReader(connection.Sqlite, connection.Subnets);

    /// <inheritdoc/>
    public IStateTransaction BeginWrite() => new SqliteWriter(connection, directory, patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_held)
            return;
        _held = false;
        end();
    }
}
