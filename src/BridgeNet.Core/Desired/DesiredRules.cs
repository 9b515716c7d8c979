using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>What the firewall has to know of networks and endpoints, by their rows and nothing else.</summary>
internal static class DesiredRules
{
    /// <summary>A network with these endpoints.</summary>
    public static FirewallNetwork Of(NetworkRow network, IEnumerable<EndpointRow> endpoints) => Of(network, Ports(endpoints)) with { Senders = Senders(network, endpoints) };

    /// <summary>A network with these ports.</summary>
    public static FirewallNetwork Of(NetworkRow network, IEnumerable<FirewallPort> ports) => new(network.BridgeName!)
    {
        Subnets = [.. network.IPAM.Config.Select(config => Subnet(network, config.Subnet))],
        InterContainer = network.InterContainer,
        Internal = network.Internal,
        Adopted = network.Adopted is not null,
        AntiSpoof = network.AntiSpoof,
        Ports = [.. ports],
    };

    /// <summary>The published ports of endpoints.</summary>
    public static IEnumerable<FirewallPort> Ports(IEnumerable<EndpointRow> endpoints) =>
        endpoints.SelectMany(static endpoint => endpoint.Ports.Select(port => Port(port, endpoint)));

    /// <summary>A published port of an endpoint.</summary>
    public static FirewallPort Port(PortRow port, EndpointRow endpoint) =>
        new(endpoint.Address(port.HostAddress.AddressFamily)!, port.ContainerPort, port.Protocol, port.HostAddress, port.HostPort);

    /// <summary>Who endpoints are, where a network asks who sends.</summary>
    public static IReadOnlyList<FirewallSender> Senders(NetworkRow network, IEnumerable<EndpointRow> endpoints) => network.AntiSpoof
        ? [.. endpoints.Select(static endpoint => new FirewallSender(endpoint.HostInterface, endpoint.MacAddress, [.. DesiredEndpoint.Sources(endpoint)]))]
        : [];

    /// <summary>The interface group of a network's bridge.</summary>
    public static uint Group(NetworkRow network) => Of(network, (FirewallPort[])[]).Group;

    private static FirewallSubnet Subnet(NetworkRow network, IPNetwork subnet)
    {
        AddressFamily family = subnet.BaseAddress.AddressFamily;
        GatewayMode mode = network.Mode(family);
        return new FirewallSubnet(subnet, mode, network.Masquerade && (mode is GatewayMode.Nat or GatewayMode.NatUnprotected), NetworkOptions.Snat(network.Options, family));
    }
}
