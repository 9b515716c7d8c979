using System.Collections.Concurrent;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.State;

/// <summary>
/// The states of private network namespaces, a folder each, named by boot and cookie. A folder's file <c>namespace</c> holds the
/// kernel's name of its namespace, and is locked by every process that uses the state.
/// </summary>
/// <remarks>
/// A folder goes when nothing can use it again, which is proved and never guessed: its boot is over, or the kernel says that
/// its namespace does not exist. Where the kernel does not say, only a folder without networks and containers goes: its
/// namespace may still exist, and then the next command there makes it again.
/// </remarks>
internal static class PrivateStates
{
    private const string Mark = "namespace",
        Removed = ".removed";
    private const int BootLength = 36;

    /// <summary>How many folders one command looks at, and how many databases it opens, chosen by chance; the next one goes on.</summary>
    private const int MaxLooked = 32,
        MaxOpened = 2;

    /// <summary>How long to wait while another process is removing the same folder, which takes it milliseconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Until the process ends, as what it has opened there is.
    private static readonly ConcurrentBag<SafeFileHandle> s_used = [];

    /// <summary>Creates the folder of the calling thread's namespace if it does not exist, and marks it as in use until the process ends.</summary>
    /// <exception cref="BridgeNetException">StateBusy: another process holds it, so that it cannot be marked.</exception>
    public static void Use(string directory)
    {
        if (TryHold(directory) is { } mark)
            s_used.Add(mark);
    }

    /// <summary>
    /// Marks it as in use until the mark is disposed. Null where the file system does not let it be done: opening the database
    /// says better what is wrong, and what cannot be written cannot be removed by others either.
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
            // Locked by who removes it, or removed between two of the steps.
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

    /// <summary>Removes the folders that nothing can use again, but for one's own; what cannot be removed stays for the next command.</summary>
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
            RemoveGone(folders, boot, KernelSays());
    }

    /// <inheritdoc cref="RemoveGone(string, string, string)"/>
    /// <param name="folders">The folders to look at.</param>
    /// <param name="boot">The id of this boot.</param>
    /// <param name="exists">Whether a namespace exists, by the kernel's name of it.</param>
    internal static void RemoveGone(string[] folders, string boot, Func<string, bool?> exists)
    {
        Random.Shared.Shuffle(folders);
        int opened = 0;
        foreach (string folder in folders.AsSpan(0, Math.Min(folders.Length, MaxLooked)))
        {
            try
            {
                bool? lives = IsOwn(folder) ? Lives(folder, boot, exists) : true;
                if (lives == false || (lives is null && opened++ < MaxOpened))
                    Remove(folder, onlyIfEmpty: lives is null);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NativeException or BridgeNetException)
            {
                // In use, or just removed by another process; cleaning is nothing that a command may fail for.
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
        // Also where a process died before it had written.
        if (!File.Exists(path) || ReadName(path) != name)
            WriteName(path, name);
        SafeFileHandle mark = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        // Removed between the open and the lock: its name is another one now.
        string? target = new FileInfo($"/proc/self/fd/{mark.DangerousGetHandle()}").LinkTarget;
        if (target?.EndsWith($"/{Path.GetFileName(directory)}/{Mark}", StringComparison.Ordinal) == true)
            return mark;
        mark.Dispose();
        return null;
    }

    /// <summary>Whether anything can use a folder again; null where that is not known, and true for what is no state.</summary>
    private static bool? Lives(string folder, string boot, Func<string, bool?> exists)
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
        // The name is free at once, whatever happens to the rest.
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
        && Stranger.Of(path, status, FileStatus.Self) is null;

    /// <summary>
    /// The kernel, where it can be believed. It says of a namespace that the caller may not open the same as of one that is gone
    /// (ESTALE), so the caller must be one who may open all: CAP_SYS_ADMIN outside of every user namespace. And it is asked about the
    /// caller's own first: where it does not know even that one, its answers say nothing.
    /// </summary>
    internal static Func<string, bool?> KernelSays() =>
        UserMap.Users.IsInitial
        && ProcessCapabilities.HasSysAdmin()
        && NamespaceHandle.OfThisThread() is { } own
        && NamespaceHandle.Exists(own) == true
            ? NamespaceHandle.Exists
            : static _ => null;

    /// <summary>Whether there is no network, no container and no change under way: nothing that would be missed.</summary>
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
        // .NET takes a shared lock for this too, so it fails while another process is removing the folder.
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
