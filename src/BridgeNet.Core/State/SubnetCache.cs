using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>
/// Caches the subnets of all networks, sorted. They are read again only after another connection has written, so that the thousandth
/// network need not read a thousand.
/// </summary>
internal sealed class SubnetCache
{
    private readonly Dictionary<string, UsedPrefix[]> _byNetwork = [];
    private readonly Dictionary<AddressFamily, PrefixSet> _ranges = [];
    private long? _version;

    /// <summary>The subnets of one family, as of the last commit.</summary>
    public PrefixSet Of(SqliteConnection connection, AddressFamily family)
    {
        // data_version changes with commits of other connections, not of this one (sqlite.org/pragma.html).
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        long version = (long)command.ExecuteScalar()!;
        if (version != _version)
        {
            Read(connection);
            _version = version;
        }
        return Ranges(family);
    }

    /// <summary>Updates the cache after a commit of this connection: a network was written, or, without subnets, deleted.</summary>
    public void Apply(string networkId, IEnumerable<UsedPrefix> subnets)
    {
        foreach (UsedPrefix range in _byNetwork.GetValueOrDefault(networkId, []))
            Ranges(range.Family).Remove(range);
        _byNetwork.Remove(networkId);
        Add(networkId, [.. subnets]);
    }

    private PrefixSet Ranges(AddressFamily family)
    {
        if (!_ranges.TryGetValue(family, out PrefixSet? ranges))
            _ranges.Add(family, ranges = new PrefixSet([]));
        return ranges;
    }

    private void Add(string networkId, UsedPrefix[] subnets)
    {
        if (subnets.Length == 0)
            return;
        _byNetwork.Add(networkId, subnets);
        foreach (UsedPrefix range in subnets)
            Ranges(range.Family).Add(range);
    }

    private void Read(SqliteConnection connection)
    {
        _byNetwork.Clear();
        _ranges.Clear();
        foreach (IGrouping<string, (string Id, UsedPrefix Range)> network in All(connection).GroupBy(static row => row.Id))
            Add(network.Key, [.. network.Select(static row => row.Range)]);
    }

    private static List<(string Id, UsedPrefix Range)> All(SqliteConnection connection) =>
        SqliteReader.Query(
            connection,
            "SELECT network_id, name, subnet FROM subnet JOIN network ON network.id = network_id",
            static row => (row.GetString(0), new UsedPrefix(IPNetwork.Parse(row.GetString(2)), UsedBy.Network, row.GetString(1)))
        );
}
