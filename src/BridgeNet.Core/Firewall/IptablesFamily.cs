using System.Net.Sockets;
using BridgeNet.Kernel;

namespace BridgeNet.Firewall;

/// <summary>What differs between iptables and ip6tables.</summary>
internal sealed record IptablesFamily
{
    public static readonly IptablesFamily IPv4 = new()
    {
        Family = AddressFamily.InterNetwork,
        Program = "iptables",
        Has = InterfaceGroup.HasIPv4,
        Routed = InterfaceGroup.RoutedIPv4,
        Unprotected = InterfaceGroup.UnprotectedIPv4,
        Isolated = InterfaceGroup.IsolatedIPv4,
        Icmp = "icmp",
        // What is translated is no martian any more, so the kernel would not drop what a neighbour sends to our loopback addresses.
        Translated = "! -d 127.0.0.0/8 ",
        // Who asks for an address has none yet.
        AnySource = "! -s 0.0.0.0/32 ",
        // A bridge through which 127.0.0.1:PORT of the host is published routes the range (route_localnet): containers must neither get at the host's loopback by that, nor come from it.
        Raw = [$"-s 127.0.0.0/8 -m devgroup --src-group {GroupMatch.Any} -j DROP", $"-d 127.0.0.0/8 -m devgroup --src-group {GroupMatch.Any} -j DROP"],
    };

    public static readonly IptablesFamily IPv6 = new()
    {
        Family = AddressFamily.InterNetworkV6,
        Program = "ip6tables",
        Has = InterfaceGroup.HasIPv6,
        Routed = InterfaceGroup.RoutedIPv6,
        Unprotected = InterfaceGroup.UnprotectedIPv6,
        Isolated = InterfaceGroup.IsolatedIPv6,
        Icmp = "ipv6-icmp",
        DnatSource = "! -s fe80::/10 ",
        // Conntrack does not look at neighbour and router discovery and multicast listeners, which no router forwards for anyone; Linux does.
        Untracked = ["-p ipv6-icmp -m conntrack --ctstate UNTRACKED -j DROP"],
    };

    public static readonly IReadOnlyList<IptablesFamily> Both = [IPv4, IPv6];

    public required AddressFamily Family { get; init; }

    /// <summary>The name that <c>-save</c> and <c>-restore</c> are appended to.</summary>
    public required string Program { get; init; }

    /// <summary>The bits of <see cref="InterfaceGroup"/> that are this family's.</summary>
    public required uint Has { get; init; }

    /// <inheritdoc cref="Has"/>
    public required uint Routed { get; init; }

    /// <inheritdoc cref="Has"/>
    public required uint Unprotected { get; init; }

    /// <inheritdoc cref="Has"/>
    public required uint Isolated { get; init; }

    public required string Icmp { get; init; }

    /// <summary>A condition on the source of what is translated: link-local clients cannot be answered from another link.</summary>
    public string DnatSource { get; init; } = "";

    /// <summary>A condition on what comes over a wire and is translated. The kernel itself drops ::1 before any rule (ip6_rcv_core).</summary>
    public string Translated { get; init; } = "";

    /// <summary>A condition on what may have a source that is not behind its network.</summary>
    public string AnySource { get; init; } = "";

    /// <summary>Rules about what leaves a network without being part of any connection.</summary>
    public IReadOnlyList<string> Untracked { get; init; } = [];

    /// <summary>Rules of the raw table.</summary>
    public IReadOnlyList<string> Raw { get; init; } = [];

    /// <summary>Whether the kernel has the family: one that has no IPv6 needs no rules for it.</summary>
    public bool IsInKernel => Family == AddressFamily.InterNetwork || File.Exists("/proc/thread-self/net/if_inet6");
}
