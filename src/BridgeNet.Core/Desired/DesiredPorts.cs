using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>The firewall data of endpoints, computed only from their rows.</summary>
internal static class DesiredPorts
{
    /// <summary>The published ports of endpoints.</summary>
    public static IEnumerable<FirewallPort> Of(IEnumerable<EndpointRow> endpoints) =>
        endpoints.SelectMany(static endpoint => endpoint.Ports.Select(port => Of(port, endpoint)));

    /// <summary>A published port of an endpoint.</summary>
    public static FirewallPort Of(PortRow port, EndpointRow endpoint) =>
        new(endpoint.Address(port.HostAddress.AddressFamily)!, port.ContainerPort, port.Protocol, port.HostAddress, port.HostPort);

    /// <summary>The senders behind the ports of a network with anti-spoofing; none without it.</summary>
    public static IReadOnlyList<FirewallSender> Senders(NetworkRow network, IEnumerable<EndpointRow> endpoints) =>
        network.AntiSpoof
            ?
            [
                .. endpoints.Select(static endpoint => new FirewallSender(
                    endpoint.HostInterface,
                    endpoint.MacAddress!.Value,
                    [.. DesiredEndpoint.Sources(endpoint)]
                )),
            ]
            : [];
}
