using BridgeNet.Kernel;

namespace BridgeNet.Names;

/// <summary>What makes a file say something else, in commands for a shell, each one line; pure. A file that is there stays the same inode, as a bind mount needs it.</summary>
internal static class FileWords
{
    /// <summary>The commands; none where nothing differs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">What it says; null where it is not there.</param>
    /// <param name="after">What it is to say, in whole lines.</param>
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
        // The lines ahead, those that are new, and those behind: of a long file little is said.
        string[] added = now[same..^tail];
        return
        [
            $"t=$(head -n {same} {file}; {(added.Length > 0 ? $"{Print(added)}; " : "")}tail -n +{old.Length - tail + 1} {file}); printf '%s\\n' \"$t\" > {file}",
        ];
    }

    // For any shell: not all know $'…'; and a tab that is typed completes names.
    private static string Print(IEnumerable<string> lines) =>
        $"printf '{string.Concat(lines.Select(static line => $"{Escaped(line)}\\n"))}'";

    private static string Escaped(string line) =>
        line.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal)
            .Replace("\t", @"\t", StringComparison.Ordinal)
            .Replace("'", @"'\''", StringComparison.Ordinal);

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
