using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>Files as version 0.1.0 wrote them.</summary>
public sealed class MigrationTests : IDisposable
{
    private const string Auto = "a1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        Given = "b2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    private const string Host = "c3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    private const string Web = "d4ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        Db = "e5ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    private const string Inserts = $$$"""
        INSERT INTO network VALUES ('{{{Auto}}}', 'auto', '172.17.0.0/16', '172.17.0.9',
            '{"Name":"auto","Id":"{{{Auto}}}","Created":"2026-11-23T15:40:18.1234567+00:00","Scope":"local","Driver":"bridge","EnableIPv4":true,"EnableIPv6":false,"IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"172.17.0.0/16","Gateway":"172.17.0.1","IPRange":null,"AuxiliaryAddresses":{}}]},"Internal":false,"Attachable":true,"Ingress":false,"ConfigFrom":"","ConfigOnly":false,"Options":{},"Labels":{"tier":"front"},"Containers":[],"BridgeName":"br-a1ffffffffff","BridgeMacAddress":"02:42:11:22:33:44","Mtu":1500,"AutomaticSubnet":true}');
        INSERT INTO network VALUES ('{{{Given}}}', 'given', '10.50.0.0/16', NULL,
            '{"Name":"given","Id":"{{{Given}}}","Created":"2026-11-23T15:41:00+00:00","Scope":"local","Driver":"bridge","EnableIPv4":true,"EnableIPv6":false,"IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"10.50.0.0/16","Gateway":"10.50.0.254","IPRange":null,"AuxiliaryAddresses":{}}]},"Internal":false,"Attachable":false,"Ingress":false,"ConfigFrom":"","ConfigOnly":false,"Options":{},"Labels":{},"Containers":[],"BridgeName":"br-b2ffffffffff","BridgeMacAddress":"02:42:11:22:33:55","Mtu":1400,"AutomaticSubnet":false}');
        INSERT INTO network VALUES ('{{{Host}}}', 'host', NULL, NULL,
            '{"Name":"host","Id":"{{{Host}}}","Created":"2026-11-23T15:42:00+00:00","Scope":"local","Driver":"host","EnableIPv4":true,"EnableIPv6":false,"IPAM":{"Driver":"default","Options":null,"Config":[]},"Internal":false,"Attachable":false,"Ingress":false,"ConfigFrom":"","ConfigOnly":false,"Options":{},"Labels":{},"Containers":[],"BridgeName":null,"BridgeMacAddress":null,"Mtu":0,"AutomaticSubnet":false}');
        INSERT INTO container VALUES ('{{{Web}}}', 'web', '{"Name":"web","Id":"{{{Web}}}","Created":"2026-11-23T15:43:00+00:00","Status":"running","Kind":0,"NetNSPath":"/run/netns/web","ProcessId":0,"Endpoints":[]}');
        INSERT INTO container VALUES ('{{{Db}}}', 'db', '{"Name":"db","Id":"{{{Db}}}","Created":"2026-11-23T15:44:00+00:00","Status":"running","Kind":1,"NetNSPath":"/proc/4711/ns/net","ProcessId":4711,"Endpoints":[]}');
        INSERT INTO endpoint VALUES ('01ff', '{{{Auto}}}', '{{{Web}}}', '172.17.0.9',
            '{"NetworkName":"auto","NetworkId":"{{{Auto}}}","ContainerName":"web","ContainerId":"{{{Web}}}","EndpointId":"01ff","InterfaceName":"eth0","HostInterface":"veth01ff","MacAddress":"02:42:ac:11:00:09","IPAddress":"172.17.0.9","PrefixLength":16,"IPv6Address":null,"IPv6PrefixLength":0,"Gateway":"172.17.0.1","IPv6Gateway":null,"Aliases":["www"]}');
        INSERT INTO endpoint VALUES ('02ff', '{{{Given}}}', '{{{Web}}}', '10.50.0.10',
            '{"NetworkName":"given","NetworkId":"{{{Given}}}","ContainerName":"web","ContainerId":"{{{Web}}}","EndpointId":"02ff","InterfaceName":"eth1","HostInterface":"veth02ff","MacAddress":"02:42:0a:32:00:0a","IPAddress":"10.50.0.10","PrefixLength":16,"IPv6Address":null,"IPv6PrefixLength":0,"Gateway":"10.50.0.254","IPv6Gateway":null,"Aliases":[]}');
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Networks_survive_with_their_subnets_and_last_addresses()
    {
        using SqliteStateStore store = OpenVersion1();
        IStateReader reader = store.Reader;
        Assert.Equal(["auto", "given", "host"], reader.Networks().Select(network => network.Name).Order());
        NetworkRow auto = reader.FindNetwork("auto")!;
        Assert.Equal(
            (Auto, "bridge", "172.17.0.0/16", "172.17.0.1", 1500, true),
            (auto.Id, auto.Driver, $"{auto.IPAM.Config[0].Subnet}", $"{auto.IPAM.Config[0].Gateway}", auto.Mtu, auto.Attachable)
        );
        Assert.Equal(DateTimeOffset.Parse("2026-11-23T15:40:18.1234567Z", System.Globalization.CultureInfo.InvariantCulture), auto.Created);
        Assert.Equal(("br-a1ffffffffff", "02:42:11:22:33:44"), (auto.BridgeName, $"{auto.BridgeMacAddress}"));
        Assert.Equal("front", auto.Labels["tier"]);
        Assert.Equal("given", reader.FindNetworkByBridge("br-b2ffffffffff")?.Name);
        Assert.Equal(2, reader.CountBridges());
        Assert.Equal(
            [("auto", IPNetwork.Parse("172.17.0.0/16")), ("given", IPNetwork.Parse("10.50.0.0/16"))],
            reader.Subnets(AddressFamily.InterNetwork).Select(range => (range.Name, range.Network)).OrderBy(subnet => subnet.Name)
        );
        Assert.Equal(IPAddress.Parse("172.17.0.9"), reader.LastAddress(Auto, IPNetwork.Parse("172.17.0.0/16")));
        Assert.Null(reader.LastAddress(Given, IPNetwork.Parse("10.50.0.0/16")));
    }

    [Fact]
    public void An_automatic_subnet_stays_one()
    {
        using SqliteStateStore store = OpenVersion1();
        Assert.True(Assert.Single(store.Reader.FindNetwork("auto")!.IPAM.Config).Automatic);
        Assert.False(Assert.Single(store.Reader.FindNetwork("given")!.IPAM.Config).Automatic);
        Assert.Empty(store.Reader.FindNetwork("host")!.IPAM.Config);
    }

    [Fact]
    public void Containers_and_endpoints_survive()
    {
        using SqliteStateStore store = OpenVersion1();
        IStateReader reader = store.Reader;
        Assert.Equal(
            ("/proc/4711/ns/net", 4711, ContainerKind.Process),
            (reader.FindContainer("db")!.NetNSPath, reader.FindContainer("db")!.ProcessId, reader.FindContainer("db")!.Kind)
        );
        Assert.Equal(
            ("/run/netns/web", ContainerKind.Owned),
            (reader.FindContainerById(Web)!.NetNSPath, reader.FindContainerById(Web)!.Kind)
        );
        EndpointRow endpoint = Assert.Single(reader.Endpoints(networkId: Auto));
        Assert.Equal(
            ("01ff", "web", "eth0", "veth01ff", "02:42:ac:11:00:09", "172.17.0.9", 16, "172.17.0.1"),
            (
                endpoint.EndpointId,
                endpoint.ContainerName,
                endpoint.InterfaceName,
                endpoint.HostInterface,
                $"{endpoint.MacAddress}",
                $"{endpoint.IPAddress}",
                endpoint.PrefixLength,
                $"{endpoint.Gateway}"
            )
        );
        Assert.Equal(["www"], endpoint.Aliases);
        Assert.Equal(["auto", "given"], reader.Endpoints(containerId: Web).Select(found => found.NetworkName).Order());
        Assert.Empty(reader.Ports());
        Assert.Empty(reader.Reservations());
    }

    [Fact]
    public void Used_addresses_stay_used_and_used_objects_are_not_deleted()
    {
        const int Constraint = 19;
        using SqliteStateStore store = OpenVersion1();
        EndpointRow endpoint = store.Reader.FindEndpointById("01ff")!;
        NetworkRow given = store.Reader.FindNetwork("given")!;
        Action<IStateTransaction>[] refused =
        [
            transaction =>
                transaction.Put(
                    endpoint with
                    {
                        EndpointId = "03ff",
                        ContainerId = Db,
                        IPAddress = IPAddress.Parse("172.17.0.9"),
                        MacAddress = MacAddress.Random(),
                    }
                ),
            transaction =>
                transaction.Put(endpoint with { EndpointId = "03ff", ContainerId = Db, IPAddress = IPAddress.Parse("172.17.0.10") }),
            transaction => transaction.Put(given with { Id = new string('0', 64), Name = "other", BridgeName = "br-other" }),
            transaction => transaction.DeleteNetwork(Auto),
            transaction => transaction.DeleteContainer(Web),
        ];
        Assert.All(
            refused,
            change => Assert.Equal(Constraint, Assert.Throws<SqliteException>(() => Rows.Write(store, change)).SqliteErrorCode)
        );
    }

    [Fact]
    public void It_is_then_a_file_like_one_that_was_made_new()
    {
        OpenVersion1().Dispose();
        using TemporaryDirectory fresh = new();
        SqliteStateStore.Open(fresh.Path).Dispose();
        Assert.Equal(Describe(fresh), Describe(_directory));
    }

    [Fact]
    public void It_can_be_opened_again_and_everything_be_removed()
    {
        OpenVersion1().Dispose();
        using SqliteStateStore store = SqliteStateStore.Open(_directory.Path);
        Rows.Write(
            store,
            transaction =>
            {
                transaction.DeleteEndpoint("01ff");
                transaction.DeleteEndpoint("02ff");
                transaction.DeleteContainer(Web);
                transaction.DeleteContainer(Db);
                transaction.DeleteNetwork(Auto);
                transaction.DeleteNetwork(Given);
            }
        );
        Assert.Equal(["host"], store.Reader.Networks().Select(network => network.Name));
        Assert.Empty(store.Reader.Subnets(AddressFamily.InterNetwork));
    }

    private SqliteStateStore OpenVersion1()
    {
        using (SqliteConnection connection = Connect(_directory))
            Execute(
                connection,
                $"PRAGMA journal_mode=WAL; {Schema.Steps[0]} PRAGMA user_version=1; PRAGMA application_id={Schema.ApplicationId}; {Inserts}"
            );
        return SqliteStateStore.Open(_directory.Path);
    }

    /// <summary>Version, tables and indexes.</summary>
    private static List<string> Describe(TemporaryDirectory directory)
    {
        using SqliteConnection connection = Connect(directory);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master UNION SELECT user_version FROM pragma_user_version UNION SELECT application_id FROM pragma_application_id ORDER BY 1";
        using SqliteDataReader rows = command.ExecuteReader();
        List<string> lines = [];
        while (rows.Read())
            lines.Add(rows.GetString(0));
        return lines;
    }

    private static SqliteConnection Connect(TemporaryDirectory directory)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = directory.File("state.db"), Pooling = false }.ToString()
        );
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
