using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>
/// What a program in a container sees besides the network: files of its own in <c>/etc</c>, its own interfaces in <c>/sys</c>,
/// a host name. All of it is in a mount and a UTS namespace that end with the last program in them.
/// </summary>
internal sealed record ContainerView
{
    /// <summary>
    /// A host's services that answer name lookups over a UNIX socket (nscd; systemd-resolved, which nss-resolve asks before
    /// it reads hosts). They know nothing of a container's names, and would look up for it what its network cannot reach.
    /// </summary>
    private static readonly string[] s_hostResolvers = ["/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"];

    /// <summary>Everything in this directory is bound over what has the same name in <c>/etc</c>, as <c>ip netns exec</c> does; null or missing for nothing.</summary>
    public string? EtcDirectory { get; init; }

    /// <summary>The host name; null for the machine's.</summary>
    public string? Hostname { get; init; }

    /// <summary>Gets each step as the command that a person would type; called on the namespace's thread.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>Takes the calling thread there, for good: it must be one that ends soon, in the container's network namespace.</summary>
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
                $"A program could not be given the container's files and host name: {failure.Message}.",
                EtcDirectory ?? Hostname,
                failure
            );
        }
    }

    // Where the host replaces its /etc/hosts or resolv.conf by a new file under the old name, the kernel takes a mount on the
    // old one away, here too: programs that run then see the host's, as under `ip netns exec`, and those started later ours.
    // A target that does not exist has nothing to be hidden; one that does not fit is nothing we can bind over.
    private void BindOver(string source, string target)
    {
        if ((LeadsToFile(source) && LeadsToFile(target)) || (Directory.Exists(source) && Directory.Exists(target)))
            Do($"mount --bind {source} {target}", () => Syscalls.BindMount(source, target));
    }

    // File.Exists alone is true for a link that leads nowhere.
    private static bool LeadsToFile(string path) =>
        File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    /// <summary>
    /// A new sysfs over <c>/sys</c>. <c>ip netns exec</c> unmounts the old one first, and with it cgroups, debugfs and the
    /// rest, in which programs look for their memory limit; here these are bound back where they were.
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
            // In a user namespace whose /sys has parts hidden by mounts, as in most container engines, the kernel gives no
            // whole one. The host's interfaces then stay in sight there; nothing else depends on it.
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
                // An unbindable mount is nothing that a program needs.
            }
        }
    }

    private void Do(string words, Action step)
    {
        Trace?.Invoke(words);
        step();
    }
}
