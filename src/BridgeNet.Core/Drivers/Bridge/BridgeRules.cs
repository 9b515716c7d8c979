using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Drivers.Bridge;

/// <summary>The firewall data of a bridge network, computed only from its row.</summary>
internal static class BridgeRules
{
    /// <summary>The firewall data of a network with these published ports.</summary>
    public static FirewallNetwork Of(NetworkRow network, IEnumerable<FirewallPort> ports) =>
        new(network.BridgeName!)
        {
            Subnets = [.. network.IPAM.Config.Select(config => Subnet(network, config.Subnet))],
            InterContainer = network.InterContainer,
            Internal = network.Internal,
            Adopted = network.Adopted is not null,
            AntiSpoof = network.AntiSpoof,
            Ports = [.. ports],
        };

    /// <summary>The interface group of a network's bridge.</summary>
    public static uint Group(NetworkRow network) => Of(network, (FirewallPort[])[]).Group;

    private static FirewallSubnet Subnet(NetworkRow network, IPNetwork subnet)
    {
        AddressFamily family = subnet.BaseAddress.AddressFamily;
        GatewayMode mode = network.Mode(family);
        return new FirewallSubnet(
            subnet,
            mode,
            network.Masquerade && (mode is GatewayMode.Nat or GatewayMode.NatUnprotected),
            NetworkOptions.Snat(network.Options, family)
        );
    }
}
