using BridgeNet.Native;

namespace BridgeNet.State;

/// <summary>Chooses the state directory of the calling thread's network namespace.</summary>
internal static class StateDirectory
{
    private static readonly Lazy<string> s_boot = new(static () => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The boot id.</summary>
    internal static string Boot => s_boot.Value;

    /// <summary>
    /// <c>BRIDGENET_STATE</c>; otherwise <c>/var/lib/bridgenet</c> in PID 1's network namespace; otherwise a private directory for this
    /// namespace, named by boot id and cookie, which the kernel never reuses.
    /// </summary>
    public static string Resolve()
    {
        if (Environment.GetEnvironmentVariable("BRIDGENET_STATE") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        string? first = Namespace("1"),
            own = Namespace("thread-self");
        // PID 1's namespace is hidden from other users than root. A user outside of user namespaces cannot have created a network
        // namespace, so this is the host's: then opening root's state fails with a clear error, while a private state would be empty and
        // misleading. Root may have created a network namespace.
        bool host = first is null ? UserMap.Users.IsInitial && !Environment.IsPrivilegedProcess : first == own;
        return host ? "/var/lib/bridgenet" : Path.Combine(RuntimeDirectory(), $"{s_boot.Value}-{Syscalls.NetNsCookie()}");
    }

    /// <summary>
    /// Opens the state in a directory that <see cref="Resolve"/> returned. A private one is marked as in use until this process ends, and
    /// private states of namespaces that do not exist any more are removed.
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
        // After this process's own state is open, because the cleanup holds a lock while it checks.
        PrivateStates.RemoveGone(states, s_boot.Value, directory);
        return store;
    }

    private static string RuntimeDirectory()
    {
        // Root of a user namespace owns neither /run nor root's files, but the directory of its user.
        if (UserMap.Users.IsInitial && Environment.IsPrivilegedProcess)
            return "/run/bridgenet";
        // After su, the variable may still name the directory of another user.
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
            return false; // hidden from this user, so it belongs to another one
        }
    }

    /// <summary>The name of a process's network namespace, such as <c>net:[4026531840]</c>; null if it is hidden.</summary>
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
