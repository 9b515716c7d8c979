using System.Text;

namespace BridgeNet.Simulation;

/// <summary>A modelled file system: what was not synced may be lost when the power is cut.</summary>
internal sealed class WorldFiles
{
    private readonly SortedDictionary<string, File> _files = new(StringComparer.Ordinal);

    /// <summary>The paths of all files.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    /// <summary>The text of a file; null where there is none.</summary>
    public string? Read(string path) => _files.TryGetValue(path, out File? file) ? file.Text : null;

    /// <summary>Writes a file, and does not sync it.</summary>
    public void Write(string path, string text) => _files[path] = new File(text, _files.GetValueOrDefault(path)?.Synced);

    /// <summary>Writes a file that was there before this run, and so is on disk.</summary>
    public void WriteSynced(string path, string text) => _files[path] = new File(text, text);

    /// <summary>Deletes a file; one that is gone is passed over.</summary>
    public void Delete(string path) => _files.Remove(path);

    /// <summary>Renames a file over whatever has the new name.</summary>
    public void Move(string path, string target)
    {
        if (!_files.Remove(path, out File? moved))
            throw new FileNotFoundException("Could not find the file", path);
        _files[target] = moved;
    }

    /// <summary>
    /// What is left when the power was cut: of a file that was not synced its new text, its old one, an empty file (a rename whose data was
    /// not
    /// allocated yet), or nothing.
    /// </summary>
    public void CutPower(Random random)
    {
        foreach ((string path, File file) in _files.ToArray())
        {
            string? left =
                file.Text == file.Synced
                    ? file.Text
                    : random.Next(4) switch
                    {
                        0 => file.Text,
                        1 => "",
                        2 => null,
                        _ => file.Synced,
                    };
            if (left is null)
                _files.Remove(path);
            else
                _files[path] = new File(left, left);
        }
    }

    /// <summary>A copy.</summary>
    public WorldFiles Clone()
    {
        WorldFiles copy = new();
        foreach ((string path, File file) in _files)
            copy._files.Add(path, file);
        return copy;
    }

    /// <summary>All of it in lines.</summary>
    public IEnumerable<string> Describe() =>
        _files.Select(static file => new StringBuilder("file ").Append(file.Key).Append(": ").Append(file.Value.Text).ToString());

    private sealed record File(string Text, string? Synced);
}
