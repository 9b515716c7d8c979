using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Asks an open file whether it is a network namespace, and which.</summary>
internal static unsafe class NamespaceFile
{
    // _IO(0xb7, 3) of linux/nsfs.h: the CLONE_NEW… flag of the namespace behind a descriptor; other files refuse it.
    private const int NsGetNsType = 0xb703;

    // linux/stat.h, linux/fcntl.h; statx because glibc before 2.33 exports no fstat.
    private const uint StatxInode = 0x100;
    private const int AtEmptyPath = 0x1000;

    /// <summary>The namespace's inode number, or null when the file is something else.</summary>
    public static ulong? NetworkInode(SafeFileHandle file)
    {
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            int descriptor = (int)file.DangerousGetHandle();
            byte empty = 0;
            Tmds.Linux.statx status;
            return ioctl(descriptor, NsGetNsType) == CLONE_NEWNET && LibC.statx(descriptor, &empty, AtEmptyPath, StatxInode, &status) == 0
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
}
