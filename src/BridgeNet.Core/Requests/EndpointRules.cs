using System.Net;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>Rules for values of an endpoint, from a request or a document.</summary>
internal static partial class EndpointRules
{
    [GeneratedRegex(@"\Anet(\.[a-zA-Z0-9_-]+)+\z")]
    private static partial Regex SysctlKey();

    [GeneratedRegex(@"\A[a-zA-Z0-9_.,:+ -]*\z")]
    private static partial Regex SysctlValue();

    /// <summary>Adds problems with keys that would lead out of <c>/proc/sys/net</c>, and with values other than numbers or words.</summary>
    public static void CheckSysctls(IReadOnlyDictionary<string, string> sysctls, ICollection<Problem> problems)
    {
        foreach ((string key, string value) in sysctls)
        {
            if (!SysctlKey().IsMatch(key))
                problems.Add(
                    Invalid(
                        key,
                        $"'{Display.Of(key)}' is not a kernel setting of an interface; write one such as net.ipv4.conf.IFNAME.log_martians, where IFNAME stands for its name."
                    )
                );
            if (value is null || !SysctlValue().IsMatch(value))
                problems.Add(
                    Invalid(
                        key,
                        $"The kernel setting {Display.Of(key)} cannot be set to '{Display.Of(value ?? "")}': write a number, or words of letters and digits."
                    )
                );
        }
    }

    /// <summary>Whether an address is in 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291, 2.5.6); adds a problem if not.</summary>
    public static bool CheckLinkLocal(IPAddress? address, string asked, ICollection<Problem> problems)
    {
        if (address is not null && (address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, ..]))
            return true;
        problems.Add(Invalid(asked, $"'{Display.Of(asked)}' is not a link-local address; write one of 169.254.0.0/16 or fe80::/10."));
        return false;
    }

    private static Problem Invalid(string target, string sentence) =>
        new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, sentence, target);
}
