using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;
using BridgeNet.TestKit;
using CsCheck;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BridgeNet.Simulation.Tests;

/// <summary>The modelled store answers what SQLite answers, and refuses what SQLite refuses.</summary>
public sealed class StateTablesTests
{
    private static readonly DateTimeOffset s_created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<int> s_number = Gen.Int[0, 2];

    private static readonly Gen<Action<IStateTransaction>> s_write = Gen.OneOf([
        // A network keeps its subnets, and an endpoint its network and its container.
        Gen.Select(s_number, s_number, static (id, name) => (Action<IStateTransaction>)(rows => rows.Put(Network(id, name)))),
        Gen.Select(
            s_number,
            s_number,
            s_number,
            static (id, name, space) => (Action<IStateTransaction>)(rows => rows.Put(Container(id, name, space)))
        ),
        Gen.Select(
            s_number,
            s_number,
            s_number,
            static (network, container, address) => (Action<IStateTransaction>)(rows => rows.Put(Endpoint(network, container, address)))
        ),
        Gen.Select(
            s_number,
            s_number,
            s_number,
            static (network, container, address) =>
                (Action<IStateTransaction>)(rows => rows.Put(new Reservation(Id(network), Id(container), Address(address), null, null)))
        ),
        Gen.Select(
            s_number,
            s_number,
            static (network, address) =>
                (Action<IStateTransaction>)(rows => rows.PutLastAddress(Id(network), Subnet(network), Address(address)))
        ),
        s_number.Select(static id => (Action<IStateTransaction>)(rows => rows.DeleteNetwork(Id(id)))),
        s_number.Select(static id => (Action<IStateTransaction>)(rows => rows.DeleteContainer(Id(id)))),
        Gen.Select(
            s_number,
            s_number,
            static (network, container) => (Action<IStateTransaction>)(rows => rows.DeleteEndpoint(EndpointId(network, container)))
        ),
        s_number.Select(static number =>
            (Action<IStateTransaction>)(
                rows =>
                {
                    rows.PutLastChange($"{number}");
                    rows.PutFirewallBackend($"firewall{number}");
                    rows.PutOwner(new StateOwner(new NamespaceIdentity("boot", (ulong)number), null));
                }
            )
        ),
    ]);

    [Fact]
    public void The_model_of_the_store_is_the_store() =>
        s_write
            .Array[1, 25]
            .Sample(
                static writes =>
                {
                    using TemporaryDirectory directory = new();
                    using SqliteStateStore sqlite = SqliteStateStore.Open(directory.Path);
                    World world = new();
                    using ModelStore model = new(new ModelProcess(1, world, new Trace(), new FaultTable()));
                    foreach (Action<IStateTransaction> write in writes)
                    {
                        Assert.Equal(Write(sqlite, write), Write(model, write));
                        Assert.Equal(Read(sqlite), Read(model));
                    }
                },
                iter: 150
            );

    private static bool Write(IStateStore store, Action<IStateTransaction> write)
    {
        using IStateHold hold = store.Take(default);
        using IStateTransaction rows = hold.BeginWrite();
        try
        {
            write(rows);
            rows.Commit();
            return true;
        }
        catch (Exception refused) when (refused is SqliteException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Read(IStateStore store)
    {
        using IStateSnapshot state = store.Snapshot();
        int[] numbers = [0, 1, 2];
        static string Text<T>(T row) => row is null ? "none" : StateJson.Write(row);
        static string Sorted<T>(IEnumerable<T> rows) => string.Join('\n', rows.Select(Text).Order(StringComparer.Ordinal));
        static string WithPorts(EndpointRow? endpoint) => $"{Text(endpoint)} {Sorted(endpoint?.Ports ?? [])}";
        return string.Join(
            "\n--\n",
            [
                Sorted(state.Networks()),
                Sorted(state.Containers()),
                Sorted(state.Endpoints().Select(WithPorts)),
                Sorted(state.Reservations()),
                Sorted(state.Ports()),
                $"{state.CountBridges()} {state.FirewallBackend()} {state.LastChange()} {Text(state.Owner())}",
                .. numbers.SelectMany(number =>
                    (string[])
                        [
                            Text(state.FindNetwork($"n{number}")),
                            Text(state.FindNetworkInAnyCase($"N{number}")),
                            Text(state.FindNetworkById(Id(number))),
                            Sorted(state.NetworksByIdPrefix(Id(number)[..12])),
                            Text(state.FindNetworkByBridge($"br{number}")),
                            Text(state.FindContainer($"c{number}")),
                            Text(state.FindContainerInAnyCase($"C{number}")),
                            Text(state.FindContainerById(Id(number))),
                            Sorted(state.ContainersByIdPrefix(Id(number)[..12])),
                            Text(state.FindContainerByNamespace(new NamespaceIdentity("boot", (ulong)number))),
                            WithPorts(state.FindEndpointById(EndpointId(number, number))),
                            Sorted(state.Endpoints(networkId: Id(number)).Select(WithPorts)),
                            Sorted(state.Endpoints(containerId: Id(number)).Select(WithPorts)),
                            Sorted(state.Reservations(Id(number))),
                            $"{state.LastAddress(Id(number), Subnet(number))}",
                        ]
                ),
                string.Join(' ', state.Subnets(AddressFamily.InterNetwork)),
                string.Join(' ', state.Subnets(AddressFamily.InterNetworkV6)),
            ]
        );
    }

    private static string Id(int number) => $"{number}".PadLeft(64, '0');

    private static IPNetwork Subnet(int number) => IPNetwork.Parse($"10.{number}.0.0/16");

    private static IPAddress Address(int number) => IPAddress.Parse($"10.0.0.{number}");

    private static NetworkRow Network(int id, int name) =>
        new()
        {
            Id = Id(id),
            Name = $"n{name}",
            Created = s_created,
            ConfigOnly = id == 2,
            BridgeName = id == 2 ? null : $"br{id}",
            IPAM = new IpamRow { Config = [new SubnetRow { Subnet = Subnet(id) }] },
        };

    private static ContainerRow Container(int id, int name, int space) =>
        new()
        {
            Id = Id(id),
            Name = $"c{name}",
            Created = s_created,
            NetNSPath = $"/run/netns/c{name}",
            Kind = space == 2 ? ContainerKind.Host : ContainerKind.Owned,
            NetNS = new NamespaceIdentity("boot", (ulong)space),
        };

    private static string EndpointId(int network, int container) => Id((10 * network) + container);

    private static EndpointRow Endpoint(int network, int container, int address) =>
        new()
        {
            EndpointId = EndpointId(network, container),
            NetworkId = Id(network),
            NetworkName = $"n{network}",
            ContainerId = Id(container),
            ContainerName = $"c{container}",
            InterfaceName = "eth0",
            HostInterface = $"veth{network}{container}",
            MacAddress = MacAddress.FromIPv4(Address(address)),
            IPAddress = Address(address),
            Ports =
                address == 0
                    ? []
                    :
                    [
                        new PortRow
                        {
                            ContainerName = "",
                            NetworkName = "",
                            EndpointId = EndpointId(network, container),
                            HostAddress = IPAddress.Any,
                            HostPort = address == 1 ? 0 : 8080,
                            ContainerPort = 80,
                            Protocol = "tcp",
                        },
                    ],
        };
}
