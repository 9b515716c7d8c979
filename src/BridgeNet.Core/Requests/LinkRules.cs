using System.Text.RegularExpressions;

namespace BridgeNet.Requests;

/// <summary>Rules for names and MTUs of links.</summary>
internal static partial class LinkRules
{
    /// <summary>
    /// The MTU of a bridge on Linux, in bytes: the minimum of RFC 791, that of RFC 8200 for IPv6, and the maximum of the length field.
    /// </summary>
    public const int MinIPv4Mtu = 68,
        MinIPv6Mtu = 1280,
        MaxMtu = 65535;

    // Stricter than the kernel (dev_valid_name), so that a name is safe in shells and file names.
    /// <summary>Whether a text is a valid interface name.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>The minimum MTU of a network, in bytes.</summary>
    public static int MinMtu(bool ipv6) => ipv6 ? MinIPv6Mtu : MinIPv4Mtu;

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}\z")]
    private static partial Regex Name();
}
