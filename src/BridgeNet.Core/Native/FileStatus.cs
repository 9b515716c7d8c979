using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Owner and permissions of a file; of a symbolic link, those of the link itself.</summary>
/// <param name="Owner">The user id.</param>
/// <param name="Group">The group id.</param>
/// <param name="Mode">Type and permissions, as in <c>st_mode</c>.</param>
/// <param name="Names">The number of hard links to the file.</param>
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

    /// <summary>Whether it is a regular file, not a directory, device, FIFO or socket.</summary>
    public bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == Folder;

    /// <summary>Whether every user can write to it.</summary>
    public bool IsOpen => (Mode & 0b000_000_010) != 0;

    /// <summary>Whether its group, or entries of an access list, can write to it.</summary>
    public bool IsOpenToGroup => (Mode & 0b000_010_000) != 0;

    /// <summary>For a directory: whether only the owner of a file in it may rename or remove that file, as in /tmp.</summary>
    public bool IsSticky => (Mode & 0b001_000_000_000) != 0;

    /// <summary>Whether anyone may execute it.</summary>
    public bool IsExecutable => (Mode & 0b001_001_001) != 0;

    /// <summary>The permission bits, without the type.</summary>
    public uint Permissions => Mode & ~TypeMask;

    /// <summary>The effective user id of this process.</summary>
    public static uint Self => geteuid();

    /// <summary>The status of a path; null if the file does not exist.</summary>
    public static FileStatus? Of(string path)
    {
        statx status;
        fixed (byte* name = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
        {
            if (statx(AtFdCwd, name, AtSymlinkNoFollow, StatxBasic, &status) == 0)
                return Read(status);
        }
        return errno == ENOENT || errno == ENOTDIR ? null : throw new NativeException($"statx {path}", errno);
    }

    /// <summary>The status of an open file, regardless of what its name leads to now.</summary>
    public static FileStatus Of(SafeFileHandle file)
    {
        byte empty = 0;
        statx status;
        NativeException.Check("statx", statx((int)file.DangerousGetHandle(), &empty, AT_EMPTY_PATH, StatxBasic, &status));
        return Read(status);
    }

    private static FileStatus Read(in statx status) => new(status.stx_uid, status.stx_gid, status.stx_mode, status.stx_nlink);
}
