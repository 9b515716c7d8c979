using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Ports;

/// <summary>One port of a container to be published.</summary>
/// <param name="HostAddress">Where on the host; null for every address.</param>
/// <param name="HostPort">The port there, or the first of those that may be chosen; 0 to choose any that is free.</param>
/// <param name="HostPortEnd">The last of those that may be chosen; the same as the first when it is fixed.</param>
/// <param name="ContainerPort">The port of the container.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
internal sealed record PortRequest(IPAddress? HostAddress, ushort HostPort, ushort HostPortEnd, ushort ContainerPort, string Protocol)
{
    /// <summary>As it can be typed.</summary>
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
