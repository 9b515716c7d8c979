using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BridgeNet.Native;

/// <summary>
/// The access list of a file (acl(5)). If a file has one, the group bits of its mode are the list's mask, not the group's permissions.
/// </summary>
internal static partial class AccessList
{
    // linux/posix_acl.h and posix_acl_xattr.h: a version, then for each entry its tag, its permissions and its user or group id.
    private const ushort User = 2,
        OwningGroup = 4,
        Group = 8,
        Write = 2;
    private const int Head = 4,
        Entry = 8;

    /// <summary>
    /// The users and groups, other than the owner and "other", that may write according to the list, as text; null if the file has no
    /// access list.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="group">The group of the file.</param>
    /// <param name="isHarmless">Whether write permission of a group is acceptable.</param>
    public static IReadOnlyList<string>? Writers(string path, uint group, Func<uint, bool> isHarmless)
    {
        byte[] list = new byte[65536]; // XATTR_SIZE_MAX
        nint length = Get(path, "system.posix_acl_access", list, list.Length);
        if (length < Head)
            return null;
        List<string> writers = [];
        for (int at = Head; at + Entry <= length; at += Entry)
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(list.AsSpan(at));
            if ((BinaryPrimitives.ReadUInt16LittleEndian(list.AsSpan(at + 2)) & Write) == 0)
                continue;
            uint whom = BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(at + 4));
            if (tag == User)
                writers.Add(Accounts.User(whom));
            else if (tag is Group or OwningGroup && (tag == Group ? whom : group) is var which && !isHarmless(which))
                writers.Add(Accounts.Group(which));
        }
        return writers;
    }

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(string path, string name, [Out] byte[] value, nint size);
}
