using System.Net;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Who is who, in one address family (RFC 5737, RFC 3849).</summary>
internal sealed class Roles(Dictionary<string, string> addresses)
{
    public static readonly Roles IPv4 = new(
        new()
        {
            ["loopback"] = "127.0.0.1",
            ["gateway"] = "10.50.0.1",
            ["server"] = "10.50.0.2",
            ["neighbour"] = "10.50.0.3",
            ["other-gateway"] = "10.60.0.1",
            ["stranger"] = "10.60.0.2",
            ["wan"] = "198.51.100.1",
            ["remote"] = "198.51.100.2",
            ["lan"] = "203.0.113.1",
            ["simple"] = "203.0.113.2",
        }
    );

    public static readonly Roles IPv6 = new(
        new()
        {
            ["loopback"] = "::1",
            ["gateway"] = "2001:db8:50::1",
            ["server"] = "2001:db8:50::2",
            ["neighbour"] = "2001:db8:50::3",
            ["other-gateway"] = "2001:db8:60::1",
            ["stranger"] = "2001:db8:60::2",
            ["wan"] = "2001:db8:100::1",
            ["remote"] = "2001:db8:100::2",
            ["lan"] = "2001:db8:113::1",
            ["simple"] = "2001:db8:113::2",
        }
    );

    public static readonly IReadOnlyList<Roles> Both = [IPv4, IPv6];

    public string Name => this == IPv4 ? "IPv4" : "IPv6";

    public string Text(string role) => addresses[role];

    public IPAddress Of(string role) => IPAddress.Parse(addresses[role]);
}
