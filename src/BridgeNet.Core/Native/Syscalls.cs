using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>The system calls that .NET lacks. Only these, and the sockets and files in this directory, are unsafe code.</summary>
internal static unsafe partial class Syscalls
{
    private const int SolSocket = 1;
    private const int SoNetnsCookie = 71; // asm-generic/socket.h

    /// <summary>Moves the calling thread to a network namespace.</summary>
    public static void SetNetNs(SafeFileHandle space)
    {
        bool held = false;
        space.DangerousAddRef(ref held);
        try
        {
            NativeException.Check("setns", setns((int)space.DangerousGetHandle(), CLONE_NEWNET));
        }
        finally
        {
            if (held)
                space.DangerousRelease();
        }
    }

    /// <summary>Moves the calling thread to a new network namespace.</summary>
    public static void UnshareNet() => NativeException.Check("unshare(CLONE_NEWNET)", unshare(CLONE_NEWNET));

    /// <summary>Moves the calling thread to a new mount namespace; mounts there do not propagate.</summary>
    public static void UnshareMount()
    {
        NativeException.Check("unshare(CLONE_NEWNS)", unshare(CLONE_NEWNS));
        Mount(null, "/", MS_REC | MS_PRIVATE);
    }

    /// <summary>Bind mounts a file or directory onto another.</summary>
    public static void BindMount(string source, string target) => Mount(source, target, MS_BIND);

    /// <summary>Makes the mounts below a mount point propagate to other mount namespaces, as <c>ip netns add</c> requires.</summary>
    public static void MakeShared(string target) => Mount(null, target, MS_REC | MS_SHARED);

    /// <summary>Unmounts a path immediately, even while it is in use; a path without a mount is ignored.</summary>
    public static void UnmountDetach(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            if (umount2(bytes, MNT_DETACH) != 0 && errno is var code && code != EINVAL && code != ENOENT)
                throw new NativeException($"umount {path}", code);
        }
    }

    /// <summary>The cookie of the calling thread's network namespace; the kernel does not reuse it until the next boot.</summary>
    public static ulong NetNsCookie()
    {
        int fd = NativeException.Check("socket", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ulong cookie = 0;
        socklen_t length = sizeof(ulong);
        int result = getsockopt(fd, SolSocket, SoNetnsCookie, &cookie, &length);
        int code = errno;
        _ = close(fd);
        return result == 0 ? cookie : throw new NativeException("getsockopt(SO_NETNS_COOKIE)", code);
    }

    /// <summary>Removes a file; the kernel refuses if something is mounted on it (EBUSY).</summary>
    /// <returns>True if the file does not exist any more.</returns>
    public static bool TryUnlink(string path)
    {
        fixed (byte* bytes = Terminated(path))
            return unlink(bytes) == 0 || errno == ENOENT;
    }

    private static void Mount(string? source, string target, ulong_t flags)
    {
        fixed (
            byte* from = source is null ? null : Terminated(source),
                to = Terminated(target)
        )
            NativeException.Check($"mount {source} {target}", mount(from, to, null, flags, null));
    }

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
