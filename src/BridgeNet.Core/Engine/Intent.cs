using System.Text.Json;

namespace BridgeNet.Engine;

/// <summary>Everything of the kernel that one change touches, by name, so that another process can clean up after this one died.</summary>
internal sealed record Intent
{
    /// <summary>False: the change makes these objects. True: it removes them.</summary>
    public bool Removing { get; init; }

    /// <summary>The ids of the rows that the change writes or deletes.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>Links by name.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Whether it changes rules.</summary>
    public bool Rules { get; init; }

    /// <summary>The ids of containers whose default route it moves.</summary>
    public IReadOnlyList<string> Routed { get; init; } = [];

    /// <summary>Kernel settings that it changes, with the value they had.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Bind mounts of namespaces.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];
}

/// <summary>
/// A journal of one entry beside the state: the change under way. It is written and erased only inside a write
/// transaction, of which there is one at a time, so an entry that a new transaction finds was left by a dead process.
/// </summary>
internal sealed class IntentJournal(string directory)
{
    private readonly string _path = Path.Combine(directory, "intent.json");

    /// <summary>Writes the entry in one rename, so that it is there whole or not at all.</summary>
    public void Write(Intent intent)
    {
        string draft = _path + ".new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (FileStream file = new(draft, options))
            JsonSerializer.Serialize(file, intent);
        File.Move(draft, _path, overwrite: true);
    }

    /// <summary>The entry of a change that did not end; null when there is none.</summary>
    public Intent? Read()
    {
        // Exists first: this runs at the start of every change, and an exception costs more than the change.
        if (!File.Exists(_path))
            return null;
        using FileStream file = File.OpenRead(_path);
        return JsonSerializer.Deserialize<Intent>(file);
    }

    /// <summary>Erases the entry: the change has ended.</summary>
    public void Erase() => File.Delete(_path);
}
