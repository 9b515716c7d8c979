using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Whose a file is and who may do what with it; a symbolic link is looked at, not followed.</summary>
/// <param name="Owner">The user id.</param>
/// <param name="Mode">Type and permissions, as in <c>st_mode</c>.</param>
internal readonly unsafe record struct FileStatus(uint Owner, uint Mode)
{
    // linux/stat.h, linux/fcntl.h
    private const uint StatxBasic = 0x7ff, TypeMask = 0xf000, Link = 0xa000;
    private const int AtFdCwd = -100, AtSymlinkNoFollow = 0x100;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & TypeMask) == Link;

    /// <summary>Whether every user can write to it.</summary>
    public bool IsOpen => (Mode & 0b000_000_010) != 0;

    /// <summary>The user that this process acts as.</summary>
    public static uint Self => geteuid();

    /// <summary>Null when there is no such file.</summary>
    public static FileStatus? Of(string path)
    {
        Tmds.Linux.statx status;
        fixed (byte* name = (byte[])[.. Encoding.UTF8.GetBytes(path), 0])
        {
            if (LibC.statx(AtFdCwd, name, AtSymlinkNoFollow, StatxBasic, &status) == 0)
                return new FileStatus(status.stx_uid, status.stx_mode);
        }
        return errno == ENOENT || errno == ENOTDIR ? null : throw new NativeException($"statx {path}", errno);
    }
}
