using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>
/// The kernel's file handle of a network namespace, which is never reused, and a check whether that namespace still exists: file handles of
/// nsfs, from Linux 6.18. See <c>open_by_handle_at(2)</c>.
/// </summary>
internal static unsafe class NamespaceHandle
{
    private const int MaxHandle = 128,
        HeaderSize = 8; // linux/exportfs.h: MAX_HANDLE_SZ; struct file_handle
    private const int AtEmptyPath = 0x1000;

    /// <summary>The handle of the calling thread's namespace, in hexadecimal; null if the kernel has no such handles.</summary>
    public static string? OfThisThread()
    {
        using SafeFileHandle space = OpenOwn();
        byte* buffer = stackalloc byte[HeaderSize + MaxHandle];
        var header = new Span<byte>(buffer, HeaderSize + MaxHandle);
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, MaxHandle);
        byte empty = 0;
        int mount;
        return name_to_handle_at((int)space.DangerousGetHandle(), &empty, (file_handle*)buffer, &mount, AtEmptyPath) == 0
            ? Convert.ToHexStringLower(header[..(HeaderSize + BinaryPrimitives.ReadInt32LittleEndian(header))])
            : null;
    }

    /// <summary>
    /// True: the namespace with that handle exists. False: it does not exist, or the caller may not open it; the kernel gives the same
    /// error for both (fs/fhandle.c: do_handle_to_path). Null: the kernel is older, so it is unknown. From Linux 6.19, false also for a
    /// namespace that only open sockets keep alive.
    /// </summary>
    public static bool? Exists(string name)
    {
        if (!TryParse(name, out byte[] handle))
            return null;
        using SafeFileHandle space = OpenOwn();
        fixed (byte* bytes = handle)
        {
            int descriptor = open_by_handle_at((int)space.DangerousGetHandle(), (file_handle*)bytes, O_RDONLY | O_CLOEXEC);
            if (descriptor < 0)
                return errno == ESTALE ? false : null;
            _ = close(descriptor);
            return true;
        }
    }

    // The kernel reads as many bytes as the handle states.
    private static bool TryParse(string name, out byte[] handle)
    {
        handle = [];
        if (name.Length is <= 2 * HeaderSize or > 2 * (HeaderSize + MaxHandle) || name.Length % 2 != 0 || !name.All(char.IsAsciiHexDigit))
            return false;
        handle = Convert.FromHexString(name);
        return BinaryPrimitives.ReadInt32LittleEndian(handle) == handle.Length - HeaderSize;
    }

    private static SafeFileHandle OpenOwn() =>
        File.OpenHandle("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
