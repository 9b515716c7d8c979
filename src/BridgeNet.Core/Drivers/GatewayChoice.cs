using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Drivers;

/// <summary>How an endpoint reaches what is outside its network.</summary>
internal static class GatewayChoice
{
    /// <summary>
    /// The endpoint with the gateways of its network: none on an internal network; where the driver has none, packets leave by the interface
    /// itself.
    /// </summary>
    public static EndpointRow Of(INetworkDriver driver, NetworkRow network, EndpointRow endpoint)
    {
        IPAddress? GatewayOf(AddressFamily family, string other) =>
            network.Internal || !driver.HasGateway(network.Options, family) || network.Config(family) is not { } config
                ? null
                : config.AuxiliaryAddresses.GetValueOrDefault(other) ?? config.Gateway;
        return endpoint with
        {
            Gateway = GatewayOf(AddressFamily.InterNetwork, NetworkOptions.DefaultGatewayIPv4),
            IPv6Gateway = GatewayOf(AddressFamily.InterNetworkV6, NetworkOptions.DefaultGatewayIPv6),
            RoutesByDevice = !network.Internal && AddressNumber.Families.All(family => !driver.HasGateway(network.Options, family)),
        };
    }
}
