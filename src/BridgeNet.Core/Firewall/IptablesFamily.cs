using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>What differs between iptables and ip6tables.</summary>
internal sealed record IptablesFamily
{
    public static readonly IptablesFamily IPv4 = new()
    {
        Family = AddressFamily.InterNetwork,
        Program = "iptables",
        Icmp = "icmp",
        // What is translated is no martian any more, so the kernel would not drop what a neighbour sends to our loopback addresses.
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

    /// <summary>The name that <c>-save</c> and <c>-restore</c> are appended to.</summary>
    public required string Program { get; init; }

    /// <summary>The name of its control messages.</summary>
    public required string Icmp { get; init; }

    /// <summary>A condition on what comes over a wire and is translated. The kernel itself drops ::1 before any rule (ip6_rcv_core).</summary>
    public string Translated { get; init; } = "";

    /// <summary>Whether the kernel has the family: one that has no IPv6 needs no rules for it.</summary>
    public bool IsInKernel => Family == AddressFamily.InterNetwork || File.Exists("/proc/thread-self/net/if_inet6");
}
