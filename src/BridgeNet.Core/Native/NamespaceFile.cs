using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Checks whether an open file is a network namespace, and which one.</summary>
internal static unsafe class NamespaceFile
{
    // _IO(0xb7, 3) of linux/nsfs.h: the CLONE_NEW… flag of the namespace behind a descriptor; it fails for other files.
    private const int NsGetNsType = 0xb703;

    // _IOR(0xb7, 13, __u64) of linux/nsfs.h, from Linux 6.18: the id of the namespace, which is never reused.
    private const int NsGetId = unchecked((int)0x8008b70d);

    // For a network namespace, the id equals the cookie. The kernel does not promise this, so it is compared once.
    private static readonly Lazy<bool> s_idIsCookie = new(static () =>
    {
        using SafeFileHandle own = File.OpenHandle(
            "/proc/thread-self/ns/net",
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        return Id(own) == Syscalls.NetNsCookie();
    });

    // linux/stat.h, linux/fcntl.h; statx because glibc before 2.33 exports no fstat.
    private const uint StatxInode = 0x100;
    private const int AtEmptyPath = 0x1000;

    /// <summary>
    /// Opens a path if it leads to a file of nsfs, the kernel's file system of namespaces; otherwise null, without opening the file:
    /// opening a pipe would wait for its other end, and opening a device may have side effects.
    /// </summary>
    /// <exception cref="NativeException">The file does not exist, or may not be opened.</exception>
    public static SafeFileHandle? TryOpen(string path)
    {
        using SafeFileHandle found = new(Open(path, O_PATH | O_CLOEXEC), ownsHandle: true);
        return Device(found) == s_device.Value
            ? new(Open($"/proc/self/fd/{(int)found.DangerousGetHandle()}", O_RDONLY | O_CLOEXEC), ownsHandle: true)
            : null;
    }

    // All namespaces are files of one file system, which has its own device number.
    private static readonly Lazy<(uint, uint)> s_device = new(static () =>
    {
        using SafeFileHandle own = new(Open("/proc/thread-self/ns/net", O_PATH | O_CLOEXEC), ownsHandle: true);
        return Device(own);
    });

    private static int Open(string path, int flags)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
            return NativeException.Check($"open {path}", open(bytes, flags, 0));
    }

    private static (uint, uint) Device(SafeFileHandle file)
    {
        byte empty = 0;
        statx status;
        NativeException.Check("statx", statx((int)file.DangerousGetHandle(), &empty, AtEmptyPath, StatxInode, &status));
        return (status.stx_dev_major, status.stx_dev_minor);
    }

    /// <summary>The inode number of the namespace, or null if the file is not a network namespace.</summary>
    public static ulong? NetworkInode(SafeFileHandle file)
    {
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            int descriptor = (int)file.DangerousGetHandle();
            byte empty = 0;
            statx status;
            return ioctl(descriptor, NsGetNsType) == CLONE_NEWNET && statx(descriptor, &empty, AtEmptyPath, StatxInode, &status) == 0
                ? status.stx_ino
                : null;
        }
        finally
        {
            if (added)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>The cookie of the namespace, read without entering it; null if the kernel cannot report it from outside.</summary>
    public static ulong? NetworkCookie(SafeFileHandle file) => s_idIsCookie.Value ? Id(file) : null;

    private static ulong? Id(SafeFileHandle file)
    {
        ulong id = 0;
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return ioctl((int)file.DangerousGetHandle(), NsGetId, &id) == 0 ? id : null;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }
}
