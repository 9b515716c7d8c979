using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>Which values the driver options may have: Docker's keys, checked before anything is made.</summary>
internal static partial class NetworkOptionRules
{
    /// <summary>Linux's bounds of a bridge's MTU: RFC 791's least, and the most that fits the length field.</summary>
    public const int MinMtu = 68, MinIPv6Mtu = 1280, MaxMtu = 65535;

    private static readonly Dictionary<string, Func<string, string?>> s_rules = new()
    {
        [NetworkOptions.BridgeName] = static value => value.Length == 0 || IsInterfaceName(value) ? null : "is not the name of an interface: 1 to 15 letters, digits, '_', '-' and '.'",
        [NetworkOptions.EnableIcc] = Flag,
        [NetworkOptions.EnableMasquerade] = Flag,
        [NetworkOptions.AntiSpoof] = Flag,
        [NetworkOptions.InhibitIPv4] = Flag,
        [NetworkOptions.DefaultBridge] = Flag,
        [NetworkOptions.HostBindingIPv4] = static value => Address(value, AddressFamily.InterNetwork),
        [NetworkOptions.HostIPv4] = static value => Address(value, AddressFamily.InterNetwork),
        [NetworkOptions.HostIPv6] = static value => Address(value, AddressFamily.InterNetworkV6),
        [NetworkOptions.GatewayModeIPv4] = Mode,
        [NetworkOptions.GatewayModeIPv6] = Mode,
        [NetworkOptions.Mtu] = static value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) && (mtu == 0 || mtu is >= MinMtu and <= MaxMtu)
            ? null
            : $"is not an MTU: a number of bytes from {MinMtu} to {MaxMtu}",
        [NetworkOptions.InterfacePrefix] = static value => value.Length <= 10 && IsInterfaceName(value) ? null : "is not the beginning of an interface's name: 1 to 10 letters, digits, '_', '-' and '.'",
    };

    /// <summary>The keys that are known.</summary>
    public static IEnumerable<string> Keys => s_rules.Keys;

    /// <summary>Adds a problem for every value that cannot be, and a warning for every key that is not known.</summary>
    public static void Check(IReadOnlyDictionary<string, string> options, bool isInternal, bool ipv6, ICollection<Problem> problems, Action<string> warn, string target)
    {
        foreach ((string key, string value) in options)
        {
            if (!s_rules.TryGetValue(key, out Func<string, string?>? rule))
                warn($"The option '{key}' is kept, but means nothing to this module.");
            else if (rule(value) is { } wrong)
                Add(problems, $"The option {key} is '{value}', which {wrong}.", target);
        }
        foreach (AddressFamily family in AddressNumber.Families)
        {
            if (NetworkOptions.Mode(options, family) == GatewayMode.Isolated && !isInternal)
                Add(problems, "The gateway mode 'isolated' is for internal networks; add -Internal, or choose another mode.", target);
        }
        if (ipv6 && MtuOf(options) is > 0 and < MinIPv6Mtu and int mtu)
            Add(problems, $"An MTU of {mtu} is too small for IPv6, which needs {MinIPv6Mtu} (RFC 8200); give a larger one, or make the network without IPv6.", target);
    }

    /// <summary>The MTU asked for; 0 when none is.</summary>
    public static int MtuOf(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(NetworkOptions.Mtu, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) ? mtu : 0;

    // What the kernel allows (dev_valid_name) is more; this keeps names free of what a shell or a file name would mind.
    public static bool IsInterfaceName(string text) => InterfaceName().IsMatch(text);

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}\z")]
    private static partial Regex InterfaceName();

    private static string? Flag(string value) => NetworkOptions.ParseFlag(value) is null ? "is neither true nor false" : null;

    private static string? Mode(string value) => NetworkOptions.ParseMode(value) is null ? "is not nat, nat-unprotected, routed or isolated" : null;

    private static string? Address(string value, AddressFamily family) => AddressNumber.Parse(value)?.AddressFamily == family ? null : $"is not an {Ipam.AddressPool.Name(family)} address";

    private static void Add(ICollection<Problem> problems, string message, string target) => problems.Add(new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, message, target));
}
