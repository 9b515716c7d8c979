using System.Collections.Concurrent;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>The state in one SQLite file, <c>state.db</c>: columns for what must be unique, a document for the rest.</summary>
internal sealed class SqliteStateStore : IStateStore
{
    /// <summary>How long a change waits for those before it; the longest change takes a few seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _patience;

    /// <summary>Connections that nobody uses. Who took one last has the newest cache, so it is the next to be taken.</summary>
    private readonly ConcurrentStack<StateConnection> _idle = new();

    private SqliteStateStore(string directory, StateConnection connection, TimeSpan patience)
    {
        _patience = patience;
        Directory = directory;
        _idle.Push(connection);
    }

    /// <inheritdoc/>
    public string Directory { get; }

    /// <summary>Opens the store of a directory, which is made, for its owner alone, when it is not there.</summary>
    /// <exception cref="BridgeNetException">StateUnusable: not ours, newer, or not readable. The file is left as it is.</exception>
    /// <exception cref="UnauthorizedAccessException">It is another user's.</exception>
    public static SqliteStateStore Open(string directory, TimeSpan? patience = null)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string path = Path.Combine(directory, "state.db");
        StateTrust.Create(directory);
        // Where one may not even look, the kernel denies it: that is no question of trust. Root is nobody in a user namespace.
        _ = System.IO.Directory.EnumerateFileSystemEntries(directory).Any();
        StateTrust.RequireDirectory(directory);
        // What SQLite reads besides it is as good as the file itself.
        foreach (string part in (string[])["", "-wal", "-shm", "-journal"])
            StateTrust.RequireFile(path + part);
        if (!File.Exists(path))
            new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    UnixCreateMode = Owner,
                }
            ).Dispose();
        return new SqliteStateStore(directory, Connect(path), patience ?? Patience);
    }

    /// <inheritdoc/>
    public IStateSnapshot Snapshot()
    {
        StateConnection connection = Rent();
        return new SqliteSnapshot(connection, () => _idle.Push(connection));
    }

    /// <inheritdoc/>
    public IStateHold Take(CancellationToken stopped)
    {
        HostLock held = HostLock.Take(Directory, _patience, stopped);
        StateConnection connection = Rent();
        return new SqliteHold(
            connection,
            Directory,
            _patience,
            () =>
            {
                _idle.Push(connection);
                held.Dispose();
            }
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryPop(out StateConnection? connection))
            connection.Dispose();
    }

    private StateConnection Rent() => _idle.TryPop(out StateConnection? idle) ? idle : Connect(Path.Combine(Directory, "state.db"));

    private static StateConnection Connect(string path)
    {
        StateConnection connection = new(
            new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = path,
                    DefaultTimeout = 60,
                    Pooling = false,
                }.ToString()
            )
        );
        try
        {
            connection.Sqlite.Open();
            Prepare(connection, path);
            return connection;
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw new BridgeNetException([StateFailure.ToProblem(failure, path)], failure);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(StateConnection connection, string path)
    {
        // SQLite looks again after some milliseconds; the library around it alone only every 150.
        connection.Execute("PRAGMA busy_timeout=60000");
        // Looked at before anything is set, for a foreign file must not be changed.
        long version,
            application,
            objects;
        // In one transaction, so that a store that another process is making is seen before or after, never between.
        using (connection.Sqlite.BeginTransaction(deferred: true))
        {
            version = Number(connection, "PRAGMA user_version");
            application = Number(connection, "PRAGMA application_id");
            objects = Number(connection, "SELECT count(*) FROM sqlite_master");
        }
        bool empty = version == 0 && application == 0 && objects == 0;
        if (!empty && (application != Schema.ApplicationId || version > Schema.Steps.Count))
        {
            throw new BridgeNetException(
                ErrorIds.StateUnusable,
                ProblemCategory.ResourceUnavailable,
                application == Schema.ApplicationId
                    ? $"The state {path} was written by a newer version (schema {version}, this one knows {Schema.Steps.Count}); update the module."
                    : $"The file {path} is another program's database; name another directory in BRIDGENET_STATE.",
                path
            );
        }
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON");
        if (version < Schema.Steps.Count)
            Migrate(connection);
    }

    private static void Migrate(StateConnection connection)
    {
        using SqliteTransaction transaction = connection.Sqlite.BeginTransaction();
        // Read again: another process may have done it in between.
        for (long version = Number(connection, "PRAGMA user_version"); version < Schema.Steps.Count; version++)
            connection.Execute($"{Schema.Steps[(int)version]} PRAGMA user_version={version + 1}");
        connection.Execute($"PRAGMA application_id={Schema.ApplicationId}");
        transaction.Commit();
    }

    private static long Number(StateConnection connection, string sql)
    {
        using SqliteCommand command = connection.Sqlite.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
