using System.Text;
using BridgeNet.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel.Tests;

/// <summary>Mounts of the calling thread, which must have a mount namespace of its own.</summary>
internal static unsafe class PrivateMounts
{
    /// <summary>Hides the machine's <c>/run</c>.</summary>
    public static void HideRun() => Mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, null);

    /// <summary>An empty disk of so many bytes.</summary>
    public static void MountDisk(string target, int size) => Mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, $"size={size},mode=700");

    /// <summary>Makes a mounted disk read-only, or writable again; only while no file is open for writing.</summary>
    public static void SetReadOnly(string target, bool on) => Mount(null, target, null, MS_REMOUNT | MS_BIND | (on ? MS_RDONLY : 0), null);

    public static void Unmount(string target)
    {
        fixed (byte* path = Bytes(target))
        {
            if (umount2(path, 0) != 0)
                throw new NativeException($"umount {target}", errno);
        }
    }

    private static void Mount(string? source, string target, string? type, ulong_t flags, string? data)
    {
        fixed (
            byte* from = Bytes(source),
                to = Bytes(target),
                kind = Bytes(type),
                options = Bytes(data)
        )
        {
            if (mount(from, to, kind, flags, options) != 0)
                throw new NativeException($"mount {type} {target}", errno);
        }
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text + "\0");
}
