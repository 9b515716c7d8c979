using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>Names and ids of networks and containers.</summary>
internal static partial class NameRules
{
    /// <summary>Docker's predefined networks; <c>default</c> is the word its command line uses for <c>bridge</c>.</summary>
    public static readonly string[] Predefined = ["bridge", "host", "none", "default"];

    // 128 keeps a name usable as a file name, a label value and a table column.
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}\z")]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A[0-9a-f]{3,64}\z")]
    public static partial Regex IdPrefix();

    /// <summary>Whether a name could be an id as tables and objects show it: 12 digits or all of them.</summary>
    public static bool MayBeShownId(string name) => name.Length >= 12 && IdPrefix().IsMatch(name);

    /// <summary>Two objects that one text means: a script that holds the id of the one would get the other.</summary>
    public static Problem IsIdOf(string what, string name, string owner) =>
        new(
            ErrorIds.InvalidName,
            ProblemCategory.InvalidArgument,
            $"'{name}' cannot be the name of a {what}, for it is the id of {what} '{owner}'; choose another name.",
            name
        );

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Refuses what cannot be the name of a container, which is also what its neighbours look it up by.</summary>
    public static void CheckContainer(string name, ICollection<Problem> problems)
    {
        if (Check("container", name, problems))
            ReservedNames.CheckShown(ErrorIds.InvalidName, "the name of a container", name, problems);
    }

    /// <summary>Refuses what cannot be a name at all, and says whether it can.</summary>
    public static bool Check(string what, string name, ICollection<Problem> problems)
    {
        if (Grammar().IsMatch(name))
            return true;
        problems.Add(
            new(
                ErrorIds.InvalidName,
                ProblemCategory.InvalidArgument,
                $"'{name}' cannot be the name of a {what}: use 1 to 128 letters, digits, '_', '.' and '-', beginning with a letter or digit.",
                name
            )
        );
        return false;
    }
}
