namespace BridgeNet.State;

/// <summary>The files of the journal on disk.</summary>
/// <param name="directory">The state directory.</param>
internal sealed class JournalFiles(string directory) : IJournalFiles
{
    /// <summary>The suffix of a file that is not completely written.</summary>
    private const string Draft = ".new";

    /// <inheritdoc/>
    public void Write(string name, Action<Stream> write)
    {
        string path = PathOf(name),
            draft = path + Draft;
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (FileStream file = new(draft, options))
            write(file);
        File.Move(draft, path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string prefix)
    {
        StateTrust.RequireDirectory(directory);
        string[] paths = [.. Directory.EnumerateFiles(directory, $"{prefix}*")];
        // An incomplete file belongs to a process that died before it changed anything.
        foreach (string draft in paths.Where(static path => path.EndsWith(Draft, StringComparison.Ordinal)))
        {
            StateTrust.RequireFile(draft);
            File.Delete(draft);
        }
        return
        [
            .. paths.Where(static path => !path.EndsWith(Draft, StringComparison.Ordinal)).Select(static path => Path.GetFileName(path)),
        ];
    }

    /// <inheritdoc/>
    public Stream? TryOpen(string name)
    {
        try
        {
            return StateTrust.OpenJournal(PathOf(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(PathOf(name));

    /// <inheritdoc/>
    public void Move(string name, string newName) => File.Move(PathOf(name), PathOf(newName));

    /// <inheritdoc/>
    public string PathOf(string name) => Path.Combine(directory, name);
}
