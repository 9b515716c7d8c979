using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>
/// Rules for names in a <c>hosts</c> or <c>resolv.conf</c> file: RFC 1123, and the '_' that names in Docker often contain. A valid name
/// cannot break a line of these files, because it contains no space, no '#' and no control character.
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
    /// Whether a text is a valid host name. Most programs do not look up a name that reads as an address: inet_aton(3) accepts
    /// <c>127.1</c>, <c>0x7f000001</c> and <c>7</c> as addresses, and so does .NET.
    /// </summary>
    public static bool IsName(string name) => Grammar().IsMatch(name) && !DottedQuad().IsMatch(name) && !IPAddress.TryParse(name, out _);

    /// <summary>Whether a text is an option of the resolver, such as <c>ndots:2</c>.</summary>
    public static bool IsResolverOption(string option) => ResolverOptionGrammar().IsMatch(option);

    /// <summary>Adds problems with a name that neighbours would resolve.</summary>
    public static void CheckAlias(string name, ICollection<Problem> problems)
    {
        if (Check("an alias", name, problems))
            ReservedNames.CheckShown(ErrorIds.InvalidOption, "an alias", name, problems);
    }

    /// <summary>
    /// Adds a problem if the text is not a valid name, and returns whether it is; <paramref name="what"/> is the noun for the problem, with
    /// its article.
    /// </summary>
    public static bool Check(string what, string name, ICollection<Problem> problems)
    {
        if (IsName(name))
            return true;
        problems.Add(
            Invalid(
                name,
                $"'{Display.Of(name)}' is invalid as {what}: use up to 253 letters, digits, '-', '_' and '.', with 1 to 63 between dots and no '-' in front, and not an address."
            )
        );
        return false;
    }

    /// <summary>Adds a problem if a name is invalid as the host name of programs.</summary>
    public static void CheckHostname(string name, ICollection<Problem> problems)
    {
        if (!Check("a host name", name, problems))
            return;
        ReservedNames.CheckOwn(name, problems);
        if (name.Length > LongestHostname)
            problems.Add(
                Invalid(
                    name,
                    $"The host name '{Display.Of(name)}' is {name.Length} letters long; Linux accepts {LongestHostname}. Give the rest as the domain name."
                )
            );
    }

    /// <summary>
    /// Parses an address as people write it: not <c>7</c> or <c>10.1</c>, which .NET accepts, and without a scope, which has no meaning in
    /// another namespace.
    /// </summary>
    public static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.Contains('%') && !text.Contains('['))
            ? address
            : null;

    internal static Problem Invalid(string value, string message) =>
        new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, message, value);
}
