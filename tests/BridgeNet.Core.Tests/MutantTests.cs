using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace BridgeNet.Core.Tests;

/// <summary>The list of tests/Mutants: what it changes is still there, and so are the tests that it names.</summary>
public sealed class MutantTests
{
    [Fact]
    public void Each_mutant_changes_one_place_and_names_tests_that_exist()
    {
        string root = Root();
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
            Assert.True(text.Split(mutant.Find).Length == 2, $"{mutant.Name}: '{mutant.Find}' is not in {mutant.File} exactly once");
            Assert.NotEqual(mutant.Find, mutant.Replace);
            foreach (string word in mutant.Test.Split(['*', '.'], StringSplitOptions.RemoveEmptyEntries))
                Assert.True(Tests(mutant.Project).Contains(word, StringComparison.Ordinal), $"{mutant.Name}: there is no test '{word}'");
        }
        Assert.Equal(mutants.Length, mutants.Select(static mutant => mutant.Name).Distinct().Count());
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));

    private sealed record Mutant(string Name, string File, string Find, string Replace, string Project, string Test);
}
