using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>Names, ids and labels of networks and containers.</summary>
internal static partial class NameRules
{
    /// <summary>Docker's predefined networks; in Docker's command line, <c>default</c> means <c>bridge</c>.</summary>
    public static readonly string[] Predefined = ["bridge", "host", "none", "default"];

    // 128 characters keep a name usable as a file name, a label value and a table column.
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}\z")]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A[0-9a-f]{3,64}\z")]
    public static partial Regex IdPrefix();

    /// <summary>Whether a name could be an id in full or in the short form of 12 digits.</summary>
    public static bool MayBeShownId(string name) => name.Length >= 12 && IdPrefix().IsMatch(name);

    /// <summary>The problem of a name that is the id of another object: a script with that id would get the wrong object.</summary>
    public static Problem IsIdOf(string what, string name, string owner) =>
        new(
            ErrorIds.InvalidName,
            ProblemCategory.InvalidArgument,
            $"'{name}' is invalid as the name of a {what}: it is the id of {what} '{owner}'; choose another name.",
            name
        );

    /// <summary>Adds problems with the name of a container, which neighbours also resolve.</summary>
    public static void CheckContainer(string name, ICollection<Problem> problems)
    {
        if (Check("container", name, problems))
            ReservedNames.CheckShown(ErrorIds.InvalidName, "the name of a container", name, problems);
    }

    /// <summary>Adds a problem if a name is invalid, and returns whether it is valid.</summary>
    public static bool Check(string what, string name, ICollection<Problem> problems)
    {
        if (Grammar().IsMatch(name))
            return true;
        problems.Add(
            new(
                ErrorIds.InvalidName,
                ProblemCategory.InvalidArgument,
                $"'{name}' is invalid as the name of a {what}: use 1 to 128 letters, digits, '_', '.' and '-', beginning with a letter or digit.",
                name
            )
        );
        return false;
    }

    /// <summary>Adds a problem if a label has no name.</summary>
    public static void CheckLabels(IReadOnlyDictionary<string, string> labels, string network, ICollection<Problem> problems)
    {
        if (labels.ContainsKey(""))
            problems.Add(
                new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, "A label needs a name; leave the empty one out.", network)
            );
    }
}
