using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.State;
using Microsoft.Data.Sqlite;
using Xunit;
using static BridgeNet.Core.Tests.State.Rows;

namespace BridgeNet.Core.Tests.State;

public sealed class SqliteStateStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_directory_and_its_files_are_the_owners_alone()
    {
        string path = _directory.File("new");
        using SqliteStateStore store = SqliteStateStore.Open(path);
        Write(store, transaction => transaction.Put(Network("a", 1)));
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        // The write-ahead log and its index hold rows too.
        Assert.Equal(["lock", "state.db", "state.db-shm", "state.db-wal"], Directory.GetFiles(path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(path), file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Written_rows_persist_when_the_state_is_opened_again()
    {
        NetworkRow network = Network("a", 1);
        ContainerRow container = Container("c", 2);
        EndpointRow endpoint = Endpoint(network, container, "10.1.0.2");
        using (SqliteStateStore store = Open())
        {
            Write(
                store,
                transaction =>
                {
                    transaction.Put(network);
                    transaction.Put(container);
                    transaction.Put(endpoint);
                }
            );
        }
        using SqliteStateStore again = Open();
        Assert.Equal(_directory.Path, again.Directory);
        Assert.Empty(Sample.Differences(network, Assert.Single(again.Reader.Networks())));
        Assert.Empty(Sample.Differences(container, Assert.Single(again.Reader.Containers())));
        Assert.Empty(Sample.Differences(endpoint, Assert.Single(again.Reader.Endpoints())));
    }

    [Fact]
    public void Objects_are_found_by_name_id_and_its_beginning()
    {
        using SqliteStateStore store = Open();
        NetworkRow a = Network("a", 1),
            b = Network("b", 2);
        ContainerRow c = Container("c", 3),
            d = Container("d", 4);
        EndpointRow first = Endpoint(a, c, "10.1.0.2"),
            second = Endpoint(b, c, "10.2.0.2"),
            third = Endpoint(b, d, "10.2.0.3");
        Write(
            store,
            transaction =>
            {
                transaction.Put(a);
                transaction.Put(b);
                transaction.Put(c);
                transaction.Put(d);
                transaction.Put(first);
                transaction.Put(second);
                transaction.Put(third);
            }
        );
        IStateReader reader = store.Reader;
        Assert.Equal(2, reader.Networks().Count);
        Assert.Equal(2, reader.CountBridges());
        Assert.Equal("b", reader.FindNetworkByBridge(b.BridgeName!)?.Name);
        Assert.Null(reader.FindNetworkByBridge("br-other"));
        Assert.Equal("b", reader.FindNetwork("b")?.Name);
        Assert.Equal("b", reader.FindNetworkById(b.Id)?.Name);
        Assert.Equal(["b"], reader.NetworksByIdPrefix(b.Id[..12]).Select(network => network.Name));
        Assert.Equal(["a", "b"], reader.NetworksByIdPrefix("0").Select(network => network.Name).Order());
        Assert.Equal("d", reader.FindContainer("d")?.Name);
        Assert.Equal("d", reader.FindContainerById(d.Id)?.Name);
        Assert.Equal(["d"], reader.ContainersByIdPrefix(d.Id).Select(container => container.Name));
        Assert.Equal(
            [("a", IPNetwork.Parse("10.1.0.0/16")), ("b", IPNetwork.Parse("10.2.0.0/16"))],
            reader.Subnets(AddressFamily.InterNetwork).Select(range => (range.Name, range.Network))
        );
        Assert.Equal(["c", "d"], reader.Endpoints(networkId: b.Id).Select(endpoint => endpoint.ContainerName).Order());
        Assert.Equal(["a", "b"], reader.Endpoints(containerId: c.Id).Select(endpoint => endpoint.NetworkName).Order());
        Assert.Equal("d", reader.FindEndpointById(third.EndpointId)?.ContainerName);
        Assert.Null(reader.FindNetwork("c"));
        Assert.Null(reader.FindNetworkById("b"));
        Assert.Null(reader.FindContainer("a"));
        Assert.Null(reader.FindContainerById("c"));
        Assert.Null(reader.FindEndpointById("e"));
    }

    [Fact]
    public void Names_bridges_subnets_and_addresses_are_given_once()
    {
        using SqliteStateStore store = Open();
        NetworkRow network = Network("a", 1),
            other = Network("b", 2);
        ContainerRow container = Container("c", 3),
            second = Container("d", 4);
        EndpointRow first = Endpoint(network, container, "10.1.0.2") with { IPv6Address = IPAddress.Parse("fd00::2") };
        Write(
            store,
            transaction =>
            {
                transaction.Put(network);
                transaction.Put(other);
                transaction.Put(container);
                transaction.Put(second);
                transaction.Put(first);
            }
        );
        AssertRefused(store, transaction => transaction.Put(Network("a", 5)));
        AssertRefused(store, transaction => transaction.Put(Network("e", 5) with { BridgeName = network.BridgeName }));
        AssertRefused(store, transaction => transaction.Put(Network("e", 1) with { Id = Id(5) }));
        AssertRefused(store, transaction => transaction.Put(Container("c", 5)));
        AssertRefused(store, transaction => transaction.Put(Endpoint(network, second, "10.1.0.2")));
        EndpointRow next = Endpoint(network, second, "10.1.0.3") with { IPv6Address = IPAddress.Parse("fd00::3") };
        AssertRefused(store, transaction => transaction.Put(next with { ContainerId = container.Id })); // a second endpoint of a container on a network
        AssertRefused(store, transaction => transaction.Put(next with { IPv6Address = IPAddress.Parse("fd00::2") }));
        AssertRefused(store, transaction => transaction.Put(next with { MacAddress = first.MacAddress }));
        Write(store, transaction => transaction.Put(next));
        // The same addresses on another network are others.
        Write(store, transaction => transaction.Put(first with { EndpointId = Id(9), NetworkId = other.Id }));
    }

    [Fact]
    public void Networks_without_a_subnet_do_not_exclude_each_other()
    {
        using SqliteStateStore store = Open();
        Write(
            store,
            transaction =>
            {
                transaction.Put(Network("host", 1) with { IPAM = new IpamRow(), Driver = "null", BridgeName = null });
                transaction.Put(Network("none", 2) with { IPAM = new IpamRow(), Driver = "null", BridgeName = null });
            }
        );
        Assert.Equal(0, store.Reader.CountBridges());
        Assert.Empty(store.Reader.Subnets(AddressFamily.InterNetwork));
        Assert.Equal(2, store.Reader.Networks().Count);
    }

    [Fact]
    public void An_object_in_use_is_not_deleted()
    {
        using SqliteStateStore store = Open();
        NetworkRow network = Network("a", 1);
        ContainerRow container = Container("c", 2);
        EndpointRow endpoint = Endpoint(network, container, "10.1.0.2");
        AssertRefused(store, transaction => transaction.Put(endpoint)); // of a network that is not there
        Write(
            store,
            transaction =>
            {
                transaction.Put(network);
                transaction.Put(container);
                transaction.Put(endpoint);
            }
        );
        AssertRefused(store, transaction => transaction.DeleteNetwork(network.Id));
        AssertRefused(store, transaction => transaction.DeleteContainer(container.Id));
        Write(
            store,
            transaction =>
            {
                transaction.DeleteEndpoint(endpoint.EndpointId);
                transaction.DeleteContainer(container.Id);
                transaction.DeleteNetwork(network.Id);
            }
        );
        Assert.Empty(store.Reader.Networks());
        Assert.Empty(store.Reader.Containers());
        Assert.Empty(store.Reader.Endpoints());
    }

    [Fact]
    public void Without_a_commit_everything_is_as_it_was()
    {
        using SqliteStateStore store = Open();
        Write(store, transaction => transaction.Put(Network("a", 1)));
        using (IStateHold held = store.Take(TestContext.Current.CancellationToken))
        using (IStateTransaction transaction = held.BeginWrite())
        {
            transaction.DeleteNetwork(Id(1));
            transaction.Put(Network("b", 2));
            Assert.Equal(["b"], transaction.Networks().Select(network => network.Name));
        }
        Assert.Equal(["a"], store.Reader.Networks().Select(network => network.Name));
    }

    [Fact]
    public void Other_readers_see_only_committed_changes()
    {
        using SqliteStateStore store = Open(),
            other = Open();
        using (IStateHold held = store.Take(TestContext.Current.CancellationToken))
        using (IStateTransaction transaction = held.BeginWrite())
        {
            transaction.Put(Network("a", 1));
            Assert.Empty(other.Reader.Networks());
            transaction.Commit();
        }
        Assert.Single(other.Reader.Networks());
    }

    [Fact]
    public void Subnets_are_those_of_the_last_commit_whoever_made_it()
    {
        using SqliteStateStore store = Open(),
            other = Open();
        Assert.Empty(Names(store));
        Write(store, transaction => transaction.Put(Network("b", 2)));
        Assert.Equal(["b"], Names(store));
        Assert.Equal(["b"], Names(other));
        Write(other, transaction => transaction.Put(Network("a", 1)));
        Assert.Equal(["a", "b"], Names(store));
        using (IStateHold held = store.Take(TestContext.Current.CancellationToken))
        using (IStateTransaction transaction = held.BeginWrite())
        {
            transaction.DeleteNetwork(Id(1));
            transaction.Put(Network("c", 3));
            Assert.Equal(["b", "c"], transaction.Subnets(AddressFamily.InterNetwork).Select(range => range.Name));
        }
        Assert.Equal(["a", "b"], Names(store));
        Write(
            store,
            transaction =>
            {
                transaction.DeleteNetwork(Id(1));
                transaction.Put(Network("c", 3));
                transaction.Put(Network("b", 2));
            }
        );
        Assert.Equal(["b", "c"], Names(store));
        Write(other, transaction => transaction.DeleteNetwork(Id(2)));
        Write(store, transaction => transaction.Put(Network("d", 4)));
        Assert.Equal(["c", "d"], Names(store));
        Assert.Equal(["c", "d"], Names(other));

        static string[] Names(SqliteStateStore store) => [.. store.Reader.Subnets(AddressFamily.InterNetwork).Select(range => range.Name)];
    }

    [Fact]
    public void A_subnet_remembers_the_last_address_given()
    {
        using SqliteStateStore store = Open();
        IPNetwork four = IPNetwork.Parse("10.1.0.0/16"),
            six = IPNetwork.Parse("fd00::/64");
        NetworkRow network = Network("a", 1) with
        {
            IPAM = new IpamRow { Config = [new SubnetRow { Subnet = four }, new SubnetRow { Subnet = six }] },
        };
        Write(store, transaction => transaction.Put(network));
        Assert.Null(store.Reader.LastAddress(network.Id, four));
        Write(store, transaction => transaction.PutLastAddress(network.Id, four, IPAddress.Parse("10.1.0.7")));
        Write(store, transaction => transaction.PutLastAddress(network.Id, six, IPAddress.Parse("fd00::7")));
        // A change of the network keeps it.
        Write(store, transaction => transaction.Put(network with { Internal = true }));
        Assert.Equal(IPAddress.Parse("10.1.0.7"), store.Reader.LastAddress(network.Id, four));
        Assert.Equal(IPAddress.Parse("fd00::7"), store.Reader.LastAddress(network.Id, six));
        Write(store, transaction => transaction.PutLastAddress(network.Id, four, IPAddress.Parse("10.1.0.3")));
        Assert.Equal(IPAddress.Parse("10.1.0.3"), store.Reader.LastAddress(network.Id, four));
        Assert.Null(store.Reader.LastAddress(network.Id, IPNetwork.Parse("10.2.0.0/16")));
    }

    [Fact]
    public void A_newer_schema_is_refused_and_left_as_it_is()
    {
        Open().Dispose();
        Sql($"PRAGMA user_version={Schema.Steps.Count + 1}");
        AssertRefusesTheFile($"newer version (schema {Schema.Steps.Count + 1}");
    }

    [Theory]
    [InlineData("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")]
    [InlineData("PRAGMA application_id=1196444487")] // GeoPackage's
    [InlineData("PRAGMA application_id=1196444487; CREATE TABLE theirs (a)")]
    [InlineData("PRAGMA user_version=1")]
    [InlineData("PRAGMA user_version=7")]
    public void Another_programs_database_is_refused_and_left_as_it_is(string sql)
    {
        Sql(sql);
        AssertRefusesTheFile("another program's database");
    }

    [Theory]
    [InlineData(
        "not a database, but longer than the hundred bytes of a database's header, which SQLite reads before it judges what it was given"
    )]
    [InlineData("short")]
    public void A_file_that_is_no_database_is_refused_and_left_as_it_is(string content)
    {
        File.WriteAllText(_directory.File("state.db"), content);
        AssertRefusesTheFile("cannot be used");
    }

    [Fact]
    public void An_empty_file_becomes_a_store()
    {
        File.WriteAllBytes(_directory.File("state.db"), []);
        using SqliteStateStore store = Open();
        Write(store, transaction => transaction.Put(Network("a", 1)));
        Assert.Single(store.Reader.Networks());
    }

    [Fact]
    public async Task Many_may_make_the_same_store_at_once()
    {
        for (int i = 0; i < 5; i++)
        {
            string path = _directory.File($"new{i}");
            using Barrier together = new(8);
            await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(number =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                together.SignalAndWait();
                                using SqliteStateStore store = SqliteStateStore.Open(path);
                                Write(store, transaction => transaction.Put(Network($"n{number}", number)));
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            );
            using SqliteStateStore all = SqliteStateStore.Open(path);
            Assert.Equal(8, all.Reader.Networks().Count);
        }
    }

    private SqliteStateStore Open() => SqliteStateStore.Open(_directory.Path);

    private void Sql(string sql)
    {
        using SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = _directory.File("state.db"), Pooling = false }.ToString()
        );
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void AssertRefusesTheFile(string reason)
    {
        byte[] before = File.ReadAllBytes(_directory.File("state.db"));
        Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(() => Open().Dispose()).Problems);
        Assert.Equal(ErrorIds.StateUnusable, problem.ErrorId);
        Assert.Contains(reason, problem.Message);
        Assert.Contains(_directory.File("state.db"), problem.Message);
        Assert.Equal(before, File.ReadAllBytes(_directory.File("state.db")));
        Assert.Equal(["state.db"], Directory.GetFiles(_directory.Path).Select(Path.GetFileName));
    }

    private static void AssertRefused(SqliteStateStore store, Action<IStateTransaction> change)
    {
        const int Constraint = 19;
        int before = store.Reader.Endpoints().Count + store.Reader.Networks().Count + store.Reader.Containers().Count;
        Assert.Equal(Constraint, Assert.Throws<SqliteException>(() => Write(store, change)).SqliteErrorCode);
        Assert.Equal(before, store.Reader.Endpoints().Count + store.Reader.Networks().Count + store.Reader.Containers().Count);
    }
}
