using System.Text.RegularExpressions;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>docs/ERRORS.md says what the code does.</summary>
public sealed partial class ErrorTableTests(PrivateShell shell) : IClassFixture<PrivateShell>
{
    [GeneratedRegex(@"ErrorIds\.(\w+),\s*(?:ProblemCategory|ErrorCategory)\.(\w+)")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"ErrorIds\.(\w+)")]
    private static partial Regex Used();

    [Fact]
    public void Every_id_has_a_row_and_every_row_an_id() =>
        Assert.Equal(
            shell
                .Run("Get-BridgeNetwork | Out-Null; [BridgeNet.Model.ErrorIds].GetFields() | ForEach-Object Name")
                .Output.Cast<string>()
                .Order(StringComparer.Ordinal),
            ErrorTable.Rows.Keys.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_rows_are_in_order() => Assert.Equal(ErrorTable.Rows.Keys.Order(StringComparer.Ordinal), ErrorTable.Rows.Keys);

    [Fact]
    public void Every_category_that_is_thrown_with_an_id_is_in_its_row()
    {
        (string Id, string Category)[] thrown =
        [
            .. Sources()
                .SelectMany(text => Thrown().Matches(text))
                .Select(match => (match.Groups[1].Value, match.Groups[2].Value))
                .Distinct(),
        ];
        Assert.NotEmpty(thrown);
        Assert.DoesNotContain(thrown, pair => !ErrorTable.Categories(pair.Id).Contains(pair.Category));
    }

    // An id that scripts may ask for stays, also where nothing has it any more.
    [Fact]
    public void Every_id_is_used() =>
        Assert.Empty(
            ErrorTable
                .Rows.Where(static row => !row.Value.Cause.StartsWith("Of versions before", StringComparison.Ordinal))
                .Select(static row => row.Key)
                .Except(Sources().SelectMany(text => Used().Matches(text)).Select(match => match.Groups[1].Value))
        );

    [Fact]
    public void Causes_and_cures_are_sentences()
    {
        foreach ((string id, ErrorTable.Row row) in ErrorTable.Rows)
        {
            Assert.Matches(@"\A[A-Z].*\.\z", row.Cause);
            Assert.True(Regex.IsMatch(row.Cure, @"\A[A-Z`].*\.\z"), id);
        }
    }

    private static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);
}
