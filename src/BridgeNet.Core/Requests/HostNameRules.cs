using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>
/// What may be a name in a <c>hosts</c> or <c>resolv.conf</c> file: RFC 1123, with the '_' that Docker's users have in their
/// names. Whatever is checked here can break no line of these files, for it holds no space, no '#' and no control character.
/// </summary>
internal static partial class HostNameRules
{
    // The kernel's __NEW_UTS_LEN.
    private const int LongestHostname = 64;

    [GeneratedRegex(
        @"\A(?=.{1,253}\z)[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A[0-9]+(\.[0-9]+){3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DottedQuad();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,31}(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ResolverOptionGrammar();

    /// <summary>
    /// Whether this can be a host's name. One that reads as an address is not looked up, or by few: <c>127.1</c>, <c>0x7f000001</c>
    /// and <c>7</c> are addresses to inet_aton(3), which .NET reads as it does.
    /// </summary>
    public static bool IsName(string name) => Grammar().IsMatch(name) && !DottedQuad().IsMatch(name) && !IPAddress.TryParse(name, out _);

    /// <summary>Whether this is an option of the resolver, such as <c>ndots:2</c>.</summary>
    public static bool IsResolverOption(string option) => ResolverOptionGrammar().IsMatch(option);

    /// <summary>Refuses what neighbours cannot know a container by.</summary>
    public static void CheckAlias(string name, ICollection<Problem> problems)
    {
        if (Check("an alias", name, problems))
            ReservedNames.CheckShown(ErrorIds.InvalidOption, "an alias", name, problems);
    }

    /// <summary>Refuses what is no name, and says whether it is one; <paramref name="what"/> is the word for what it was to be, with its article.</summary>
    public static bool Check(string what, string name, ICollection<Problem> problems)
    {
        if (IsName(name))
            return true;
        problems.Add(
            Invalid(
                name,
                $"'{Display.Of(name)}' cannot be {what}: use up to 253 letters, digits, '-', '_' and '.', with 1 to 63 between dots and no '-' in front, that are not an address."
            )
        );
        return false;
    }

    /// <summary>Refuses a name that a program cannot have as its host name.</summary>
    public static void CheckHostname(string name, ICollection<Problem> problems)
    {
        if (!Check("a host name", name, problems))
            return;
        ReservedNames.CheckOwn(name, problems);
        if (name.Length > LongestHostname)
            problems.Add(
                Invalid(
                    name,
                    $"The host name '{Display.Of(name)}' is {name.Length} letters long; Linux takes {LongestHostname}. Give the rest as the domain name."
                )
            );
    }

    /// <summary>An address as people write it; not <c>7</c> or <c>10.1</c>, which .NET reads as one, and no scope, which means nothing elsewhere.</summary>
    public static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.Contains('%') && !text.Contains('['))
            ? address
            : null;

    internal static Problem Invalid(string value, string message) =>
        new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, message, value);
}
