using System.Text;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>The system calls that give a thread, and the programs started from it, a separate view of the machine.</summary>
internal static unsafe partial class Syscalls
{
    /// <summary>
    /// Moves the calling thread to a new mount namespace: its mounts do not reach the host, but the host's mounts and unmounts reach it.
    /// </summary>
    public static void UnshareMountReceiving()
    {
        NativeException.Check("unshare(CLONE_NEWNS)", unshare(CLONE_NEWNS));
        Mount(null, "/", MS_REC | MS_SLAVE);
    }

    /// <summary>Bind-mounts a directory with all mounts below it.</summary>
    public static void BindMountTree(string source, string target) => Mount(source, target, MS_BIND | MS_REC);

    /// <summary>Mounts a new <c>sysfs</c>; it shows the interfaces of the calling thread's network namespace.</summary>
    public static void MountSysfs(string target, bool readOnly)
    {
        fixed (
            byte* type = "sysfs\0"u8,
                to = Terminated(target)
        )
            NativeException.Check(
                $"mount -t sysfs {target}",
                mount(type, to, type, MS_NOSUID | MS_NODEV | MS_NOEXEC | (readOnly ? MS_RDONLY : 0), null)
            );
    }

    /// <summary>Opens a directory only as the start of a path through <c>/proc/thread-self/fd</c>.</summary>
    public static SafeFileHandle OpenPath(string directory)
    {
        fixed (byte* path = Terminated(directory))
            return new SafeFileHandle(
                NativeException.Check($"open {directory}", open(path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0)),
                ownsHandle: true
            );
    }

    /// <summary>Moves the calling thread to a new UTS namespace and sets its host name.</summary>
    public static void UnshareHostname(string name)
    {
        NativeException.Check("unshare(CLONE_NEWUTS)", unshare(CLONE_NEWUTS));
        byte[] text = Encoding.UTF8.GetBytes(name);
        fixed (byte* bytes = text)
            NativeException.Check($"sethostname {name}", sethostname(bytes, text.Length));
    }
}
