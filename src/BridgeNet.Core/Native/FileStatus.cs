using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Whose a file is and who may do what with it; a symbolic link is looked at, not followed.</summary>
/// <param name="Owner">The user id.</param>
/// <param name="Group">The group id.</param>
/// <param name="Mode">Type and permissions, as in <c>st_mode</c>.</param>
/// <param name="Names">How many names the file has: more than one where there are hard links to it.</param>
internal readonly unsafe record struct FileStatus(uint Owner, uint Group, uint Mode, uint Names)
{
    // linux/stat.h, linux/fcntl.h
    private const uint StatxBasic = 0x7ff,
        TypeMask = 0xf000,
        Link = 0xa000,
        Regular = 0x8000,
        Folder = 0x4000;
    private const int AtFdCwd = -100,
        AtSymlinkNoFollow = 0x100;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & TypeMask) == Link;

    /// <summary>Whether it is a regular file, and no directory, device, FIFO or socket.</summary>
    public bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == Folder;

    /// <summary>Whether every user can write to it.</summary>
    public bool IsOpen => (Mode & 0b000_000_010) != 0;

    /// <summary>Whether its group can write to it, or those whom an access list names.</summary>
    public bool IsOpenToGroup => (Mode & 0b000_010_000) != 0;

    /// <summary>Of a directory: whether only the owner of a file in it may rename or remove that, as in /tmp.</summary>
    public bool IsSticky => (Mode & 0b001_000_000_000) != 0;

    /// <summary>Whether anybody may run it.</summary>
    public bool IsExecutable => (Mode & 0b001_001_001) != 0;

    /// <summary>What anybody may do with it, without the type.</summary>
    public uint Permissions => Mode & ~TypeMask;

    /// <summary>The user that this process acts as.</summary>
    public static uint Self => geteuid();

    /// <summary>Null when there is no such file.</summary>
    public static FileStatus? Of(string path)
    {
        Tmds.Linux.statx status;
        fixed (byte* name = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
        {
            if (LibC.statx(AtFdCwd, name, AtSymlinkNoFollow, StatxBasic, &status) == 0)
                return Read(status);
        }
        return errno == ENOENT || errno == ENOTDIR ? null : throw new NativeException($"statx {path}", errno);
    }

    /// <summary>Of an open file, whatever its name leads to by now.</summary>
    public static FileStatus Of(SafeFileHandle file)
    {
        byte empty = 0;
        Tmds.Linux.statx status;
        NativeException.Check("statx", LibC.statx((int)file.DangerousGetHandle(), &empty, AT_EMPTY_PATH, StatxBasic, &status));
        return Read(status);
    }

    private static FileStatus Read(in Tmds.Linux.statx status) => new(status.stx_uid, status.stx_gid, status.stx_mode, status.stx_nlink);
}
