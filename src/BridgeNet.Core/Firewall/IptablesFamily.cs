using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>The differences between iptables and ip6tables.</summary>
internal sealed record IptablesFamily
{
    public static readonly IptablesFamily IPv4 = new()
    {
        Family = AddressFamily.InterNetwork,
        Program = "iptables",
        Icmp = "icmp",
        // A packet with a translated destination is no martian any more, so the kernel would not drop packets that a neighbour sends to our
        // loopback addresses.
        Translated = "! -d 127.0.0.0/8 ",
    };

    public static readonly IptablesFamily IPv6 = new()
    {
        Family = AddressFamily.InterNetworkV6,
        Program = "ip6tables",
        Icmp = "ipv6-icmp",
    };

    public static readonly IReadOnlyList<IptablesFamily> Both = [IPv4, IPv6];

    public required AddressFamily Family { get; init; }

    /// <summary>The name of the programs, without <c>-save</c> and <c>-restore</c>.</summary>
    public required string Program { get; init; }

    /// <summary>The name of the family's ICMP protocol.</summary>
    public required string Icmp { get; init; }

    /// <summary>
    /// A condition on incoming packets before translation. The kernel itself drops packets to ::1 before all rules (ip6_rcv_core).
    /// </summary>
    public string Translated { get; init; } = "";

    /// <summary>Whether the kernel supports the family; a kernel without IPv6 needs no rules for it.</summary>
    public bool IsInKernel => Family == AddressFamily.InterNetwork || File.Exists("/proc/thread-self/net/if_inet6");
}
