using System.Globalization;
using BridgeNet.Native;

namespace BridgeNet.State;

/// <summary>Which directory holds the state of the calling thread's network namespace.</summary>
internal static class StateDirectory
{
    private static readonly Lazy<string> s_boot = new(static () => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <summary>The kernel's id of this boot.</summary>
    internal static string Boot => s_boot.Value;

    private static readonly Lazy<string> s_users = new(static () => File.ReadAllText("/proc/self/uid_map"));

    /// <summary>
    /// Whether every user is mapped to itself, as in no user namespace that somebody made (user_namespaces(7)). A process with
    /// threads cannot go into another one.
    /// </summary>
    private static readonly Lazy<bool> s_initialUserNamespace = new(static () =>
        s_users.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"]);

    /// <summary>Whether this process is in no user namespace that somebody made.</summary>
    internal static bool InInitialUserNamespace => s_initialUserNamespace.Value;

    /// <summary>
    /// <c>BRIDGENET_STATE</c>; or <c>/var/lib/bridgenet</c> in PID 1's namespace; or one of this namespace's own, named by
    /// the boot and the namespace's cookie, which the kernel never uses again.
    /// </summary>
    public static string Resolve()
    {
        if (Environment.GetEnvironmentVariable("BRIDGENET_STATE") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        string? first = Target("1"), own = Target("thread-self");
        // PID 1's is hidden from users. One who made no user namespace made no network namespace either, so the host's is their
        // own: its state is root's, and says so, in place of an empty one that looks like the truth. Root may have made one.
        bool host = first is null ? s_initialUserNamespace.Value && !Environment.IsPrivilegedProcess : first == own;
        return host
            ? "/var/lib/bridgenet"
            : Path.Combine(RuntimeDirectory(), $"{s_boot.Value}-{Syscalls.NetNsCookie()}");
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
            StateTrust.Require(states);
            PrivateStates.Use(directory);
        }
        IStateStore store = SqliteStateStore.Open(directory);
        // After one's own is open: whoever cleans keeps a lock while it looks.
        PrivateStates.RemoveGone(states, s_boot.Value, directory);
        return store;
    }

    /// <summary>
    /// The number that a user has outside of the user namespace in which a process runs, by that process's <c>uid_map</c>:
    /// inside, everyone is root.
    /// </summary>
    internal static uint RealUser(uint user, string map)
    {
        foreach (string line in map.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            uint[] range = [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(static word => uint.Parse(word, CultureInfo.InvariantCulture))];
            if (range is [var inside, var outside, var count] && user >= inside && user - inside < count)
                return outside + (user - inside);
        }
        return user;
    }

    private static string RuntimeDirectory()
    {
        // Root of a user namespace owns neither /run nor root's files; the user's own directory is theirs.
        if (s_initialUserNamespace.Value && Environment.IsPrivilegedProcess)
            return "/run/bridgenet";
        return Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Path.IsPathRooted(runtime) && Directory.Exists(runtime)
            ? Path.Combine(runtime, "bridgenet")
            : Path.Combine(Path.GetTempPath(), $"bridgenet-{RealUser(FileStatus.Self, s_users.Value)}");
    }

    private static string? Target(string process)
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
