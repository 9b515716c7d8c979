using BridgeNet.Kernel;

namespace BridgeNet.Names;

/// <summary>
/// Composes shell commands, each one line, that change the content of a file; pure. An existing file keeps its inode, because a bind mount
/// shows the inode.
/// </summary>
internal static class FileWords
{
    /// <summary>The commands; none if the texts are equal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">The current text; null if the file does not exist.</param>
    /// <param name="after">The new text, in whole lines.</param>
    public static IEnumerable<string> Of(string path, string? before, string after)
    {
        string file = ShellWord.Of(path);
        if (before is null)
            return [$"{Print(Lines(after))} > {file}"];
        if (before == after)
            return [];
        string[] old = Lines(before),
            now = Lines(after);
        int same = old.Zip(now).TakeWhile(static pair => pair.First == pair.Second).Count();
        int tail = old[same..].Reverse().Zip(now[same..].Reverse()).TakeWhile(static pair => pair.First == pair.Second).Count();
        // The equal lines at the start and at the end are kept, so the commands for a long file stay short.
        string[] added = now[same..^tail];
        return
        [
            $"t=$(head -n {same} {file}; {(added.Length > 0 ? $"{Print(added)}; " : "")}tail -n +{old.Length - tail + 1} {file}); printf '%s\\n' \"$t\" > {file}",
        ];
    }

    // For any shell: not all support $'…'; and a typed tab would complete names.
    private static string Print(IEnumerable<string> lines) =>
        $"printf '{string.Concat(lines.Select(static line => $"{Escaped(line)}\\n"))}'";

    private static string Escaped(string line) =>
        line.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal)
            .Replace("\t", @"\t", StringComparison.Ordinal)
            .Replace("'", @"'\''", StringComparison.Ordinal);

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
