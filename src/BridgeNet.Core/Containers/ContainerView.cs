using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>
/// What a program in a container sees besides the network: its own files in <c>/etc</c>, the container's interfaces in <c>/sys</c>, and a
/// host name. All of this is in a mount and a UTS namespace that end with the last program in them.
/// </summary>
internal sealed record ContainerView
{
    /// <summary>
    /// Sockets of host services that answer name lookups (nscd; systemd-resolved, which nss-resolve asks before it reads hosts). They do
    /// not know the names of a container, and would answer with addresses that its network cannot reach.
    /// </summary>
    private static readonly string[] s_hostResolvers = ["/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"];

    /// <summary>
    /// A directory with files to bind-mount over those with the same name in <c>/etc</c>, as <c>ip netns exec</c> does; null, or a
    /// missing directory, for none.
    /// </summary>
    public string? EtcDirectory { get; init; }

    /// <summary>The host name; null for the machine's.</summary>
    public string? Hostname { get; init; }

    /// <summary>Receives each step as a command; called on the namespace's thread.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>
    /// Moves the calling thread into the view permanently: it must be a thread in the container's network namespace that ends soon.
    /// </summary>
    public void Enter()
    {
        try
        {
            Do("unshare --mount --propagation slave", Syscalls.UnshareMountReceiving);
            ShowOwnInterfaces();
            if (Directory.Exists(EtcDirectory))
            {
                foreach (string source in Directory.EnumerateFileSystemEntries(EtcDirectory).Order(StringComparer.Ordinal))
                    BindOver(source, Path.Combine("/etc", Path.GetFileName(source)));
                foreach (string socket in s_hostResolvers)
                    BindOver("/dev/null", socket);
            }
            if (Hostname is not null)
                Do($"unshare --uts hostname {Hostname}", () => Syscalls.UnshareHostname(Hostname));
        }
        catch (NativeException failure)
        {
            bool denied = failure.Errno == EPERM || failure.Errno == EACCES;
            throw new BridgeNetException(
                denied ? ErrorIds.PermissionDenied : ErrorIds.NamespaceFailed,
                denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
                $"The container's files and host name could not be set up for the program: {failure.Message}.",
                EtcDirectory ?? Hostname,
                failure
            );
        }
    }

    // If the host replaces /etc/hosts or resolv.conf by a new file with the same name, the kernel removes mounts on the old file, here too:
    // running programs then see the host's file, as with `ip netns exec`, and programs started later see ours. A missing target hides
    // nothing, and a target of another type cannot be a mount point, so both are skipped.
    private void BindOver(string source, string target)
    {
        if ((LeadsToFile(source) && LeadsToFile(target)) || (Directory.Exists(source) && Directory.Exists(target)))
            Do($"mount --bind {source} {target}", () => Syscalls.BindMount(source, target));
    }

    // File.Exists alone is true for a dangling link.
    private static bool LeadsToFile(string path) =>
        File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    /// <summary>
    /// Mounts a new sysfs on <c>/sys</c>. <c>ip netns exec</c> first unmounts the old one, and with it cgroups, debugfs and others, in
    /// which programs find their memory limit; here these are bind-mounted again.
    /// </summary>
    private void ShowOwnInterfaces()
    {
        MountPoint[] mounts = MountPoint.ReadOwn();
        if (mounts.LastOrDefault(mount => mount.Target == "/sys") is not { Type: "sysfs" } sysfs)
            return;
        using SafeFileHandle host = Syscalls.OpenPath("/sys");
        try
        {
            Do("mount -t sysfs sysfs /sys", () => Syscalls.MountSysfs("/sys", sysfs.ReadOnly));
        }
        catch (NativeException)
        {
            // If mounts hide parts of /sys in a user namespace, as in most container engines, the kernel refuses a new one. Then
            // programs see the host's interfaces in /sys; nothing else depends on it.
            return;
        }
        foreach (MountPoint below in mounts.Where(mount => mount.Parent == sysfs.Id))
        {
            string source = $"/proc/thread-self/fd/{(int)host.DangerousGetHandle()}{below.Target["/sys".Length..]}";
            try
            {
                Do($"mount --rbind {source} {below.Target}", () => Syscalls.BindMountTree(source, below.Target));
            }
            catch (NativeException)
            {
                // Programs do not need unbindable mounts.
            }
        }
    }

    private void Do(string words, Action step)
    {
        Trace?.Invoke(words);
        step();
    }
}
