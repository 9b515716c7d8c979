using System.Net.Sockets;

namespace BridgeNet.Firewall;

/// <summary>What differs between iptables and ip6tables.</summary>
internal sealed record IptablesFamily
{
    public static readonly IptablesFamily IPv4 = new()
    {
        Family = AddressFamily.InterNetwork,
        Program = "iptables",
        From = Group("src", $"0x{InterfaceGroup.IPv4Only:x}/0x{InterfaceGroup.Mask:x}"),
        To = Group("dst", $"0x{InterfaceGroup.IPv4Only:x}/0x{InterfaceGroup.Mask:x}"),
        Icmp = "icmp",
        // A bridge through which 127.0.0.1:PORT of the host is published routes the range (route_localnet); containers must not get at the host's loopback by that.
        Raw = [$"-d 127.0.0.0/8 {Group("src", $"0x{InterfaceGroup.IPv4Only:x}/0x{InterfaceGroup.Mask:x}")} -j DROP"],
    };

    public static readonly IptablesFamily IPv6 = new()
    {
        Family = AddressFamily.InterNetworkV6,
        Program = "ip6tables",
        // Bridges without IPv6 are none of its business: link-local traffic within them needs no rule then.
        From = Group("src", $"0x{InterfaceGroup.WithIPv6:x}"),
        To = Group("dst", $"0x{InterfaceGroup.WithIPv6:x}"),
        Icmp = "ipv6-icmp",
        DnatSource = "! -s fe80::/10 ",
    };

    public static readonly IReadOnlyList<IptablesFamily> Both = [IPv4, IPv6];

    public required AddressFamily Family { get; init; }

    /// <summary>The name that <c>-save</c> and <c>-restore</c> are appended to.</summary>
    public required string Program { get; init; }

    /// <summary>Matches what comes in from any of our networks.</summary>
    public required string From { get; init; }

    /// <summary>Matches what goes out to any of our networks.</summary>
    public required string To { get; init; }

    public required string Icmp { get; init; }

    /// <summary>A condition on the source of what is translated: link-local clients cannot be answered from another link.</summary>
    public string DnatSource { get; init; } = "";

    /// <summary>Rules of the raw table.</summary>
    public IReadOnlyList<string> Raw { get; init; } = [];

    private static string Group(string direction, string value) => $"-m devgroup --{direction}-group {value}";
}
