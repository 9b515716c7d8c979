namespace BridgeNet.State;

/// <summary>The right to change networks, with a connection to the state.</summary>
/// <param name="connection">A connection that nobody else uses.</param>
/// <param name="directory">The state directory.</param>
/// <param name="patience">How long to wait for another writer.</param>
/// <param name="end">Gives both back.</param>
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
