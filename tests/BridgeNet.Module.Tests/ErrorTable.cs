namespace BridgeNet.Module.Tests;

/// <summary>The rows of docs/ERRORS.md.</summary>
internal static class ErrorTable
{
    private static readonly Lazy<IReadOnlyDictionary<string, Row>> s_rows = new(() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs/ERRORS.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0].Trim('`'), cells => new Row(cells[1].Split(", "), cells[2], cells[3]))
    );

    public static IReadOnlyDictionary<string, Row> Rows => s_rows.Value;

    public static IReadOnlyList<string> Categories(string errorId) => Rows[errorId].Categories;

    public sealed record Row(IReadOnlyList<string> Categories, string Cause, string Cure);
}
