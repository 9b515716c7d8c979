using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using Microsoft.Data.Sqlite;

namespace BridgeNet.State;

/// <summary>The subnets of the state's networks, in order. They are read anew only after another connection wrote, for the thousandth network must not read a thousand.</summary>
internal sealed class SubnetCache
{
    private readonly Dictionary<string, UsedPrefix[]> _byNetwork = [];
    private readonly Dictionary<AddressFamily, PrefixSet> _ranges = [];
    private long? _version;

    /// <summary>Those of one family, as of the last commit.</summary>
    public PrefixSet Of(SqliteConnection connection, AddressFamily family)
    {
        // It changes with the commits of other connections, and not with one's own (sqlite.org/pragma.html).
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

    /// <summary>One's own commit: a network was written, or is gone when it has no subnets.</summary>
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
