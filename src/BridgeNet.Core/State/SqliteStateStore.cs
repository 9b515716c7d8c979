using System.Collections.Concurrent;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>The state in an SQLite file, <c>state.db</c>: columns for unique values, a JSON document for the rest.</summary>
internal sealed class SqliteStateStore : IStateStore
{
    /// <summary>The timeout for other changes; the longest change takes a few seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _patience;

    /// <summary>Unused connections. The one that was used last has the newest cache, so it is used next.</summary>
    private readonly ConcurrentStack<StateConnection> _idle = new();

    private SqliteStateStore(string directory, StateConnection connection, TimeSpan patience)
    {
        _patience = patience;
        Directory = directory;
        _idle.Push(connection);
    }

    /// <inheritdoc/>
    public string Directory { get; }

    /// <summary>Opens the state in a directory. If the directory does not exist, it is created for its owner alone.</summary>
    /// <exception cref="BridgeNetException">
    /// StateUnusable: the file is no state, is from a newer version, or cannot be read. It is not changed.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory belongs to another user.</exception>
    public static SqliteStateStore Open(string directory, TimeSpan? patience = null)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string path = Path.Combine(directory, "state.db");
        StateTrust.Create(directory);
        // If the kernel denies listing the directory, that is a permission error, not a trust error: in a user namespace, files of the
        // machine's root seem to belong to "nobody".
        _ = System.IO.Directory.EnumerateFileSystemEntries(directory).Any();
        StateTrust.RequireDirectory(directory);
        // The other files that SQLite reads must be as trustworthy as the database itself.
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
        // With this timeout SQLite itself retries every few milliseconds; the .NET library alone retries only every 150.
        connection.Execute("PRAGMA busy_timeout=60000");
        // Checked before anything is set, because a foreign file must not be changed.
        long version,
            application,
            objects;
        // In one transaction, so that a state that another process is creating is seen before or after, never in between.
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
                    : $"The file {path} is another program's database; set BRIDGENET_STATE to another directory.",
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
        // Read again: another process may have migrated it in between.
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
