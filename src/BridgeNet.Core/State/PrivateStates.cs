using System.Collections.Concurrent;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.State;

/// <summary>
/// The states of private network namespaces: a directory for each, named by boot and cookie. Its file <c>namespace</c> contains the
/// kernel's handle of the namespace, and is locked by every process that uses the state.
/// </summary>
/// <remarks>
/// A directory is removed if it provably cannot be used again: it belongs to another boot, or its namespace does not exist according to the
/// kernel. If that is unknown, it is removed only if it has no networks and containers: the namespace may still exist, and then its next
/// command creates the directory again.
/// </remarks>
internal static class PrivateStates
{
    private const string Mark = "namespace",
        Removed = ".removed";
    private const int BootLength = 36;

    /// <summary>
    /// How many directories, chosen at random, one command checks, and how many databases it opens at most; later commands check the
    /// others.
    /// </summary>
    private const int MaxChecked = 32,
        MaxOpened = 2;

    /// <summary>The timeout while another process removes the same directory, which takes milliseconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The locks are held until the process ends, because the state stays open until then.
    private static readonly ConcurrentBag<SafeFileHandle> s_used = [];

    /// <summary>
    /// Creates the directory of the calling thread's namespace if it does not exist, and marks it as in use until the process ends.
    /// </summary>
    /// <exception cref="BridgeNetException">StateBusy: another process kept it locked until the timeout.</exception>
    public static void Use(string directory)
    {
        if (TryHold(directory) is { } mark)
            s_used.Add(mark);
    }

    /// <summary>
    /// Marks a directory as in use until the result is disposed. Null if the file system does not allow it: then opening the database
    /// reports a better error, and other processes cannot remove the directory either.
    /// </summary>
    /// <exception cref="BridgeNetException">StateBusy.</exception>
    internal static SafeFileHandle? TryHold(string directory)
    {
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                if (HoldOnce(directory) is { } mark)
                    return mark;
            }
            // Locked by a process that removes it, or removed between two steps.
            catch (IOException busy) when (busy.HResult == EAGAIN || busy is DirectoryNotFoundException or FileNotFoundException) { }
            catch (IOException)
            {
                return null;
            }
            if (Environment.TickCount64 > end)
            {
                throw new BridgeNetException(
                    ErrorIds.StateBusy,
                    ProblemCategory.ResourceBusy,
                    $"Timed out after {s_patience.TotalSeconds} s: another process holds the state {directory}. Nothing was changed.",
                    directory
                );
            }
            Thread.Sleep(1);
        }
    }

    /// <summary>
    /// Removes directories that cannot be used again, except this process's own; those that cannot be removed stay for the next command.
    /// </summary>
    public static void RemoveGone(string states, string boot, string own = "")
    {
        string[] folders;
        try
        {
            folders = IsOwn(states) ? [.. Directory.EnumerateDirectories(states).Where(folder => folder != own)] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return;
        }
        if (folders.Length > 0)
            RemoveGone(folders, boot, ReliableCheck());
    }

    /// <inheritdoc cref="RemoveGone(string, string, string)"/>
    /// <param name="folders">The directories to check.</param>
    /// <param name="boot">The id of this boot.</param>
    /// <param name="exists">Whether the namespace with a kernel handle exists; null if unknown.</param>
    internal static void RemoveGone(string[] folders, string boot, Func<string, bool?> exists)
    {
        Random.Shared.Shuffle(folders);
        int opened = 0;
        foreach (string folder in folders.AsSpan(0, Math.Min(folders.Length, MaxChecked)))
        {
            try
            {
                bool? mayBeUsed = IsOwn(folder) ? MayBeUsed(folder, boot, exists) : true;
                if (mayBeUsed == false || (mayBeUsed is null && opened++ < MaxOpened))
                    Remove(folder, onlyIfEmpty: mayBeUsed is null);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NativeException or BridgeNetException)
            {
                // In use, or just removed by another process. A command must not fail because of the cleanup.
            }
        }
    }

    private static SafeFileHandle? HoldOnce(string directory)
    {
        string path = Path.Combine(directory, Mark);
        StateTrust.Create(directory);
        StateTrust.RequireDirectory(directory);
        StateTrust.RequireFile(path);
        string name = NamespaceHandle.OfThisThread() ?? "";
        // The content also differs if a process died before it had written it.
        if (!File.Exists(path) || ReadName(path) != name)
            WriteName(path, name);
        SafeFileHandle mark = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        // If the directory was removed between open and lock, its path is another one now.
        string? target = new FileInfo($"/proc/self/fd/{mark.DangerousGetHandle()}").LinkTarget;
        if (target?.EndsWith($"/{Path.GetFileName(directory)}/{Mark}", StringComparison.Ordinal) == true)
            return mark;
        mark.Dispose();
        return null;
    }

    /// <summary>Whether a directory may be used again; null if unknown, and true for a directory that is no state.</summary>
    private static bool? MayBeUsed(string folder, string boot, Func<string, bool?> exists)
    {
        string name = Path.GetFileName(folder);
        if (name.EndsWith(Removed, StringComparison.Ordinal))
            return false;
        if (name.Length <= BootLength || name[BootLength] != '-' || !ulong.TryParse(name.AsSpan(BootLength + 1), out _))
            return true;
        if (!name.StartsWith(boot, StringComparison.Ordinal))
            return false;
        string mark = Path.Combine(folder, Mark);
        return File.Exists(mark) ? exists(ReadName(mark)) : null;
    }

    private static void Remove(string folder, bool onlyIfEmpty)
    {
        using SafeFileHandle alone = File.OpenHandle(
            Path.Combine(folder, Mark),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        if (onlyIfEmpty && !IsEmpty(folder))
            return;
        // The rename frees the name at once, even if the removal of the contents fails.
        string removed = folder.EndsWith(Removed, StringComparison.Ordinal) ? folder : folder + Removed;
        if (removed != folder)
            Directory.Move(folder, removed);
        string netns = Path.Combine(removed, "netns");
        foreach (string held in Directory.Exists(netns) ? Directory.EnumerateFiles(netns) : [])
            Syscalls.UnmountDetach(held);
        Directory.Delete(removed, recursive: true);
    }

    private static bool IsOwn(string path) =>
        FileStatus.Of(path) is { IsLink: false } status
        && status.Owner == FileStatus.Self
        && UntrustedOwner.Of(path, status, FileStatus.Self) is null;

    /// <summary>
    /// The kernel's check whether a namespace exists, if it is reliable. The kernel returns the same error (ESTALE) for a namespace that
    /// the caller may not open, so the caller must be allowed to open all: CAP_SYS_ADMIN outside of every user namespace. And the caller's
    /// own namespace is checked first: if the kernel does not find even that, its answers are useless. In all other cases the check returns
    /// null.
    /// </summary>
    internal static Func<string, bool?> ReliableCheck() =>
        UserMap.Users.IsInitial
        && ProcessCapabilities.HasSysAdmin()
        && NamespaceHandle.OfThisThread() is { } own
        && NamespaceHandle.Exists(own) == true
            ? NamespaceHandle.Exists
            : static _ => null;

    /// <summary>Whether the state has no network, no container and no running change.</summary>
    private static bool IsEmpty(string folder)
    {
        if (Directory.EnumerateFiles(folder, "intent-*").Any())
            return false;
        string netns = Path.Combine(folder, "netns");
        if (Directory.Exists(netns) && Directory.EnumerateFileSystemEntries(netns).Any())
            return false;
        if (!File.Exists(Path.Combine(folder, "state.db")))
            return true;
        using SqliteStateStore store = SqliteStateStore.Open(folder, TimeSpan.Zero);
        using IStateSnapshot state = store.Snapshot();
        return state.Networks().Count == 0 && state.Containers().Count == 0;
    }

    private static string ReadName(string path)
    {
        // .NET takes a shared lock for this, too, so it fails while another process removes the directory.
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }

    private static void WriteName(string path, string name)
    {
        using FileStream file = new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = OwnerFile,
            }
        );
        using StreamWriter writer = new(file);
        writer.Write(name);
    }
}
