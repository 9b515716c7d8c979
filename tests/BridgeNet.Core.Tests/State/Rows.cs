using System.Net;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;

namespace BridgeNet.Core.Tests.State;

/// <summary>Objects to be put into a store.</summary>
internal static class Rows
{
    public static void Write(SqliteStateStore store, Action<IStateTransaction> change)
    {
        using IStateHold hold = store.Take(default);
        using IStateTransaction transaction = hold.BeginWrite();
        change(transaction);
        transaction.Commit();
    }

    public static string Id(int number) => number.ToString("x").PadLeft(2, '0').PadRight(64, 'f');

    public static NetworkRow Network(string name, int number) =>
        new()
        {
            Name = name,
            Id = Id(number),
            Created = DateTimeOffset.UnixEpoch,
            BridgeName = $"br-{name}",
            IPAM = new IpamRow { Config = [new SubnetRow { Subnet = IPNetwork.Parse($"10.{number}.0.0/16") }] },
        };

    public static ContainerRow Container(string name, int number) =>
        new()
        {
            Name = name,
            Id = Id(number),
            Created = DateTimeOffset.UnixEpoch,
            NetNSPath = $"/run/netns/{name}",
        };

    public static EndpointRow Endpoint(NetworkRow network, ContainerRow container, string address) =>
        new()
        {
            NetworkName = network.Name,
            NetworkId = network.Id,
            ContainerName = container.Name,
            ContainerId = container.Id,
            EndpointId = network.Id[..2] + container.Id,
            InterfaceName = "eth0",
            HostInterface = "veth0",
            MacAddress = MacAddress.Random(),
            IPAddress = IPAddress.Parse(address),
        };
}
