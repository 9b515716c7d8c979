using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace BridgeNet.Core.Tests;

/// <summary>The list of tests/Mutants: what it changes is still there, and so are the tests that it names.</summary>
public sealed class MutantTests
{
    [Fact]
    public void Each_mutant_changes_one_place_and_names_tests_that_exist()
    {
        string root = Repository.Root;
        Mutant[] mutants = JsonSerializer.Deserialize<Mutant[]>(
            File.ReadAllText(Path.Combine(root, "tests/Mutants/mutants.json")),
            JsonSerializerOptions.Web
        )!;
        Dictionary<string, string> tests = [];
        string Tests(string project) =>
            tests.TryGetValue(project, out string? text)
                ? text
                : tests[project] = string.Join(
                    '\n',
                    Directory
                        .EnumerateFiles(Path.Combine(root, $"tests/BridgeNet.{project}.Tests"), "*.cs", SearchOption.AllDirectories)
                        .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
                        .Select(File.ReadAllText)
                );
        foreach (Mutant mutant in mutants)
        {
            string text = File.ReadAllText(Path.Combine(root, mutant.File));
            Assert.True(Pattern(mutant.Find).Count(text) == 1, $"{mutant.Name}: '{mutant.Find}' is not in {mutant.File} exactly once");
            Assert.NotEqual(mutant.Find, mutant.Replace);
            foreach (string word in mutant.Test.Split(['*', '.'], StringSplitOptions.RemoveEmptyEntries))
                Assert.True(Tests(mutant.Project).Contains(word, StringComparison.Ordinal), $"{mutant.Name}: there is no test '{word}'");
        }
        Assert.Equal(mutants.Length, mutants.Select(static mutant => mutant.Name).Distinct().Count());
    }

    /// <summary>What a mutant changes, however it is broken into lines; as in Test-Mutants.ps1.</summary>
    private static Regex Pattern(string find) =>
        new(
            string.Join(@"\s*", find.Where(static letter => !char.IsWhiteSpace(letter)).Select(static letter => Regex.Escape($"{letter}")))
        );

    private sealed record Mutant(string Name, string File, string Find, string Replace, string Project, string Test);
}
