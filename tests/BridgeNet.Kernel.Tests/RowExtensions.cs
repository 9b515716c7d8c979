using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Kernel.Tests;

/// <summary>What users see of rows, typed.</summary>
internal static class RowExtensions
{
    extension(NetworkRow network)
    {
        public IPNetwork? Subnet => network.IPAM.Config.Count > 0 ? network.IPAM.Config[0].Subnet : null;

        public IPAddress? Gateway => network.IPAM.Config.Count > 0 ? network.IPAM.Config[0].Gateway : null;

        public IPNetwork? IPv6Subnet => network.Config(AddressFamily.InterNetworkV6)?.Subnet;

        public IPAddress? IPv6Gateway => network.Config(AddressFamily.InterNetworkV6)?.Gateway;
    }

    extension(ContainerRow container)
    {
        public IReadOnlyList<string> Networks => [.. container.Endpoints.Select(static endpoint => endpoint.NetworkName)];
    }
}
