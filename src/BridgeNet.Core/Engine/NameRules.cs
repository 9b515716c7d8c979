using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Engine;

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

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static void Check(string what, string name, ICollection<Problem> problems)
    {
        if (!Grammar().IsMatch(name))
        {
            problems.Add(new(ErrorIds.InvalidName, ProblemCategory.InvalidArgument,
                $"'{name}' cannot be the name of a {what}: use 1 to 128 letters, digits, '_', '.' and '-', beginning with a letter or digit.", name));
        }
    }
}
