using System.Text.Json;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>The journal entry of one running change, so that another process can undo or complete it if this one dies.</summary>
/// <param name="Change">The id of the change; the state shows whether it was recorded.</param>
/// <param name="Host">The network namespace and boot of the change: in another one, the same names mean other objects.</param>
/// <param name="Operations">The operations in order; null in an entry of an earlier version.</param>
internal sealed record JournalEntry(string? Change = null, NamespaceIdentity? Host = null, IReadOnlyList<Operation>? Operations = null)
{
    /// <summary>The removed rows; null for a change that removes nothing.</summary>
    public RemovedRows? Removes { get; init; }
}

/// <summary>
/// The journal of running changes, beside the state. An entry is written only under the host lock, which one process holds at a time, and
/// deleted when the change is recorded. So an entry that a new lock owner finds belongs to a process that died, or to one that has
/// committed its change and is about to delete the entry; the state shows which.
/// </summary>
/// <param name="files">The files of the journal.</param>
/// <param name="random">The source of their names.</param>
internal sealed class Journal(IJournalFiles files, IRandomness random)
{
    private const string Prefix = "intent-",
        Suffix = ".json",
        AsidePrefix = "set-aside-";

    private readonly List<string> _written = [],
        _ended = [];

    /// <summary>Writes an entry.</summary>
    public void Write(JournalEntry entry) => _written.Add(Create(entry));

    /// <summary>Writes an entry that the next change recovers, whatever the result of this one.</summary>
    public void WriteForNext(JournalEntry entry) => Create(entry);

    /// <summary>Leaves the written entries for the next change, which undoes them: this change could not be undone completely.</summary>
    public void KeepForNext() => _written.Clear();

    /// <summary>
    /// Deletes the written entries: this change is recorded, or undone. If that fails, the next change of this session tries again.
    /// </summary>
    /// <param name="warn">Receives the reason why an entry could not be deleted.</param>
    public void End(Action<string> warn)
    {
        _ended.AddRange(_written);
        _written.Clear();
        try
        {
            EraseEnded();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            warn(
                $"The journal {files.PathOf(_ended[0])} of a change that is complete could not be deleted: {failure.Message.TrimEnd('.')}. The next change tries again."
            );
        }
    }

    /// <summary>
    /// Deletes the entries of changes that have ended. The state contains only the id of the last recorded change: if another change were
    /// recorded while an older entry exists, a recovery would undo the older change, which was complete.
    /// </summary>
    public void EraseEnded()
    {
        while (_ended.Count > 0)
        {
            files.Delete(_ended[0]);
            _ended.RemoveAt(0);
        }
    }

    /// <summary>The entries of changes that did not end.</summary>
    public IEnumerable<Pending> Read()
    {
        foreach (string name in files.List(Prefix).Where(static name => name.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            if (TryRead(name) is { } entry)
                yield return new Pending(files, name, entry);
        }
    }

    private string Create(JournalEntry entry)
    {
        // A unique name, so that no process deletes the entry of another.
        string name = $"{Prefix}{random.NewChangeId()}{Suffix}";
        files.Write(name, stream => StateJson.Write(stream, entry));
        return name;
    }

    private JournalEntry? TryRead(string name)
    {
        try
        {
            using Stream? file = files.TryOpen(name);
            if (file is null)
                return null; // deleted by its process in between
            if (file.Length == 0)
            {
                // Only a power failure leaves a name without content, and it also ended everything in the kernel.
                files.Delete(name);
                return null;
            }
            return StateJson.Read<JournalEntry>(file);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            string path = files.PathOf(name);
            throw new BridgeNetException(
                ErrorIds.StateUnusable,
                ProblemCategory.ResourceUnavailable,
                $"The journal {path} of a command that died cannot be read: {failure.Message} Delete the file; a repair then fixes what that command left.",
                path,
                failure
            );
        }
    }

    /// <summary>The journal entry of a change that did not end.</summary>
    /// <param name="Files">The files of the journal.</param>
    /// <param name="Name">The name of its file.</param>
    /// <param name="Entry">Its content.</param>
    internal sealed record Pending(IJournalFiles Files, string Name, JournalEntry Entry)
    {
        /// <summary>Deletes the entry: the change has ended.</summary>
        public void Erase() => Files.Delete(Name);

        /// <summary>Keeps the entry for the admin, under a name that is not read again.</summary>
        /// <returns>The new path.</returns>
        public string SetAside()
        {
            string aside = AsidePrefix + Name[Prefix.Length..];
            Files.Move(Name, aside);
            return Files.PathOf(aside);
        }
    }
}
