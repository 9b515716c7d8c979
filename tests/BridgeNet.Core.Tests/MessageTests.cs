using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace BridgeNet.Core.Tests;

/// <summary>The core says what to do in plain words; the cmdlets add the command (RecommendedActions).</summary>
public sealed partial class MessageTests
{
    [Fact]
    public void The_core_names_no_cmdlet() =>
        Assert.Empty(
            from file in Directory.EnumerateFiles(Path.Combine(Root(), "src/BridgeNet.Core"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal)
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Cmdlet().IsMatch(line)
            select $"{file}: {line}"
        );

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));

    [GeneratedRegex("[A-Z][a-z]+-Bridge[A-Z]")]
    private static partial Regex Cmdlet();
}
