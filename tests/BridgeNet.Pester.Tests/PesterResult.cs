using System.Text.Json;

namespace BridgeNet.Pester.Tests;

/// <summary>A line that PesterFile.ps1 writes.</summary>
/// <param name="Kind"><c>test</c>, <c>block</c> or <c>file</c> (which failed as a whole), or <c>end</c>, the last line.</param>
/// <param name="Id">The path of names as written in the file, with a number where several tests have the same.</param>
/// <param name="Name">The path of names with the values of -ForEach in them.</param>
/// <param name="Outcome">Pester's own word: Passed, Failed, Skipped, Inconclusive, NotRun.</param>
internal sealed record PesterResult(
    string Kind,
    string Id,
    string Name,
    string Outcome,
    string File,
    int Line,
    double Milliseconds,
    string? Message,
    string? Stack
)
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNameCaseInsensitive = true };

    public static PesterResult Parse(string line) => JsonSerializer.Deserialize<PesterResult>(line, s_options)!;

    /// <summary>What has no line of its own: the file as a whole.</summary>
    public static PesterResult OfFile(PesterFile file, string message) => new("file", "", "", "Failed", file.Path, 1, 0, message, null);
}
