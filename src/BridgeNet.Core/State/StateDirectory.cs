using BridgeNet.Native;

namespace BridgeNet.State;

/// <summary>Which directory holds the state of the calling thread's network namespace.</summary>
internal static class StateDirectory
{
    private static readonly Lazy<string> s_boot = new(static () => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The kernel's id of this boot.</summary>
    internal static string Boot => s_boot.Value;

    /// <summary>
    /// <c>BRIDGENET_STATE</c>; or <c>/var/lib/bridgenet</c> in PID 1's namespace; or one of this namespace's own, named by
    /// the boot and the namespace's cookie, which the kernel never uses again.
    /// </summary>
    public static string Resolve()
    {
        if (Environment.GetEnvironmentVariable("BRIDGENET_STATE") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        string? first = Namespace("1"),
            own = Namespace("thread-self");
        // PID 1's is hidden from users. One who made no user namespace made no network namespace either, so the host's is their
        // own: its state is root's, and says so, in place of an empty one that looks like the truth. Root may have made one.
        bool host = first is null ? UserMap.Users.IsInitial && !Environment.IsPrivilegedProcess : first == own;
        return host ? "/var/lib/bridgenet" : Path.Combine(RuntimeDirectory(), $"{s_boot.Value}-{Syscalls.NetNsCookie()}");
    }

    /// <summary>
    /// Opens the state of a directory that <see cref="Resolve"/> gave. A private one is marked as in use until this process
    /// ends, and those whose namespace is gone are removed.
    /// </summary>
    public static IStateStore Open(string directory)
    {
        if (Environment.GetEnvironmentVariable("BRIDGENET_STATE") is { Length: > 0 })
            return SqliteStateStore.Open(directory);
        string states = RuntimeDirectory();
        if (Path.GetDirectoryName(directory) == states)
        {
            StateTrust.Create(states);
            StateTrust.RequireDirectory(states);
            PrivateStates.Use(directory);
        }
        IStateStore store = SqliteStateStore.Open(directory);
        // After one's own is open: whoever cleans keeps a lock while it looks.
        PrivateStates.RemoveGone(states, s_boot.Value, directory);
        return store;
    }

    private static string RuntimeDirectory()
    {
        // Root of a user namespace owns neither /run nor root's files; the user's own directory is theirs.
        if (UserMap.Users.IsInitial && Environment.IsPrivilegedProcess)
            return "/run/bridgenet";
        // That of another user is left over from before a su.
        return
            Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Path.IsPathRooted(runtime) && IsOwn(runtime)
            ? Path.Combine(runtime, "bridgenet")
            : Path.Combine(Path.GetTempPath(), $"bridgenet-{UserMap.Users.Outside(FileStatus.Self)}");
    }

    private static bool IsOwn(string directory)
    {
        try
        {
            return FileStatus.Of(directory) is { IsDirectory: true } status && status.Owner == FileStatus.Self;
        }
        catch (NativeException)
        {
            return false; // hidden from us, so not ours
        }
    }

    /// <summary>The kernel's name of a process's network namespace, such as <c>net:[4026531840]</c>; null where it is hidden.</summary>
    internal static string? Namespace(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/net").LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
