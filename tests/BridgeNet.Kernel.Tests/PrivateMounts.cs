using System.Text;
using BridgeNet.Native;
using static Tmds.Linux.LibC;

namespace BridgeNet.Kernel.Tests;

/// <summary>Hides the machine's <c>/run</c> from the calling thread, which must have a mount namespace of its own.</summary>
internal static unsafe class PrivateMounts
{
    public static void HideRun()
    {
        fixed (byte* type = Encoding.ASCII.GetBytes("tmpfs\0"), target = Encoding.ASCII.GetBytes("/run\0"))
        {
            if (mount(type, target, type, MS_NOSUID | MS_NODEV, null) != 0)
            {
                throw new NativeException("mount tmpfs /run", errno);
            }
        }
    }
}
