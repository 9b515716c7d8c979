using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;
using Microsoft.Data.Sqlite;
using Xunit;
using static BridgeNet.Core.Tests.State.Rows;

namespace BridgeNet.Core.Tests.State;

public sealed class PortsAndReservationsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteStateStore _store;
    private readonly NetworkRow _network = Network("a", 1),
        _other = Network("b", 2);
    private readonly ContainerRow _web = Container("web", 3),
        _db = Container("db", 4);
    private readonly EndpointRow _first,
        _second;

    public PortsAndReservationsTests()
    {
        _store = SqliteStateStore.Open(_directory.Path);
        _first = Endpoint(_network, _web, "10.1.0.2");
        _second = Endpoint(_network, _db, "10.1.0.3");
        Write(
            _store,
            transaction =>
            {
                transaction.Put(_network);
                transaction.Put(_other);
                transaction.Put(_web);
                transaction.Put(_db);
                transaction.Put(_first);
                transaction.Put(_second);
            }
        );
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Ports_come_with_their_endpoint()
    {
        PortRow[] ports = [Port(_first, "0.0.0.0", 8080), Port(_first, "::", 8080), Port(_first, "127.0.0.1", 5353, "udp")];
        Write(_store, transaction => transaction.Put(_first with { Ports = ports }));
        Assert.Equal(
            ports.Select(port => $"{port}").Order(),
            _store.Reader.FindEndpointById(_first.EndpointId)!.Ports.Select(port => $"{port}").Order()
        );
        Assert.Empty(_store.Reader.FindEndpointById(_second.EndpointId)!.Ports);
        Assert.Equal(
            [3, 0],
            _store.Reader.Endpoints().OrderBy(endpoint => endpoint.ContainerName == "db").Select(endpoint => endpoint.Ports.Count)
        );
        PortRow udp = Assert.Single(_store.Reader.Ports(), port => port.Protocol == "udp");
        Assert.Equal(ports[2], udp);
    }

    [Fact]
    public void A_host_port_is_assigned_once()
    {
        Write(_store, transaction => transaction.Put(_first with { Ports = [Port(_first, "127.0.0.1", 8080)] }));
        AssertRefused(transaction => transaction.Put(_second with { Ports = [Port(_second, "127.0.0.1", 8080)] }));
        AssertRefused(transaction =>
            transaction.Put(
                _first with
                {
                    Ports = [Port(_first, "127.0.0.1", 8080), Port(_first, "127.0.0.1", 8080) with { ContainerPort = 81 }],
                }
            )
        );
        // Of another protocol, address or number it is another.
        Write(
            _store,
            transaction =>
                transaction.Put(
                    _second with
                    {
                        Ports =
                        [
                            Port(_second, "127.0.0.1", 8080, "udp"),
                            Port(_second, "127.0.0.2", 8080),
                            Port(_second, "::1", 8080),
                            Port(_second, "127.0.0.1", 8081),
                        ],
                    }
                )
        );
        Assert.Equal(5, _store.Reader.Ports().Count);
    }

    [Fact]
    public void Ports_that_take_none_of_the_host_do_not_exclude_each_other()
    {
        Write(
            _store,
            transaction =>
            {
                transaction.Put(_first with { Ports = [Port(_first, "0.0.0.0", 0)] });
                transaction.Put(_second with { Ports = [Port(_second, "0.0.0.0", 0)] });
            }
        );
        Assert.Equal(2, _store.Reader.Ports().Count);
    }

    [Fact]
    public void Ports_go_with_their_endpoint()
    {
        Write(_store, transaction => transaction.Put(_first with { Ports = [Port(_first, "0.0.0.0", 8080)] }));
        Write(_store, transaction => transaction.DeleteEndpoint(_first.EndpointId));
        Assert.Empty(_store.Reader.Ports());
        Write(_store, transaction => transaction.Put(_second with { Ports = [Port(_second, "0.0.0.0", 8080)] }));
    }

    [Fact]
    public void An_endpoint_that_is_put_again_has_its_new_ports_alone()
    {
        Write(
            _store,
            transaction => transaction.Put(_first with { Ports = [Port(_first, "0.0.0.0", 8080), Port(_first, "0.0.0.0", 8081)] })
        );
        Write(
            _store,
            transaction => transaction.Put(_first with { Ports = [Port(_first, "0.0.0.0", 8081), Port(_first, "0.0.0.0", 8082)] })
        );
        Assert.Equal([8081, 8082], _store.Reader.Ports().Select(port => port.HostPort).Order());
        Write(_store, transaction => transaction.Put(_first));
        Assert.Empty(_store.Reader.Ports());
    }

    [Fact]
    public void A_repeated_write_updates_the_row()
    {
        Write(
            _store,
            transaction =>
            {
                transaction.Put(
                    _network with
                    {
                        Name = "renamed",
                        Labels = new Dictionary<string, string> { ["a"] = "b" },
                        Internal = true,
                    }
                );
                transaction.Put(_web with { Name = "www", Hostname = "h" });
                transaction.Put(_first with { Aliases = ["x"], IPv6Address = IPAddress.Parse("fd00::2"), InterfaceName = "eth7" });
            }
        );
        Assert.Null(_store.Reader.FindNetwork("a"));
        Assert.Equal((_network.Id, true), (_store.Reader.FindNetwork("renamed")!.Id, _store.Reader.FindNetwork("renamed")!.Internal));
        Assert.Equal((_web.Id, "h"), (_store.Reader.FindContainer("www")!.Id, _store.Reader.FindContainer("www")!.Hostname));
        EndpointRow endpoint = _store.Reader.FindEndpointById(_first.EndpointId)!;
        Assert.Equal(("eth7", "fd00::2", "x"), (endpoint.InterfaceName, $"{endpoint.IPv6Address}", Assert.Single(endpoint.Aliases)));
        Assert.Equal(2, _store.Reader.Networks().Count);
        Assert.Equal(2, _store.Reader.Containers().Count);
        Assert.Equal(2, _store.Reader.Endpoints().Count);
    }

    [Fact]
    public void A_configuration_reserves_no_subnet()
    {
        Write(_store, transaction => transaction.Put(Network("c", 1) with { Id = Id(7), ConfigOnly = true, BridgeName = null }));
        Assert.Equal(["a", "b"], _store.Reader.Subnets(AddressFamily.InterNetwork).Select(subnet => subnet.Name).Order());
    }

    [Fact]
    public void Addresses_are_kept_for_a_container()
    {
        Reservation web = new(
            _network.Id,
            _web.Id,
            IPAddress.Parse("10.1.0.9"),
            IPAddress.Parse("fd00::9"),
            MacAddress.Parse("02:42:00:00:00:09")
        );
        Reservation db = new(_other.Id, _db.Id, null, null, null);
        Write(
            _store,
            transaction =>
            {
                transaction.Put(web);
                transaction.Put(db);
            }
        );
        Assert.Equal([web, db], _store.Reader.Reservations().OrderBy(kept => kept.NetworkId));
        Assert.Equal([web], _store.Reader.Reservations(_network.Id));
        Assert.Equal([db], _store.Reader.Reservations(_other.Id));
        // One for each container and network: the last one.
        Write(_store, transaction => transaction.Put(web with { IPv6Address = null }));
        Assert.Equal([web with { IPv6Address = null }], _store.Reader.Reservations(_network.Id));
    }

    [Fact]
    public void Reservations_are_removed_with_the_network_or_the_container()
    {
        Write(
            _store,
            transaction =>
            {
                transaction.Put(new Reservation(_other.Id, _web.Id, IPAddress.Parse("10.2.0.9"), null, null));
                transaction.Put(new Reservation(_network.Id, _db.Id, IPAddress.Parse("10.1.0.9"), null, null));
            }
        );
        Write(_store, transaction => transaction.DeleteNetwork(_other.Id));
        Assert.Equal([_db.Id], _store.Reader.Reservations().Select(kept => kept.ContainerId));
        Write(
            _store,
            transaction =>
            {
                transaction.DeleteEndpoint(_second.EndpointId);
                transaction.DeleteContainer(_db.Id);
            }
        );
        Assert.Empty(_store.Reader.Reservations());
    }

    [Fact]
    public void Reservations_require_an_existing_network_and_container()
    {
        AssertRefused(transaction => transaction.Put(new Reservation(Id(9), _web.Id, null, null, null)));
        AssertRefused(transaction => transaction.Put(new Reservation(_network.Id, Id(9), null, null, null)));
    }

    private void AssertRefused(Action<IStateTransaction> change)
    {
        const int Constraint = 19;
        string[] before = [.. _store.Reader.Ports().Select(port => $"{port}")];
        Assert.Equal(Constraint, Assert.Throws<SqliteException>(() => Write(_store, change)).SqliteErrorCode);
        Assert.Equal(before, _store.Reader.Ports().Select(port => $"{port}"));
    }

    private static PortRow Port(EndpointRow endpoint, string hostAddress, int hostPort, string protocol = "tcp") =>
        new()
        {
            ContainerName = endpoint.ContainerName,
            NetworkName = endpoint.NetworkName,
            EndpointId = endpoint.EndpointId,
            HostAddress = IPAddress.Parse(hostAddress),
            HostPort = hostPort,
            ContainerPort = 80,
            Protocol = protocol,
        };
}
