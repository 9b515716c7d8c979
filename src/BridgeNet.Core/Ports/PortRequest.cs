using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Ports;

/// <summary>A request to publish one port of a container.</summary>
/// <param name="HostAddress">The host's address; null for every address.</param>
/// <param name="HostPort">The host's port, or the first of a range to choose from; 0 for any free port.</param>
/// <param name="HostPortEnd">The last port of the range; equal to the first if the port is fixed.</param>
/// <param name="ContainerPort">The port of the container.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
internal sealed record PortRequest(IPAddress? HostAddress, ushort HostPort, ushort HostPortEnd, ushort ContainerPort, string Protocol)
{
    /// <summary>The request in the syntax of <c>docker run -p</c>.</summary>
    public override string ToString()
    {
        string address = HostAddress switch
        {
            null => "",
            { AddressFamily: AddressFamily.InterNetworkV6 } v6 => $"[{v6}]:",
            var v4 => $"{v4}:",
        };
        string host =
            HostPort == 0 ? ""
            : HostPort == HostPortEnd ? $"{HostPort}"
            : $"{HostPort}-{HostPortEnd}";
        return $"{address}{host}:{ContainerPort}/{Protocol}";
    }
}
