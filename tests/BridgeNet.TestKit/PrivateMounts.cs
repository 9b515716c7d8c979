using System.Runtime.InteropServices;

namespace BridgeNet.TestKit;

/// <summary>Mounts of the calling thread, which must have a mount namespace of its own.</summary>
public static partial class PrivateMounts
{
    // linux/mount.h
    private const uint ReadOnly = 1,
        NoSuid = 2,
        NoDevices = 4,
        Remount = 0x20,
        Bind = 0x1000,
        Recursive = 0x4000,
        Private = 0x40000;

    /// <summary>Keeps what is mounted from now on from spreading to other mount namespaces.</summary>
    public static void Separate() => Mount(null, "/", null, Recursive | Private, null);

    /// <summary>Hides the machine's <c>/run</c>.</summary>
    public static void HideRun() => Mount("tmpfs", "/run", "tmpfs", NoSuid | NoDevices, null);

    /// <summary>An empty disk of so many bytes.</summary>
    public static void MountDisk(string target, int size) => Mount("tmpfs", target, "tmpfs", NoSuid | NoDevices, $"size={size},mode=700");

    /// <summary>Makes a mounted disk read-only, or writable again; only while no file is open for writing.</summary>
    public static void SetReadOnly(string target, bool on) => Mount(null, target, null, Remount | Bind | (on ? ReadOnly : 0), null);

    /// <summary>Unmounts a disk that is not in use.</summary>
    public static void Unmount(string target)
    {
        if (Unmount(target, 0) != 0)
            throw new IOException($"umount {target}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static void Mount(string? source, string target, string? type, nuint flags, string? options)
    {
        if (MountAt(source, target, type, flags, options) != 0)
            throw new IOException($"mount {type} {target}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountAt(string? source, string target, string? type, nuint flags, string? options);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
