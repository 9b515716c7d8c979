using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Sockets;

/// <summary>A socket that waits for connections or datagrams.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="Address">The listening address; IPv4 addresses are IPv4, also on an IPv6 socket.</param>
/// <param name="Port">The port.</param>
/// <param name="Inode">The number in <c>socket:[…]</c>, which identifies its process.</param>
public sealed record HostSocket(string Protocol, IPAddress Address, int Port, ulong Inode)
{
    /// <summary>Whether it is an IPv6 socket that accepts no IPv4 (<c>IPV6_V6ONLY</c>).</summary>
    public bool V6Only { get; init; }

    /// <summary>
    /// Whether it conflicts with a port published at this address. Null means every address of both families, <c>0.0.0.0</c> every IPv4
    /// address and <c>::</c> every IPv6 address, as with Docker's -p; a socket at <c>::</c> usually accepts IPv4, too.
    /// </summary>
    public bool StandsAt(IPAddress? address)
    {
        if (address is null || address.Equals(Address))
            return true;
        if (address.AddressFamily == Address.AddressFamily)
            return IsEvery(address) || IsEvery(Address);
        return address.AddressFamily == AddressFamily.InterNetwork && IsEvery(Address) && !V6Only;
    }

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
