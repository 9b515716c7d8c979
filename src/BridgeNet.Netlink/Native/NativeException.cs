using System.Runtime.InteropServices;

namespace BridgeNet.Native;

/// <summary>A system call failed.</summary>
public sealed class NativeException(string call, int errno) : Exception($"{call}: {Describe(errno)}")
{
    /// <summary>The number of errno(3).</summary>
    public int Errno { get; } = errno;

    /// <summary>Throws if the result of a system call is negative.</summary>
    public static int Check(string call, int result) => result >= 0 ? result : throw new NativeException(call, Tmds.Linux.LibC.errno);

    /// <summary>The text for a number of errno(3).</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
