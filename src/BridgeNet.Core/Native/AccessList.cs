using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BridgeNet.Native;

/// <summary>The access list of a file (acl(5)). Where there is one, the group's bits are its mask and not what the group may do.</summary>
internal static partial class AccessList
{
    // linux/posix_acl.h and posix_acl_xattr.h: a version, then for each entry its tag, its permissions and whom it is for.
    private const ushort User = 2,
        OwningGroup = 4,
        Group = 8,
        Write = 2;
    private const int Head = 4,
        Entry = 8;

    /// <summary>Who may write by it, besides the owner and everybody, in words; null where the file has no access list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="group">The group that it belongs to.</param>
    /// <param name="isHarmless">Whether a group may write.</param>
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
