using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Engine;

/// <summary>Everything of the kernel that one change touches, by name, so that another process can clean up after this one died.</summary>
internal sealed record Intent
{
    /// <summary>False: the change makes these objects. True: it removes them.</summary>
    public bool Removing { get; init; }

    /// <summary>The ids of the rows that the change writes or deletes; none when it only changes what is there.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>Links by name.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Bridges of somebody else's that are given back.</summary>
    public IReadOnlyList<AdoptedIntent> Adopted { get; init; } = [];

    /// <summary>Whether it changes rules.</summary>
    public bool Rules { get; init; }

    /// <summary>The ids of containers whose links, default routes and files it changes: they are made what the state says.</summary>
    public IReadOnlyList<string> Settle { get; init; } = [];

    /// <summary>The ids of networks whose members are settled.</summary>
    public IReadOnlyList<string> SettleNetworks { get; init; } = [];

    /// <summary>Kernel settings that it changes, with the value they had.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Bind mounts of namespaces.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Directories with a container's files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Namespaces that move to another path; the state tells which is right.</summary>
    public IReadOnlyList<MoveIntent> Moves { get; init; } = [];
}

/// <summary>A bridge of somebody else's, and what it had.</summary>
internal sealed record AdoptedIntent(string Bridge, uint Group, IReadOnlyList<string> Added, bool WasDown = false, bool RoutedLoopback = false, int Mtu = 0);

/// <summary>A container that gets another name.</summary>
internal sealed record MoveIntent(string ContainerId, string From, string To);

/// <summary>
/// A journal beside the state: the change under way. An entry is written only inside a write transaction, of which there is
/// one at a time, and erased when the change is recorded. So an entry that a new transaction finds is of a process that died,
/// or of one that has committed and is about to erase it; to make kernel and state agree about it once more is right for both.
/// </summary>
internal sealed class IntentJournal(string directory)
{
    private const string Prefix = "intent-", Suffix = ".json";

    /// <summary>Writes an entry in one rename, so that it is there whole or not at all.</summary>
    public Entry Write(Intent intent)
    {
        // A name of its own, so that nobody erases another's.
        string path = Path.Combine(directory, $"{Prefix}{Guid.NewGuid():N}{Suffix}"), draft = path + ".new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (FileStream file = new(draft, options))
            StateJson.Write(file, intent);
        File.Move(draft, path);
        return new Entry(path, intent);
    }

    /// <summary>The entries of changes that did not end.</summary>
    public IEnumerable<Entry> Read()
    {
        StateTrust.RequireDirectory(directory);
        foreach (string path in Directory.EnumerateFiles(directory, $"{Prefix}*"))
        {
            // A draft is of a process that died before it did anything.
            if (!path.EndsWith(Suffix, StringComparison.Ordinal))
                DeleteDraft(path);
            else if (TryRead(path) is { } intent)
                yield return new Entry(path, intent);
        }
    }

    private static void DeleteDraft(string path)
    {
        StateTrust.RequireFile(path);
        File.Delete(path);
    }

    private static Intent? TryRead(string path)
    {
        try
        {
            using FileStream file = StateTrust.OpenJournal(path);
            if (file.Length == 0)
            {
                // Only the loss of power leaves a name without what it was for, and with it went all that was under way in the kernel.
                File.Delete(path);
                return null;
            }
            return StateJson.Read<Intent>(file);
        }
        catch (JsonException failure)
        {
            throw new BridgeNetException(ErrorIds.StateUnusable, ProblemCategory.ResourceUnavailable,
                $"The journal {path} of a command that died cannot be read: {failure.Message} Delete the file, then let Repair-BridgeNetwork mend what that command left.", path, failure);
        }
        catch (FileNotFoundException)
        {
            return null; // erased by its process just now
        }
    }

    /// <summary>One change under way.</summary>
    internal sealed record Entry(string Path, Intent Intent)
    {
        /// <summary>The change has ended.</summary>
        public void Erase() => File.Delete(Path);
    }
}
