using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>One change under way, so that another process can undo or finish it after this one died.</summary>
/// <param name="Change">Which change; the state says whether it was recorded.</param>
/// <param name="Host">The network namespace, and with it the boot, in which it was under way: elsewhere the same names mean other objects.</param>
/// <param name="Operations">What it does, in order; null in an entry of an earlier version.</param>
internal sealed record JournalEntry(string? Change = null, NamespaceIdentity? Host = null, IReadOnlyList<Operation>? Operations = null)
{
    /// <summary>The rows that go with it; null when it removes nothing.</summary>
    public RemovedRows? Removes { get; init; }
}

/// <summary>
/// The changes under way, beside the state. An entry is written only inside a write transaction, of which there is
/// one at a time, and erased when the change is recorded. So an entry that a new transaction finds is of a process that died,
/// or of one that has committed and is about to erase it; which of both, the state says.
/// </summary>
/// <param name="directory">The state directory.</param>
internal sealed class Journal(string directory)
{
    private const string Prefix = "intent-",
        Suffix = ".json",
        AsidePrefix = "set-aside-";

    private readonly List<string> _written = [];

    /// <summary>Writes an entry in one rename, so that it is there whole or not at all.</summary>
    public void Write(JournalEntry entry)
    {
        // A name of its own, so that no process erases another's.
        string path = Path.Combine(directory, $"{Prefix}{Guid.NewGuid():N}{Suffix}"),
            draft = path + ".new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (FileStream file = new(draft, options))
            StateJson.Write(file, entry);
        File.Move(draft, path);
        _written.Add(path);
    }

    /// <summary>The change whose entries were written has ended.</summary>
    /// <param name="leaveEntries">Leaves them for the next change, which undoes what this one could not.</param>
    public void End(bool leaveEntries = false)
    {
        if (!leaveEntries)
            _written.ForEach(File.Delete);
        _written.Clear();
    }

    /// <summary>The entries of changes that did not end.</summary>
    public IEnumerable<Left> Read()
    {
        StateTrust.RequireDirectory(directory);
        foreach (string path in Directory.EnumerateFiles(directory, $"{Prefix}*"))
        {
            // A draft is of a process that died before it did anything.
            if (!path.EndsWith(Suffix, StringComparison.Ordinal))
                DeleteDraft(path);
            else if (TryRead(path) is { } entry)
                yield return new Left(path, entry);
        }
    }

    private static void DeleteDraft(string path)
    {
        StateTrust.RequireFile(path);
        File.Delete(path);
    }

    private static JournalEntry? TryRead(string path)
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
            return StateJson.Read<JournalEntry>(file);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new BridgeNetException(
                ErrorIds.StateUnusable,
                ProblemCategory.ResourceUnavailable,
                $"The journal {path} of a command that died cannot be read: {failure.Message} Delete the file, then let Repair-BridgeNetwork repair what that command left.",
                path,
                failure
            );
        }
        catch (FileNotFoundException)
        {
            return null; // erased by its process just now
        }
    }

    /// <summary>An entry of a change that did not end.</summary>
    /// <param name="Path">Where it is.</param>
    /// <param name="Entry">What it says.</param>
    internal sealed record Left(string Path, JournalEntry Entry)
    {
        /// <summary>The change has ended.</summary>
        public void Erase() => File.Delete(Path);

        /// <summary>Keeps it for the admin to read, under a name that is not read again.</summary>
        /// <returns>The new path.</returns>
        public string SetAside()
        {
            string directory = System.IO.Path.GetDirectoryName(Path)!,
                name = System.IO.Path.GetFileName(Path)[Prefix.Length..];
            string aside = System.IO.Path.Combine(directory, AsidePrefix + name);
            File.Move(Path, aside);
            return aside;
        }
    }
}
