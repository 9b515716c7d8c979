using System.Text.RegularExpressions;

namespace BridgeNet.Requests;

/// <summary>What links can be called, and how large their packets can be.</summary>
internal static partial class LinkRules
{
    /// <summary>Linux's bounds of a bridge's MTU: RFC 791's least, RFC 8200's for IPv6, and the most that fits the length field.</summary>
    public const int MinMtu = 68,
        MinIPv6Mtu = 1280,
        MaxMtu = 65535;

    // What the kernel allows (dev_valid_name) is more; this keeps names free of what a shell or a file name would mind.
    /// <summary>Whether a text can be the name of an interface.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>The least MTU of a network.</summary>
    public static int LeastMtu(bool ipv6) => ipv6 ? MinIPv6Mtu : MinMtu;

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}\z")]
    private static partial Regex Name();
}
